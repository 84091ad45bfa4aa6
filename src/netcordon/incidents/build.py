"""Findings in, incidents out: the one entry of this stage."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass

from netcordon.incidents.actions import first_actions
from netcordon.incidents.addresses import HomeNets
from netcordon.incidents.behaviour import Kind
from netcordon.incidents.behind import behind
from netcordon.incidents.card import fill_cards
from netcordon.incidents.channels import find_channels
from netcordon.incidents.common_ends import find_common_ends
from netcordon.incidents.correlate import correlate
from netcordon.incidents.ends import read_ends
from netcordon.incidents.fingerprints import find_fingerprints
from netcordon.incidents.gathering import find_accounts, find_gathering
from netcordon.incidents.hosts import MAX_HOSTS, list_hosts, seen_hosts
from netcordon.incidents.identity import read_identities
from netcordon.incidents.indicators import find_indicators
from netcordon.incidents.movement import find_copies, find_downloads
from netcordon.incidents.onsets import find_onsets
from netcordon.incidents.parties import Namer, find_actors, find_victims
from netcordon.incidents.queries import Queries
from netcordon.incidents.scene import Scene, set_scene
from netcordon.incidents.scope import find_scope
from netcordon.incidents.second_servers import find_second_servers
from netcordon.incidents.story import kill_chain, techniques, tell
from netcordon.incidents.summary import summary
from netcordon.incidents.title import title
from netcordon.incidents.unseen import not_seen, seen_twice
from netcordon.model.evidence import CaptureQuality, Evidence
from netcordon.model.finding import Finding
from netcordon.model.incident import Host, Incident, Indicator
from netcordon.model.severity import Severity

CERTAIN = 0.99
"""No combination of detectors is surer than this: they read the same packets."""


@dataclass(frozen=True, kw_only=True)
class IncidentReport:
    """What this stage hands on.

    Attributes:
        incidents: worst first; ties by time, then id.
        indicators: surest first.
        hosts: of ours, in the order of their addresses.
        not_seen: sentences on what could not be read, seen or judged here.
    """

    incidents: tuple[Incident, ...]
    indicators: tuple[Indicator, ...]
    hosts: tuple[Host, ...]
    not_seen: tuple[str, ...]


def build_incidents(
    engine: Queries,
    findings: Sequence[Finding],
    *,
    home_nets: Sequence[str],
    quality: Sequence[CaptureQuality] = (),
    evidence: Sequence[Evidence] = (),
) -> IncidentReport:
    """Correlate, characterise and scope.

    Args:
        engine: ``tables.engine.Engine`` over the evidence, ``is_internal`` set to the same home
            networks, with the tables ``name`` and ``known_service`` beside the views.
        findings: of all detectors, in any order.
        home_nets: the organisation's networks in CIDR notation.
        quality: verdicts on the captures, for ``not_seen``.
        evidence: what was read, for ``not_seen``.

    Raises:
        ValueError: when a home network is not in CIDR notation.
    """
    home = HomeNets(home_nets)
    common = find_common_ends(engine, findings)
    ends = read_ends(findings, home, common)
    rows = seen_hosts(engine, home)
    wanted = {str(row["ip"]) for row in rows}
    wanted |= {ip for f in findings for ip in (*f.src_ips, *f.dst_ips)}
    identities = read_identities(engine, wanted, home)
    hosts = list_hosts(rows, identities)
    groups = correlate(findings, ends, home=home, common=common, identities=identities)
    flows = behind(engine, groups, ends)
    onsets = find_onsets(engine, flows, groups, ends)
    scenes = [set_scene(group, ends, onsets) for group in groups]
    namers = [Namer(identities, scene, home) for scene in scenes]
    downloads = find_downloads(engine, scenes, common)
    for scene, loads in zip(scenes, downloads, strict=True):
        before = [m for m in reversed(loads) if m.time <= scene.onset(m.src)]
        scene.loaded = {m.src: m.time for m in before}
        scene.loaded_from = {m.src: m.dst for m in before}
    copies = find_copies(engine, scenes)
    accounts = find_accounts(engine, scenes, home)
    gathered = find_gathering(engine, scenes, home, accounts)
    moved = [(*d, *c, *g) for d, c, g in zip(downloads, copies, gathered, strict=True)]
    cards = fill_cards(engine, flows, scenes, ends, namers)
    channels = find_channels(engine, flows, scenes, ends, namers, moved, common)
    marks = find_fingerprints(engine, scenes)
    scopes = find_scope(engine, scenes, marks, namers, home, common)
    second = find_second_servers(engine, scenes, namers, common)
    indicators, left_out = find_indicators(engine, scenes, moved, marks, home, common, accounts)
    incidents: list[Incident] = []
    for place, scene in enumerate(scenes):
        namer = namers[place]
        steps = tell(scene, ends, moved[place], namer, onsets)
        severity = severity_of(scene)
        incidents.append(
            Incident(
                id=_id(scene.group.findings),
                title=title(scene, namer, home),
                summary=summary(scene, steps, namer, home),
                severity=severity,
                confidence=confidence_of(scene.group.findings),
                first_seen_time=min(step.time for step in steps),
                last_seen_time=max(step.end_time for step in steps),
                actors=find_actors(scene, namer, downloads[place]),
                victims=find_victims(scene, namer, home, gathered[place]),
                pivots=scene.pivots(),
                channels=channels[place],
                techniques=techniques(scene, moved[place]),
                kill_chain=kill_chain(steps, scene.group.findings),
                card=cards[place],
                finding_ids=tuple(f.id for f in scene.group.findings),
                story=steps,
                scope=(*second[place], *scopes[place]),
                first_actions=first_actions(
                    scene, severity, moved[place], accounts[place], namer, home, common
                ),
            )
        )
    incidents.sort(key=lambda i: (-i.severity.rank, i.first_seen_time, i.id))
    notes = [*not_seen(engine, evidence, quality, hosts), *seen_twice(engine, flows)]
    if len(rows) > MAX_HOSTS:
        notes.append(f"More than {MAX_HOSTS} of our hosts were seen; only {MAX_HOSTS} are listed.")
    return IncidentReport(
        incidents=tuple(incidents),
        indicators=indicators,
        hosts=hosts,
        not_seen=tuple(dict.fromkeys([*notes, *left_out])),
    )


_BEYOND_CONTROL = frozenset(
    {Kind.BRUTE_FORCE, Kind.LOGIN, Kind.EXPLOITATION, Kind.CREDENTIAL_THEFT,
     Kind.LATERAL_MOVEMENT, Kind.COPY, Kind.EXFILTRATION, Kind.FLOOD, Kind.DESTRUCTION,
     Kind.CONTROL}
)  # fmt: skip
"""What makes an incident critical when it succeeds; a command channel alone is high."""


def severity_of(scene: Scene) -> Severity:
    """The worst finding's severity; high becomes critical when it succeeded further or spreads.

    It spreads when more than one host is in it by grave findings, or when a host that was entered
    calls for orders afterwards: two observations of different kinds that say the same.

    Findings of medium severity that are links of one chain (``Scene.chained``) are high together.
    """
    worst = max((f.severity for f in scene.group.findings), key=lambda s: s.rank)
    if worst is Severity.MEDIUM and scene.chained:
        return Severity.HIGH
    if worst is not Severity.HIGH:
        return worst
    grave = [f.id for f in scene.group.findings if f.severity is Severity.HIGH]
    succeeded = any(
        part.finding.succeeded and part.kind in _BEYOND_CONTROL and part.finding.id in grave
        for parts in (scene.hostile, scene.attacks, scene.calls)
        for seen in parts.values()
        for part in seen
    )
    acting = {
        ip
        for ip, seen in (*scene.calls.items(), *scene.taken.items())
        if any(part.finding.id in grave for part in seen)
    }
    remote = scene.remote()
    spread = any(
        entry.finding.succeeded and entry.time <= call.time
        for ip in scene.taken.keys() & remote.keys()
        for entry in scene.taken[ip]
        for call in remote[ip]
    )
    return Severity.CRITICAL if succeeded or spread or len(acting) > 1 else worst


def confidence_of(findings: Sequence[Finding]) -> float:
    """Noisy-or over detectors: each counts once, with its surest finding; at most ``CERTAIN``.

    Findings of one detector share its errors and are not independent (Pearl 1988, section 4.3.2).
    """
    best: dict[str, float] = {}
    for finding in findings:
        best[finding.detector] = max(best.get(finding.detector, 0.0), finding.confidence)
    doubt = math.prod(1.0 - min(max(value, 0.0), 1.0) for _, value in sorted(best.items()))
    return round(min(1.0 - doubt, CERTAIN), 4)


def _id(findings: Sequence[Finding]) -> str:
    text = "\n".join(sorted(f.id for f in findings))
    return "inc-" + hashlib.sha256(text.encode()).hexdigest()[:10]
