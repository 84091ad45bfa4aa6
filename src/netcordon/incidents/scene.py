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
from netcordon.model.severity import Severity

REMOTE = frozenset({Kind.COMMAND, Kind.TUNNEL, Kind.GENERATED_NAMES, Kind.DOWNLOAD, Kind.MINING})
"""What a host does for somebody else who holds it."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """An address in one finding: when, and beside whom."""

    time: datetime
    finding: Finding
    kind: Kind
    by: tuple[str, ...] = ()
    weak: bool = False
    backed: bool = False


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
        loaded: our hosts that loaded a program before they first called out, with the time.
        loaded_from: where they loaded it.
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
    loaded: dict[str, datetime] = field(default_factory=dict)
    loaded_from: dict[str, str] = field(default_factory=dict)

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

    @property
    def sure(self) -> bool:
        """Whether a grave finding or a chain carries it; else it is a suspicion to look into."""
        return self.chained or any(
            f.severity.rank >= Severity.HIGH.rank for f in self.group.findings
        )

    @property
    def chained(self) -> bool:
        """Whether a host that calls for orders, as two detectors see, also acts or was entered.

        Each of the three may have its harmless reason; that one host has all of them at once is
        more than each.
        """
        for ip, calls in self.remote().items():
            backed = {p.finding.detector for p in calls if p.backed}
            acts = (*self.attacks.get(ip, ()), *self.taken.get(ip, ()))
            if backed and any(p.finding.detector not in backed for p in acts):
                return True
        return False

    def remote(self) -> dict[str, list[Part]]:
        """Our hosts that are under remote control by their own traffic, with the parts that say so.

        Giving much data away is no control, and a rhythm between hosts of ours is weak, unless the
        host was entered from the very server that it calls, or loaded a program from it.
        """
        found: dict[str, list[Part]] = {}
        for ip, seen in self.calls.items():
            known = {self.loaded_from.get(ip), *(b for p in self.taken.get(ip, ()) for b in p.by)}
            told = [p for p in seen if p.kind in REMOTE and not (p.weak and known.isdisjoint(p.by))]
            if told:
                found[ip] = told
        return found

    def only_loaded(self, ip: str) -> bool:
        """Whether all that is held against a host is a file it was sent; if it ran is not seen."""
        kinds = {part.kind for part in self.remote().get(ip, ())}
        return ip not in self.taken and kinds == {Kind.DOWNLOAD}

    @property
    def his(self) -> frozenset[str]:
        """Hosts of ours that others call for orders, and that nothing shows to have fallen."""
        return frozenset(self.hostile.keys() - self.remote().keys() - self.taken.keys())

    def onset(self, ip: str) -> datetime:
        """When a host first calls out under control, else when it first acts."""
        parts = self.remote().get(ip) or [*self.calls.get(ip, ()), *self.attacks.get(ip, ())]
        return min(part.time for part in parts)

    def patient_zero(self, home: HomeNets) -> str | None:
        """The first of our hosts seen under control, ``None`` when no host of ours was.

        It rests on what shows control: a channel out, a program loaded before it, an entry. A host
        that only attacks, while nobody was seen to fall, may do so at its user's will: it is an
        actor, and no patient. Nor is one that others of ours call for orders: that is his own.
        """
        first: dict[str, datetime] = {}
        remote = self.remote()
        his = self.his
        for ip in (*remote, *(self.attacks.keys() - his if self.taken else ())):
            times = [p.time for p in (*remote.get(ip, ()), *self.attacks.get(ip, ()))]
            times += [self.loaded[ip]] if ip in self.loaded else []
            first[ip] = min(times)
        for ip, seen in self.taken.items():
            first[ip] = min(first.get(ip, seen[0].time), seen[0].time)
        for ip, seen in self.taken.items():
            fell_to_ours = [
                p for p in seen if any(b in self.controlled and b not in his for b in p.by)
            ]
            if fell_to_ours and fell_to_ours[0].time <= first[ip]:
                del first[ip]
        ours = [ip for ip in first if home.holds(ip)] or list(first)
        return min(ours, key=lambda ip: (first[ip], order(ip)), default=None)

    def fell(self, ip: str) -> bool:
        """Whether it was seen how a host came into the attacker's hand, or that it takes orders."""
        return ip in self.taken or ip in self.remote() or ip in self.loaded

    def pivots(self) -> tuple[str, ...]:
        """Hosts under control first and attackers later, and entered hosts that then did more.

        An entered host that only takes orders is a victim.
        """
        found = set()
        for ip, attacks in self.attacks.items():
            fell = [p.time for p in (*self.calls.get(ip, ()), *self.taken.get(ip, ()))]
            if fell and min(fell) <= attacks[-1].finding.last_seen_time:
                found.add(ip)
        for ip, seen in self.taken.items():
            given = [p for p in self.calls.get(ip, ()) if p.kind not in REMOTE]
            acts = (*given, *self.attacks.get(ip, ()))
            if any(p.finding.last_seen_time >= seen[0].time for p in acts):
                found.add(ip)
        return tuple(sorted(found, key=order))


def set_scene(
    group: Group, ends: Mapping[str, Ends], onsets: Mapping[str, datetime] | None = None
) -> Scene:
    """Gather the parts that addresses play in the founding findings of a group.

    Args:
        group: the findings.
        ends: of every finding, by id.
        onsets: when a finding began in earnest, by id, where that is not its first row.
    """
    onsets = onsets or {}
    scene = Scene(
        group=group,
        since=min(f.first_seen_time for f in group.findings),
        until=max(f.last_seen_time for f in group.findings),
    )
    acting = {ip for f in group.findings if not ends[f.id].weak for ip in ends[f.id].controlled}
    for finding in group.findings:
        part = ends[finding.id]
        time = onsets.get(finding.id, finding.first_seen_time)
        doers = part.controlled | part.hostile
        ours = scene.calls if part.behaviour.calls_out else scene.attacks
        _put(ours, part.controlled, finding, part, part.hostile or part.targets, time)
        _put(scene.hostile, part.hostile, finding, part, part.controlled or part.targets, time)
        _put(scene.targets, part.targets, finding, part, doers, time)
        fell = part.taken | (part.maybe_taken & acting)
        _put(scene.taken, fell, finding, part, doers, _entered(finding) or time)
        _put(scene.domains, part.domains, finding, part, part.controlled, time)
        _put(scene.carriers, part.carriers, finding, part, part.controlled, time)
    return scene


def _put(
    parts: dict[str, list[Part]],
    ends: frozenset[str],
    finding: Finding,
    read: Ends,
    others: frozenset[str],
    time: datetime,
) -> None:
    by = tuple(sorted(others, key=order))
    for end in sorted(ends, key=order):
        parts.setdefault(end, []).append(
            Part(
                time=time,
                finding=finding,
                kind=read.behaviour.kind,
                by=by,
                weak=read.weak,
                backed=read.backed,
            )
        )


def _entered(finding: Finding) -> datetime | None:
    """When a guess or attempt got in, where the detector can tell (fact ``entered_time``)."""
    time = finding.facts.get("entered_time")
    return plain(time) if isinstance(time, datetime) else None
