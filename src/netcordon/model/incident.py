"""An incident: findings that belong to one intrusion, with who, what, where and how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Party:
    """An actor or a victim, named as fully as the evidence allows.

    Attributes:
        ip: address the party was seen under.
        mac: Ethernet address, ``None`` when the party was never on a recorded segment.
        name: host name.
        user: account seen on it.
        role: e.g. ``patient_zero``, ``pivot``, ``victim``, ``data_source`` (was read by an entered
            host), ``command_server``, ``scanner``.
        why: one sentence with the reason for the role.
        internal: whether the address belongs to the organisation.
    """

    ip: str
    mac: str | None
    name: str | None
    user: str | None
    role: str
    why: str
    internal: bool

    def label(self) -> str:
        """``10.1.2.3 PC-042 (alice), aa:bb:cc:dd:ee:ff`` with what is known."""
        text = self.ip
        if self.name:
            text += f" {self.name}"
        if self.user:
            text += f" ({self.user})"
        if self.mac:
            text += f", {self.mac}"
        return text


@dataclass(frozen=True, kw_only=True)
class Channel:
    """One way the attacker talks: who, to what, by which protocol, what for."""

    src: str
    dst: str
    dst_name: str | None
    port: int | None
    protocol: str
    purpose: str
    first_seen_time: datetime
    last_seen_time: datetime
    finding_ids: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CardEntry:
    """One line of the card of technical characteristics (IRM-5, lines I15a to I15f).

    Either ``values`` is filled, each value with the rows that show it, or ``not_assessed`` says
    why not.

    Attributes:
        values: rows of the entry; each a mapping with at least ``value`` and ``evidence``
            (a list of ``{"evidence_id", "table", "frames"}``), and what else explains it.
        not_assessed: reason why nothing can be said.
    """

    values: tuple[Mapping[str, object], ...] = ()
    not_assessed: str | None = None


CARD_KEYS = (
    "source_ips", "ports", "ttl", "ip_id", "protocols", "targets", "exploits", "remote_accounts",
)  # fmt: skip
"""Keys of the card, in the order of the sheet."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of the story, in the order of time."""

    time: datetime
    end_time: datetime
    tactic: str
    text: str
    actor_ip: str
    target_ips: tuple[str, ...]
    finding_id: str
    severity: Severity


@dataclass(frozen=True, kw_only=True)
class ScopeEntry:
    """Somebody else who showed the same behaviour or spoke to the same ends."""

    ip: str
    name: str | None
    relation: str
    count: int
    first_seen_time: datetime
    last_seen_time: datetime


@dataclass(frozen=True, kw_only=True)
class Incident:
    """Findings joined over detectors, hosts and time.

    Attributes:
        id: ``inc-`` and 10 hexadecimal digits derived from its findings.
        summary: what happened, in plain words, a few sentences.
        pivots: addresses that were victims first and actors later.
        kill_chain: ATT&CK tactics in the order they were seen.
        card: entry per key of ``CARD_KEYS``.
        story: steps in the order of time.
        scope: who else, found by the same ends or shape.
        first_actions: what to do first, most urgent first.
    """

    id: str
    title: str
    summary: str
    severity: Severity
    confidence: float
    first_seen_time: datetime
    last_seen_time: datetime
    actors: tuple[Party, ...]
    victims: tuple[Party, ...]
    pivots: tuple[str, ...]
    channels: tuple[Channel, ...]
    techniques: tuple[str, ...]
    kill_chain: tuple[str, ...]
    card: Mapping[str, CardEntry]
    finding_ids: tuple[str, ...]
    story: tuple[Step, ...] = ()
    scope: tuple[ScopeEntry, ...] = ()
    first_actions: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """A judgement that something should be watched for or blocked (never a bare observable).

    Attributes:
        type: STIX 2.1 object type, e.g. ``ipv4-addr``, ``domain-name``, ``url``, ``user-account``,
            or ``x-ja4``.
        value: as observed, not defanged.
        role: what it does for the attacker.
        caution: why blocking it may harm, or ``None``.
    """

    type: str
    value: str
    role: str
    confidence: float
    first_seen_time: datetime
    last_seen_time: datetime
    finding_ids: tuple[str, ...]
    caution: str | None = None


@dataclass(frozen=True, kw_only=True)
class Host:
    """A host as identified over time from what it said of itself."""

    ip: str
    mac: str | None
    names: tuple[str, ...]
    users: tuple[str, ...]
    os_hint: str | None
    internal: bool
    sources: tuple[str, ...]
    first_seen_time: datetime
    last_seen_time: datetime
    facts: Mapping[str, object] = field(default_factory=dict)
