"""What really happened, written by the scripts that made it happen.

A script opens an entry in the `Diary` when an action begins and closes it when it ends; the entry
says which flows are its own in terms the script knows for certain (from whom, to whom, which port,
which name was asked for, in that time). Afterwards the entries are matched against the recording
once, and the flows are listed one by one.
"""

from __future__ import annotations

import ipaddress
import json
import re
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from lab import world
from lab.flows import Flow

FORMAT = "netcordon-lab-truth/1"
FLOW_COLUMNS = [
    "protocol",
    "src_ip",
    "src_port",
    "dst_ip",
    "dst_port",
    "first_time",
    "last_time",
    "packets",
    "ip_bytes",
]


@dataclass(frozen=True)
class Claim:
    """Flows that belong to an action; empty fields match all, `name` is a DNS suffix."""

    src: str = ""
    dst: str = ""
    port: int = 0
    protocol: str = ""
    name: str = ""

    def holds(self, flow: Flow) -> bool:
        """Whether a flow is meant."""
        return (
            (not self.protocol or flow.protocol == self.protocol)
            and (not self.port or flow.dst_port == self.port)
            and (not self.src or _in(flow.src_ip, self.src))
            and (not self.dst or _in(flow.dst_ip, self.dst))
            and (
                not self.name
                or any(q == self.name or q.endswith("." + self.name) for q in flow.queries)
            )
        )


def _in(address: str, network: str) -> bool:
    return ipaddress.ip_address(address) in ipaddress.ip_network(network)


@dataclass
class Entry:
    """One action, of the intruder or a harmless one that looks like his."""

    id: str
    kind: str
    title: str
    claims: Sequence[Claim]
    src: str
    dst: Sequence[str]
    malicious: bool = True
    techniques: Sequence[str] = ()
    looks_like: str = ""
    user: str = ""
    incident: str = "intrusion"
    detail: dict[str, Any] = field(default_factory=dict)
    start: float = 0.0
    end: float = 0.0


class Diary:
    """Entries in the order they began."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    @contextmanager
    def action(self, entry: Entry) -> Iterator[Entry]:
        """Note when an action begins and ends; its detail may be filled in meanwhile."""
        self.begin(entry)
        try:
            yield entry
        finally:
            entry.end = time.time()

    def begin(self, entry: Entry) -> Entry:
        """Open an entry whose end is noted by `close`."""
        entry.start = time.time()
        self.entries.append(entry)
        return entry

    def close(self) -> None:
        """Whatever is still open ends now, with the recording."""
        for entry in self.entries:
            entry.end = entry.end or time.time()


def document(
    diary: Diary,
    seen: Sequence[Flow],
    capture: dict[str, Any],
    indicators: Sequence[dict[str, str]],
    fell: Collection[str],
) -> dict[str, Any]:
    """The truth as one JSON document (its fields are explained in lab/README.md).

    `fell` names the machines that the intruder holds.
    """
    taken: set[int] = set()
    actions = [
        _resolved(entry, seen, taken)
        for entry in sorted(diary.entries, key=lambda e: (not e.malicious, e.start))
    ]
    return {
        "format": FORMAT,
        "capture": capture,
        "networks": {
            "home": ["10.20.0.0/16", "2001:db8:20::/46"],
            "segments": [
                {
                    "name": s.name,
                    "ipv4": s.net4,
                    "ipv6": s.net6,
                    "gateway_ipv4": s.gateway4,
                    "gateway_ipv6": s.gateway6,
                    "gateway_mac": s.gateway_mac,
                }
                for s in world.SEGMENTS
            ],
            "border_outside": world.BORDER_OUTSIDE,
            "border_outside_ipv6": world.BORDER_OUTSIDE6,
        },
        "hosts": [_host(machine, machine.name in fell) for machine in world.MACHINES],
        "sites": [
            {"name": s.name, "ip": s.ip, "ipv6": s.ip6, "hostile": s.hostile} for s in world.SITES
        ],
        "indicators": list(indicators),
        "flow_columns": FLOW_COLUMNS,
        "actions": [action for action in actions if action["malicious"]],
        "look_alikes": [action for action in actions if not action["malicious"]],
    }


def as_text(told: dict[str, Any]) -> str:
    """The document as JSON, one flow per line."""
    row = re.compile(r'\[\n\s+("(?:tcp|udp|icmp|icmp6)",[^\]]+?)\n\s+\]')
    text = json.dumps(told, indent=1, ensure_ascii=False)
    return row.sub(lambda hit: "[" + re.sub(r"\s*\n\s*", " ", hit[1]) + "]", text) + "\n"


def _host(machine: world.Machine, compromised: bool) -> dict[str, Any]:
    return {
        "name": machine.name,
        "fqdn": machine.fqdn,
        "ip": machine.ip,
        "ipv6": machine.ip6,
        "mac": machine.mac,
        "role": machine.role,
        "segment": machine.segment.name,
        "user": machine.user,
        "ttl": machine.ttl,
        "compromised": compromised,
    }


def _resolved(entry: Entry, seen: Sequence[Flow], taken: set[int]) -> dict[str, Any]:
    """An entry with its flows; a flow belongs to the first entry that claims it, to no other."""
    mine = [
        flow
        for flow in seen
        if id(flow) not in taken
        and entry.start <= flow.first <= entry.end
        and any(claim.holds(flow) for claim in entry.claims)
    ]
    taken.update(map(id, mine))
    return {
        "id": entry.id,
        "kind": entry.kind,
        "title": entry.title,
        "malicious": entry.malicious,
        "incident": entry.incident if entry.malicious else "",
        "looks_like": entry.looks_like,
        "techniques": list(entry.techniques),
        "start_time": stamp(entry.start),
        "end_time": stamp(entry.end),
        "src": party(entry.src, entry.user),
        "dst": [party(name) for name in entry.dst],
        "detail": entry.detail,
        "flow_count": len(mine),
        "packets": sum(flow.packets for flow in mine),
        "ip_bytes": sum(flow.ip_bytes for flow in mine),
        "flows": [
            [
                f.protocol,
                f.src_ip,
                f.src_port,
                f.dst_ip,
                f.dst_port,
                stamp(f.first),
                stamp(f.last),
                f.packets,
                f.ip_bytes,
            ]
            for f in mine
        ],
    }


def party(name: str, user: str = "") -> dict[str, str]:
    """Somebody by name: a machine, a site, or a network."""
    if name in world.BY_NAME:
        machine = world.BY_NAME[name]
        return {"name": name, "ip": machine.ip, "mac": machine.mac, "user": user or machine.user}
    if name in world.SITE_BY_NAME:
        return {"name": name, "ip": world.SITE_BY_NAME[name].ip}
    return {"name": name}


def stamp(moment: float) -> str:
    """RFC 3339 in UTC, with microseconds."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
