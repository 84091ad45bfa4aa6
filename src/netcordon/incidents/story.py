"""The story of an incident: steps in the order of time, a title and a summary, in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from netcordon.incidents.addresses import order
from netcordon.incidents.behaviour import TACTICS, Kind
from netcordon.incidents.ends import Ends
from netcordon.incidents.movement import Movement
from netcordon.incidents.parties import Namer
from netcordon.incidents.scene import Scene
from netcordon.model.finding import Finding
from netcordon.model.incident import Step
from netcordon.model.quantity import size_text

_LEADS = {
    Kind.SCAN: "Looking for ways in",
    Kind.ENUMERATION: "Looking around inside",
    Kind.BRUTE_FORCE: "Guessing passwords",
    Kind.LOGIN: "Logging in",
    Kind.EXPLOITATION: "Exploiting a weakness",
    Kind.CREDENTIAL_THEFT: "Stealing credentials",
    Kind.INTERCEPTION: "Putting itself in between",
    Kind.LATERAL_MOVEMENT: "Moving to another host",
    Kind.COPY: "Copying to another host",
    Kind.COLLECTION: "Gathering data",
    Kind.DOWNLOAD: "Loading a program",
    Kind.COMMAND: "Under remote control",
    Kind.GENERATED_NAMES: "Searching for a command server",
    Kind.TUNNEL: "Hiding traffic in a tunnel",
    Kind.EXFILTRATION: "Data leaves",
    Kind.MINING: "Mining",
    Kind.FLOOD: "Flooding",
    Kind.DESTRUCTION: "Destroying data",
    Kind.ACCOUNT_CHANGE: "Changing accounts",
    Kind.EVASION: "Covering its tracks",
    Kind.ADMINISTRATION: "Changing rights, logs or data",
    Kind.CONTROL: "Interfering with a control device",
    Kind.OTHER: "Unusual behaviour",
}


_UNSURE = {
    Kind.COMMAND: "Perhaps under remote control",
    Kind.EXFILTRATION: "Data leaves, perhaps stolen",
    Kind.TUNNEL: "Perhaps hiding traffic in a tunnel",
}
"""The same in an incident without a finding of high severity."""


def tell(
    scene: Scene,
    ends: Mapping[str, Ends],
    movements: Sequence[Movement],
    namer: Namer,
    onsets: Mapping[str, datetime],
) -> tuple[Step, ...]:
    """Steps in the order of time: findings, a channel that several see once, and what moved.

    Weaker findings about the same hosts are context and no steps; the summary counts them.
    """
    group = scene.group
    by_id = {finding.id: finding for finding in group.findings}
    steps = [_step(f, ends[f.id], namer, onsets.get(f.id), sure=scene.sure) for f in group.findings]
    steps += [
        _moved(
            m, by_id[m.finding_id], namer,
            before=m.what == "download" and m.time <= scene.onset(m.src),
        )
        for m in movements
    ]  # fmt: skip
    rank = {tactic: place for place, tactic in enumerate(TACTICS)}
    steps.sort(
        key=lambda s: (s.time, rank.get(s.tactic, len(rank)), s.end_time, s.finding_id, s.text)
    )
    channels = {
        f.id: _sentence(f.title)
        for f in group.findings
        if ends[f.id].behaviour.kind is Kind.COMMAND
    }
    return tuple(_folded(steps, channels))


def _folded(steps: Sequence[Step], channels: Mapping[str, str]) -> list[Step]:
    """One step for a command channel that several findings tell of, each in its own words.

    Args:
        steps: in the order of time.
        channels: id of a finding of a command channel -> its sentence.
    """
    told: list[Step] = []
    first: dict[tuple[str, tuple[str, ...]], int] = {}
    for step in steps:
        key = (step.actor_ip, step.target_ips)
        place = first.get(key)
        sentence = channels.get(step.finding_id, "")
        again = sentence.removeprefix(f"{step.actor_ip} ")
        if place is None or again == sentence or step.time > told[place].end_time:
            if sentence:
                first[key] = len(told)
            told.append(step)
            continue
        before = told[place]
        told[place] = replace(
            before,
            end_time=max(before.end_time, step.end_time),
            text=f"{before.text} It also {again}",
            severity=max(before.severity, step.severity, key=lambda s: s.rank),
        )
    return told


def _step(
    finding: Finding, part: Ends, namer: Namer, onset: datetime | None, *, sure: bool
) -> Step:
    doers = sorted(part.controlled or part.hostile or frozenset(finding.src_ips), key=order)
    others = sorted(
        part.targets or part.hostile or part.carriers or frozenset(finding.dst_ips), key=order
    )
    lead = (_LEADS if sure and not part.weak else {**_LEADS, **_UNSURE})[part.behaviour.kind]
    outcome = {True: " It succeeded.", False: " It did not succeed.", None: ""}[
        finding.succeeded if part.behaviour.gives_access and "got in" not in finding.title else None
    ]
    return Step(
        time=onset or finding.first_seen_time,
        end_time=finding.last_seen_time,
        tactic=part.behaviour.tactic,
        text=f"{lead}. {namer.named(_sentence(finding.title), doers)}{outcome}",
        actor_ip=doers[0] if doers else "",
        target_ips=tuple(ip for ip in others if ip not in doers),
        finding_id=finding.id,
        severity=finding.severity,
    )


def _moved(movement: Movement, finding: Finding, namer: Namer, *, before: bool) -> Step:
    src, dst = namer.text(movement.src), namer.text(movement.dst)
    size = size_text(movement.bytes)
    if movement.what == "download":
        seen = f"type {movement.magic}" if movement.magic else "by its name"
        lead = "Loading a program" + (", likely the way in" if before else "")
        text = (
            f"{lead}. {src} loaded "
            f"{_clipped(movement.url or 'a program')} ({seen}, {size}) from {dst}."
        )
        tactic = "initial-access" if before else "command-and-control"
    elif movement.what == "gathering":
        account = f" as {', '.join(movement.accounts)}" if movement.accounts else ""
        text = (
            f"Gathering data. {src} read {size} from {dst} by {movement.protocol} on port "
            f"{movement.port}{account}, after the intruder entered it and never before."
        )
        tactic = "collection"
    else:
        text = (
            f"Copying between hosts. {src} moved {size} {movement.way} {dst} by "
            f"{movement.protocol} on port {movement.port} after it got in."
        )
        tactic = "lateral-movement" if movement.outward else "collection"
    return Step(
        time=movement.time,
        end_time=movement.end_time,
        tactic=tactic,
        text=text,
        actor_ip=movement.src,
        target_ips=(movement.dst,),
        finding_id=finding.id,
        severity=finding.severity,
    )


def kill_chain(steps: Iterable[Step], findings: Iterable[Finding]) -> tuple[str, ...]:
    """Tactics in the order they were first seen; those of context steps do not count."""
    founding = {f.id for f in findings}
    seen = (s.tactic for s in steps if s.finding_id in founding and s.tactic in TACTICS)
    return tuple(dict.fromkeys(seen))


def techniques(scene: Scene, movements: Sequence[Movement]) -> tuple[str, ...]:
    """ATT&CK techniques of the founding findings and of what moved, in order of id."""
    seen = {t for f in scene.group.findings for t in f.techniques}
    if any(m.what == "download" for m in movements):
        seen.add("T1105")
    if any(m.what == "copy" and m.outward for m in movements):
        seen.add("T1570")
    if any(m.what == "gathering" for m in movements):
        seen.add("T1039")
    return tuple(sorted(seen))


LONGEST = 160
"""Characters of an address on the web shown in a sentence; the indicator holds all of it."""


def _clipped(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else text + "."
