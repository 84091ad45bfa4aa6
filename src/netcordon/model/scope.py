"""The scope of a confirmed behaviour: who else shows its shape, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Shape:
    """One mark of a behaviour that other hosts may bear.

    Attributes:
        kind: ``destination``, ``source``, ``name``, ``registered domain``, ``JA4``, ``rhythm``,
            ``certificate``, ``user agent``, ``file`` or ``account``.
        hosts: how many hosts of ours bear it.
        is_common: so many do that it says nothing about any of them.
    """

    kind: str
    value: str
    hosts: int
    is_common: bool


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why a host is in the scope: a shape it shows, how often and when."""

    kind: str
    value: str
    rows: int
    first_seen_time: datetime
    last_seen_time: datetime
    is_before_alert: bool


@dataclass(frozen=True, kw_only=True)
class ScopedHost:
    """A host of ours with the same shape.

    Attributes:
        is_known: the findings name it already.
        is_resolver: it asks for names on behalf of others.
    """

    ip: str
    name: str | None
    user: str | None
    is_known: bool
    is_resolver: bool
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What a scope query found.

    Attributes:
        subject: the finding or incident.
        title: of it.
        alert_time: when the first of its findings begins.
        active_hosts: hosts of ours that get an answer from any address.
        shapes: what was looked for.
        left_out: what could not serve as a shape, in sentences.
        hosts: new ones first, then those that are known.
        not_visible: what the evidence could not show, in sentences.
    """

    subject: str
    title: str
    finding_ids: tuple[str, ...]
    alert_time: datetime
    active_hosts: int
    shapes: tuple[Shape, ...]
    left_out: tuple[str, ...]
    hosts: tuple[ScopedHost, ...]
    evidence_ids: tuple[str, ...]
    not_visible: tuple[str, ...]

    @property
    def new_hosts(self) -> tuple[ScopedHost, ...]:
        """Hosts that the findings did not name, without resolvers."""
        return tuple(h for h in self.hosts if not h.is_known and not h.is_resolver)
