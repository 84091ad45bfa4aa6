"""What a device is told, in the words of OpenC2, before it is written in the device's own.

Language: OpenC2 Language Specification 1.0/2.0; targets and arguments of the Packet Filtering
profile (``pf``, AP-PF 1.0 CSD02) and the Endpoint Response profile (``er``).
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Verb(StrEnum):
    """Actions of OpenC2 that containment uses."""

    DENY = "deny"
    ALLOW = "allow"
    CONTAIN = "contain"
    REDIRECT = "redirect"
    STOP = "stop"
    SET = "set"


class Direction(StrEnum):
    """Who begins: connections begun at ``inside`` (egress), at ``outside`` (ingress), or both.

    Packets of a denied connection are denied both ways; a connection begun from the other side is
    left alone. So a direction means the same to a device that follows connections, to one that
    judges packets, and to recorded flows.
    """

    BOTH = "both"
    EGRESS = "egress"
    INGRESS = "ingress"


class Refusal(StrEnum):
    """How denied traffic ends: silently, or so that the sender knows at once (``drop_process``)."""

    DROP = "none"
    REJECT = "reject"


@dataclass(frozen=True, kw_only=True)
class Target:
    """Which traffic. Every field that is set narrows; nothing set matches nothing.

    ``inside`` and ``outside`` are ends, not directions: traffic between them is meant whichever
    side began it, and a device must match packets of both directions. An ``outside`` alone is every
    host of ours with that network; an ``inside`` alone is that host with everybody.

    Attributes:
        inside: network of ours in canonical CIDR notation, empty for any.
        outside: the other end, likewise. It may be inside the organisation too: lateral movement.
        port: of the responder at ``outside`` (at ``inside`` when ``serves_inside``).
        serves_inside: the port is one of ``inside``: traffic towards a service of ours.
        protocol: ``tcp``, ``udp``, ``icmp``, ``icmp6`` or an IP protocol number in decimal; empty
            for any. A port needs ``tcp`` or ``udp``.
        domain: DNS name, lower case, ASCII (IDNA), meaning it and every name under it.
        ja4: fingerprint of a TLS client, always with a network: alone it is too common.
        except_for: networks that are left out, in canonical CIDR notation (the forensic channel of
            an isolated host).
    """

    inside: str = ""
    outside: str = ""
    port: int | None = None
    serves_inside: bool = False
    protocol: str = ""
    domain: str = ""
    ja4: str = ""
    except_for: tuple[str, ...] = ()

    @property
    def family(self) -> int | None:
        """4 or 6 when an address says so, ``None`` for both (names, fingerprints)."""
        text = self.inside or self.outside
        return ipaddress.ip_network(text).version if text else None

    def label(self) -> str:
        """``203.0.113.7 tcp/443``, ``bad.example and under it``, for people."""
        ends = [_bare(end) for end in (self.inside, self.outside) if end]
        service = "/".join(str(x) for x in (self.protocol, self.port) if x not in ("", None))
        parts = [
            " with ".join(ends),
            f"{self.domain} and names under it" if self.domain else "",
            service,
            f"JA4 {self.ja4}" if self.ja4 else "",
            f"except {', '.join(map(_bare, self.except_for))}" if self.except_for else "",
        ]
        return " ".join(part for part in parts if part)


@dataclass(frozen=True, kw_only=True)
class Command:
    """One order to one enforcement point.

    Attributes:
        id: within the case, ``cmd-`` and a number; it stands in every rule on the device.
        point: name of the enforcement point.
        boundary: which of its boundaries it is meant for.
        duration_s: how long it holds from the moment it is in force; the device's own timer where
            it has one, netcordon's otherwise.
        packets_per_s: of each pair of ends, when traffic is slowed instead of stopped.
    """

    id: str
    verb: Verb
    target: Target
    point: str
    boundary: str
    duration_s: int
    direction: Direction = Direction.BOTH
    refusal: Refusal = Refusal.DROP
    packets_per_s: int | None = None


@dataclass(frozen=True, kw_only=True)
class Probe:
    """An attempt that proves a measure: it must fail (negative) or work (positive).

    Attributes:
        src: address it is made from.
        dst: address or name it is made to.
        port: ``None`` for a name that is only looked up, or a protocol without ports.
        must_work: ``False`` for a negative probe.
        why: one sentence.
    """

    src: str
    dst: str
    port: int | None
    protocol: str
    must_work: bool
    why: str


@dataclass(frozen=True, kw_only=True)
class InForce:
    """A command as the device itself tells it.

    Attributes:
        command_id: from the rule's own comment or name.
        packets: it matched; ``None`` where the device does not count.
        expires_time: by the device's own timer; ``None`` where it has none.
    """

    command_id: str
    packets: int | None = None
    bytes: int | None = None
    expires_time: datetime | None = None


def _bare(network: str) -> str:
    return network.removesuffix("/32").removesuffix("/128") if network else network
