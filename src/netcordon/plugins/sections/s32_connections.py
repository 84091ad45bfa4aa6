"""Who took part in each incident, and by which channels they are connected."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from netcordon.model.document import Document
from netcordon.model.incident import Incident, Party
from netcordon.model.quantity import count_text, time_text
from netcordon.model.section import (
    Block,
    Code,
    Edge,
    Graph,
    Group,
    Line,
    Node,
    Ref,
    Section,
    Table,
    Tag,
    Tone,
    commas,
)

_MOST_INCIDENTS, _MOST_OPEN, _MOST_ROWS, _MANY = 20, 3, 60, 6


def write(document: Document) -> list[Block]:
    """A group for each incident, the most severe first."""
    incidents = document.worst_first()
    return [
        Group(
            heading=(Tag(i.severity.value, i.severity.value), " ", i.title),
            blocks=_ends(i, document),
            folded=place >= _MOST_OPEN,
        )
        for place, i in enumerate(incidents[:_MOST_INCIDENTS])
    ]


def _ends(incident: Incident, document: Document) -> tuple[Block, ...]:
    told = _merged(incident)
    rows = tuple(
        (
            p.role.replace("_", " "),
            Code(p.ip),
            p.name or "unknown",
            p.user or "unknown",
            Code(p.mac) if p.mac else "not on a recorded segment",
            p.why,
        )
        for p in told[:_MOST_ROWS]
    )
    parties = Table(
        caption="Parties",
        columns=("Role", "Address", "Name", "User", "MAC", "Why"),
        rows=rows,
        left_out=max(len(told) - _MOST_ROWS, 0),
    )
    channel_rows: tuple[tuple[Line, ...], ...] = tuple(
        (
            str(n),
            Code(c.src),
            Code(c.dst) if not c.dst_name else (Code(c.dst), f" {c.dst_name}"),
            f"{c.protocol}/{c.port}" if c.port is not None else c.protocol,
            c.purpose,
            time_text(c.first_seen_time),
            time_text(c.last_seen_time),
            commas([Ref(f, f) for f in c.finding_ids[:3]]) or "none",
        )
        for n, c in enumerate(incident.channels[:_MOST_ROWS], 1)
    )
    channels = Table(
        caption="Channels of the attacker, the ones to cut",
        columns=("#", "From", "To", "Protocol", "Purpose", "First, UTC", "Last, UTC", "Findings"),
        rows=channel_rows,
        left_out=max(len(incident.channels) - _MOST_ROWS, 0),
    )
    return (_graph(incident, document), channels, parties)


def _parties(incident: Incident) -> list[Party]:
    """Victims and actors, each address and role once."""
    parties = (*incident.victims, *incident.actors)
    return list({(p.ip, p.role): p for p in parties}.values())


def _merged(incident: Incident) -> list[Party]:
    """Each address once, with all its roles and what put it there."""
    found: dict[str, Party] = {}
    for party in _parties(incident):
        one = found.get(party.ip)
        if one is None:
            found[party.ip] = party
            continue
        why = one.why if party.why in one.why else f"{one.why.rstrip('.')}. {party.why}"
        found[party.ip] = replace(one, role=f"{one.role}, {party.role}", why=why)
    return list(found.values())


def _graph(incident: Incident, document: Document) -> Graph:
    """External ends left, internal hosts that acted in the middle, internal targets right."""
    internal = {h.ip: h.internal for h in document.hosts}
    internal |= {p.ip: p.internal for p in _parties(incident)}
    networks = _networks(document.home_nets)
    acting = {c.src for c in incident.channels} | {s.actor_ip for s in incident.story}
    nodes: dict[str, Node] = {}

    def node(ip: str, name: str | None, role: str) -> None:
        inside = internal[ip] if ip in internal else _within(ip, networks)
        column = 0 if not inside else 1 if ip in acting or ip in incident.pivots else 2
        tone: Tone = "informational" if not inside else "critical" if column == 1 else "medium"
        detail = " · ".join(filter(None, (name, role)))
        nodes.setdefault(ip, Node(id=ip, column=column, name=ip, detail=detail, tone=tone))

    for p in _parties(incident):
        node(p.ip, p.name, p.role.replace("_", " "))
    edges = []
    for number, c in enumerate(incident.channels, 1):
        node(c.src, None, "")
        node(c.dst, c.dst_name, "")
        edges.append(Edge(src=c.src, dst=c.dst, label=str(number)))
    for number, s in enumerate(incident.story, 1):
        if len(s.target_ips) > _MANY:  # a scan: one end for all it tried
            many = f"step {number}"
            name = count_text(len(s.target_ips), "address", "addresses")
            tactic = s.tactic.replace("-", " ")
            inside = _within(s.target_ips[0], networks)
            column = 2 if inside else 0
            node(s.actor_ip, None, "")
            nodes[many] = Node(id=many, column=column, name=name, detail=tactic, tone="medium")
            edges.append(Edge(src=s.actor_ip, dst=many, label=many))
    ends = count_text(len(nodes), "end")
    return Graph(
        title="Who spoke to whom",
        description=f"{ends} and {count_text(len(edges), 'connection')}; plain numbers lead to the "
        "table of channels, steps to the table of the timeline.",
        columns=("Outside", "Inside, acting", "Inside, contacted"),
        nodes=tuple(nodes.values()),
        edges=tuple(edges),
    )


def _networks(home_nets: tuple[str, ...]) -> list[IPv4Network | IPv6Network]:
    networks = []
    for text in home_nets:
        try:
            networks.append(ip_network(text, strict=False))
        except ValueError:
            continue
    return networks


def _within(ip: str, networks: list[IPv4Network | IPv6Network]) -> bool:
    try:
        address = ip_address(ip)
    except ValueError:
        return False
    return any(address in network for network in networks)


SECTION = Section(heading="Who is connected, and how", irm=("I0", "I13", "I17"), write=write)
