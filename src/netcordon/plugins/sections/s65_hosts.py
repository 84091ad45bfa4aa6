"""Hosts: which machine and which person stand behind an address, by what the network said."""

from __future__ import annotations

from netcordon.model.document import Document
from netcordon.model.quantity import time_text
from netcordon.model.section import Block, Code, Section, Table, Text

_MOST = 100


def write(document: Document) -> list[Block]:
    """One table: hosts of incidents first, then internal ones, then the rest."""
    if not document.hosts:
        return [Text("No host said anything about itself (no DHCP, NBNS, Kerberos and the like).")]
    involved = {p.ip for i in document.incidents for p in (*i.actors, *i.victims)}
    hosts = sorted(document.hosts, key=lambda h: (h.ip not in involved, not h.internal))
    rows = tuple(
        (
            Code(h.ip),
            "inside" if h.internal else "outside",
            ", ".join(h.names[:4]) or "unknown",
            ", ".join(h.users[:4]) or "unknown",
            h.os_hint or "unknown",
            Code(h.mac) if h.mac else "unknown",
            ", ".join(h.sources) or "unknown",
            time_text(h.first_seen_time),
        )
        for h in hosts[:_MOST]
    )
    table = Table(
        caption="Hosts, those of incidents first",
        columns=("Address", "Where", "Names", "Users", "System", "MAC", "Known from", "First, UTC"),
        rows=rows,
        left_out=max(len(hosts) - _MOST, 0),
    )
    return [table]


SECTION = Section(heading="Hosts", irm=("I13", "I17"), write=write)
