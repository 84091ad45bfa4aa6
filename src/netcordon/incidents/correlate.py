"""Findings that belong to one intrusion, joined over detectors, hosts and time.

Two findings are joined when

* one of our hosts acts for the attacker in both;
* the attacker's end (address or registered domain) is the same in both;
* one entered a host that acts in the other, and began to act only then. Where it is not known
  whether an attempt from inside entered, what follows must be grave by itself, or a command channel
  that two detectors see;
* both flood the same target at the same time.

Sharing a target joins nothing: everybody on the Internet scans the same web server, and a host
that was scanned, or answered, goes on with its own business. Common ends (`common_ends`) join
nothing. TLS fingerprints name a library, not its user: they widen the scope and join nothing.

A router acts for whom it routes, so what it does joins nothing either, unless it puts itself in
between; when it asks (ARP) for what another host scans at the same time, that is the host's scan,
and context. A rhythm between hosts of ours (``Ends.weak``) joins nothing: it belongs to a story
only when it began after one of its ends was in the attacker's hand, or when its caller acts against
others while it goes on, or soon after (``LULL``).

Findings below medium never found an incident and never join two; they are context of the incident
they share most with.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from netcordon.incidents.addresses import HomeNets
from netcordon.incidents.behaviour import Kind
from netcordon.incidents.common_ends import CommonEnds
from netcordon.incidents.ends import Ends
from netcordon.incidents.identity import Identities
from netcordon.model.finding import Finding
from netcordon.model.severity import Severity

FLOOD_CROWD = 50
"""Senders from which on a flood's addresses may be invented and join nothing."""

LULL = timedelta(minutes=10)
"""How long a host that takes orders may be silent while it carries one out."""


@dataclass(frozen=True, kw_only=True)
class Group:
    """The findings of one incident.

    Attributes:
        findings: those that found it (medium and up), in the order of time.
        context: weaker ones that share ends with it, in the order of time.
    """

    findings: tuple[Finding, ...]
    context: tuple[Finding, ...] = ()


class _Union:
    """Disjoint sets of positions; the smallest position stands for its set."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))

    def find(self, item: int) -> int:
        while self._parent[item] != item:
            self._parent[item] = self._parent[self._parent[item]]
            item = self._parent[item]
        return item

    def join(self, one: int, other: int) -> None:
        a, b = sorted((self.find(one), self.find(other)))
        self._parent[b] = a


def in_time(findings: Sequence[Finding]) -> list[Finding]:
    """Findings in the order of their first, then last time, then id."""
    return sorted(findings, key=lambda f: (f.first_seen_time, f.last_seen_time, f.id))


def correlate(
    findings: Sequence[Finding],
    ends: Mapping[str, Ends],
    *,
    home: HomeNets,
    common: CommonEnds,
    identities: Identities,
) -> tuple[Group, ...]:
    """Group findings into incidents, the earliest incident first.

    Args:
        findings: of all detectors.
        ends: of every finding, by id.
        home: the organisation's networks.
        common: ends that join nothing on their own.
        identities: to recognise a host whose address changed.
    """
    ordered = in_time(findings)
    worth = [f for f in ordered if f.severity.rank >= Severity.MEDIUM.rank]
    routers = _routers(worth, ends, identities)
    shadows = _shadows(worth, ends, routers)
    founding = [f for f in worth if not ends[f.id].weak and f.id not in shadows]
    union = _Union(len(founding))

    def key(finding: Finding, ip: str) -> str:
        return identities.key(ip, finding.first_seen_time, finding.last_seen_time)

    by_host: dict[str, list[int]] = defaultdict(list)
    by_end: dict[str, list[int]] = defaultdict(list)
    floods: dict[str, list[int]] = defaultdict(list)
    for place, finding in enumerate(founding):
        part = ends[finding.id]
        for ip in part.controlled:
            # A proxy or resolver calls out for others: that it calls twice joins nothing.
            if not (part.behaviour.calls_out and ip in common.ips) and ip not in routers:
                by_host[key(finding, ip)].append(place)
        crowd = part.behaviour.kind is Kind.FLOOD and len(part.hostile) >= FLOOD_CROWD
        for ip in frozenset[str]() if crowd else part.hostile - common.ips:
            by_end[key(finding, ip) if home.holds(ip) else ip].append(place)
        for domain in part.domains - common.domains:
            by_end[f"domain {domain}"].append(place)
        if part.behaviour.kind is Kind.FLOOD:
            for ip in part.targets:
                floods[ip].append(place)
    for places in (*by_host.values(), *by_end.values()):
        for place in places[1:]:
            union.join(places[0], place)
    _join_internal_servers(by_host, by_end, union)
    _join_taken(founding, ends, by_host, union, key=key, common=common)
    _join_floods(founding, floods, union)
    members: dict[int, list[Finding]] = defaultdict(list)
    for place, finding in enumerate(founding):
        members[union.find(place)].append(finding)
    rhythms = [f for f in worth if ends[f.id].weak]
    together = _with_rhythms([members[root] for root in sorted(members)], rhythms, ends)
    groups = [Group(findings=tuple(in_time(findings))) for findings in together]
    place_of = {finding.id: place for place, finding in enumerate(ordered)}
    groups.sort(key=lambda group: place_of[group.findings[0].id])
    weak = [f for f in ordered if f.severity.rank < Severity.MEDIUM.rank]
    context = _attach(weak, groups, ends, common)
    for place, group in enumerate(groups):
        members_of = {f.id for f in group.findings}
        cast = [f for f in worth if shadows.get(f.id) in members_of]
        context[place] = in_time([*context[place], *cast])
    return tuple(
        Group(findings=group.findings, context=tuple(context[place]))
        for place, group in enumerate(groups)
    )


def _routers(
    founding: Sequence[Finding], ends: Mapping[str, Ends], identities: Identities
) -> frozenset[str]:
    """Controlled addresses that are routers, but for those that put themselves in between."""
    acting: set[str] = set()
    between: set[str] = set()
    for finding in founding:
        part = ends[finding.id]
        acting |= part.controlled
        if part.behaviour.kind is Kind.INTERCEPTION:
            between |= part.controlled
    return frozenset(ip for ip in acting - between if identities.routes(ip))


def _shadows(
    worth: Sequence[Finding], ends: Mapping[str, Ends], routers: frozenset[str]
) -> dict[str, str]:
    """A router's scan -> the scan of another host that it only passes on, by id of finding."""
    scans = [f for f in worth if ends[f.id].behaviour.kind is Kind.SCAN]
    found: dict[str, str] = {}
    for scan in scans:
        own = ends[scan.id]
        if own.hostile or not own.controlled <= routers:
            continue
        for cause in scans:
            other = ends[cause.id]
            if (
                not other.controlled & routers
                and cause.first_seen_time <= scan.last_seen_time
                and scan.first_seen_time <= cause.last_seen_time
                and 2 * len(own.targets & other.targets) >= len(own.targets)
            ):
                found.setdefault(scan.id, cause.id)
    return found


def _with_rhythms(
    groups: Sequence[list[Finding]], rhythms: Sequence[Finding], ends: Mapping[str, Ends]
) -> list[list[Finding]]:
    """Groups with the rhythms inside that belong to them; the others by their caller."""
    fell: list[dict[str, datetime]] = []
    for findings in groups:
        since: dict[str, datetime] = {}
        for finding in findings:
            part = ends[finding.id]
            for ip in part.controlled | part.taken | part.hostile:
                since[ip] = min(since.get(ip, finding.first_seen_time), finding.first_seen_time)
        fell.append(since)
    found = [list(findings) for findings in groups]
    alone: dict[tuple[str, ...], list[Finding]] = {}
    for rhythm in rhythms:
        part = ends[rhythm.id]
        met = [
            (since[ip], place)
            for place, since in enumerate(fell)
            for ip in sorted(part.controlled | part.hostile)
            if ip in since and since[ip] <= rhythm.first_seen_time
        ]
        met = met or [
            (finding.first_seen_time, place)
            for place, findings in enumerate(groups)
            for finding in findings
            if part.controlled & ends[finding.id].controlled
            and not ends[finding.id].behaviour.calls_out
            and rhythm.first_seen_time <= finding.first_seen_time <= rhythm.last_seen_time + LULL
        ]
        if met:
            found[min(met)[1]].append(rhythm)
        else:
            alone.setdefault(tuple(sorted(part.controlled)), []).append(rhythm)
    return [*found, *alone.values()]


def _join_internal_servers(
    by_host: Mapping[str, Sequence[int]], by_end: Mapping[str, Sequence[int]], union: _Union
) -> None:
    """A host that is the attacker's server in one finding and acts in another is one actor."""
    for host in sorted(set(by_host) & set(by_end)):
        union.join(by_host[host][0], by_end[host][0])


def _join_taken(
    founding: Sequence[Finding],
    ends: Mapping[str, Ends],
    by_host: Mapping[str, Sequence[int]],
    union: _Union,
    *,
    key: Callable[[Finding, str], str],
    common: CommonEnds,
) -> None:
    """Join an access with what the accessed host begins to do afterwards.

    Where several of our hosts entered one before it began, those that act elsewhere as well explain
    it: who did nothing but that, such as an administrator, is not made a part of it.
    """
    entries: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for place, finding in enumerate(founding):
        part = ends[finding.id]
        # An attempt from inside whose outcome is not known counts when its target then does what
        # is grave by itself; attempts from the Internet never end and would join everything.
        maybe = part.maybe_taken - common.ips if part.controlled else frozenset[str]()
        for ip in part.taken | maybe:
            entries[key(finding, ip)].append((place, ip))
    for host, ways in entries.items():
        into = {place for place, _ in ways}
        for later in by_host.get(host, ()):
            began = founding[later]
            grave = began.severity.rank >= Severity.HIGH.rank or ends[began.id].backed
            before = [
                place
                for place, ip in ways
                if founding[place].first_seen_time <= began.first_seen_time
                and (grave or ip in ends[founding[place].id].taken)
            ]
            idle = {
                place
                for place in before
                if (ours := ends[founding[place].id].controlled)
                and all(set(by_host.get(key(founding[place], ip), ())) <= into for ip in ours)
            }
            for place in before:
                if place not in idle or idle.issuperset(before):
                    union.join(place, later)


def _join_floods(
    founding: Sequence[Finding], floods: Mapping[str, Sequence[int]], union: _Union
) -> None:
    """Join floods of one target whose times overlap; ``floods`` lists places in order of time."""
    for places in floods.values():
        reach = founding[places[0]].last_seen_time
        for previous, place in pairwise(places):
            if founding[place].first_seen_time <= reach:
                union.join(previous, place)
            reach = max(reach, founding[place].last_seen_time)


def _attach(
    weak: Sequence[Finding], groups: Sequence[Group], ends: Mapping[str, Ends], common: CommonEnds
) -> dict[int, list[Finding]]:
    """Context findings by the place of the group they share most ends with."""
    context: dict[int, list[Finding]] = defaultdict(list)
    reach = [_reach(group, ends, common) for group in groups]
    for finding in weak:
        own = _all_ends(ends[finding.id]) - common.ips - common.domains
        shared = [len(own & other) for other in reach]
        best = max(shared, default=0)
        if best:
            context[shared.index(best)].append(finding)
    return context


def _reach(group: Group, ends: Mapping[str, Ends], common: CommonEnds) -> frozenset[str]:
    """Ends of a group that mean something: not the mere targets of attempts."""
    parts = [ends[f.id] for f in group.findings]
    found: set[str] = set()
    for part in parts:
        found |= part.controlled | part.hostile | part.taken | part.domains
    return frozenset(found) - common.ips - common.domains


def _all_ends(part: Ends) -> frozenset[str]:
    return part.controlled | part.hostile | part.targets | part.domains
