"""Who did what when in one incident, before anything is worded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from netcordon.incidents.addresses import HomeNets, order
from netcordon.incidents.behaviour import Kind
from netcordon.incidents.correlate import Group
from netcordon.incidents.ends import Ends
from netcordon.incidents.queries import plain
from netcordon.model.finding import Finding


@dataclass(frozen=True, kw_only=True)
class Part:
    """An address in one finding: when, and beside whom."""

    time: datetime
    finding: Finding
    kind: Kind
    by: tuple[str, ...] = ()


@dataclass(kw_only=True)
class Scene:
    """The ends of an incident with the findings that put them there, each in order of time.

    Attributes:
        calls: our hosts under control that call an end of the attacker.
        attacks: our hosts that act against others.
        hostile: the attacker's own ends.
        targets: what was acted against.
        taken: hosts the attacker got control of; those he may have got only when they then acted.
        domains: the attacker's registered domains.
        carriers: resolvers that passed the traffic on.
    """

    group: Group
    since: datetime
    until: datetime
    calls: dict[str, list[Part]] = field(default_factory=dict)
    attacks: dict[str, list[Part]] = field(default_factory=dict)
    hostile: dict[str, list[Part]] = field(default_factory=dict)
    targets: dict[str, list[Part]] = field(default_factory=dict)
    taken: dict[str, list[Part]] = field(default_factory=dict)
    domains: dict[str, list[Part]] = field(default_factory=dict)
    carriers: dict[str, list[Part]] = field(default_factory=dict)

    @property
    def controlled(self) -> dict[str, datetime]:
        """Our hosts that acted for the attacker, with the first time they did."""
        found: dict[str, datetime] = {}
        for parts in (self.calls, self.attacks):
            for ip, seen in parts.items():
                found[ip] = min(found.get(ip, seen[0].time), seen[0].time)
        return found

    @property
    def kinds(self) -> frozenset[Kind]:
        """What was done in the incident."""
        return frozenset(
            part.kind
            for parts in (self.calls, self.attacks, self.hostile, self.targets)
            for seen in parts.values()
            for part in seen
        )

    def patient_zero(self, home: HomeNets) -> str | None:
        """The first of our hosts seen under control, ``None`` when no host of ours was.

        A host that only attacks, while nobody was seen to fall, may do so at its user's will: it
        is an actor, and no patient.
        """
        first: dict[str, datetime] = {}
        acting = (self.calls, self.attacks) if self.taken else (self.calls,)
        for parts in acting:
            for ip, seen in parts.items():
                times = [p.time for p in seen] + [p.time for p in self.attacks.get(ip, ())]
                first[ip] = min([first.get(ip, times[0]), *times])
        for ip, seen in self.taken.items():
            first[ip] = min(first.get(ip, seen[0].time), seen[0].time)
        for ip, seen in self.taken.items():
            fell_to_ours = [p for p in seen if any(b in self.controlled for b in p.by)]
            if fell_to_ours and fell_to_ours[0].time <= first[ip]:
                del first[ip]
        ours = [ip for ip in first if home.holds(ip)] or list(first)
        return min(ours, key=lambda ip: (first[ip], order(ip)), default=None)

    def pivots(self) -> tuple[str, ...]:
        """Hosts under control first and attackers later, and accessed hosts that then acted."""
        found = set()
        for ip, attacks in self.attacks.items():
            fell = [p.time for p in (*self.calls.get(ip, ()), *self.taken.get(ip, ()))]
            if fell and min(fell) <= attacks[-1].finding.last_seen_time:
                found.add(ip)
        for ip, seen in self.taken.items():
            acts = (*self.calls.get(ip, ()), *self.attacks.get(ip, ()))
            if any(p.finding.last_seen_time >= seen[0].time for p in acts):
                found.add(ip)
        return tuple(sorted(found, key=order))


def set_scene(group: Group, ends: Mapping[str, Ends]) -> Scene:
    """Gather the parts that addresses play in the founding findings of a group."""
    scene = Scene(
        group=group,
        since=min(f.first_seen_time for f in group.findings),
        until=max(f.last_seen_time for f in group.findings),
    )
    acting = {ip for f in group.findings for ip in ends[f.id].controlled}
    for finding in group.findings:
        part = ends[finding.id]
        doers = part.controlled | part.hostile
        ours = scene.calls if part.behaviour.calls_out else scene.attacks
        _put(ours, part.controlled, finding, part, part.hostile or part.targets)
        _put(scene.hostile, part.hostile, finding, part, part.controlled or part.targets)
        _put(scene.targets, part.targets, finding, part, doers)
        fell = part.taken | (part.maybe_taken & acting)
        _put(scene.taken, fell, finding, part, doers, time=_entered(finding))
        _put(scene.domains, part.domains, finding, part, part.controlled)
        _put(scene.carriers, part.carriers, finding, part, part.controlled)
    return scene


def _put(
    parts: dict[str, list[Part]],
    ends: frozenset[str],
    finding: Finding,
    read: Ends,
    others: frozenset[str],
    *,
    time: datetime | None = None,
) -> None:
    by = tuple(sorted(others, key=order))
    time = time or finding.first_seen_time
    for end in sorted(ends, key=order):
        parts.setdefault(end, []).append(
            Part(time=time, finding=finding, kind=read.behaviour.kind, by=by)
        )


def _entered(finding: Finding) -> datetime | None:
    """When a guess or attempt got in, where the detector can tell (fact ``entered_time``)."""
    time = finding.facts.get("entered_time")
    return plain(time) if isinstance(time, datetime) else None
