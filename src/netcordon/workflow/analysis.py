"""Tables in, document out: home networks, findings, incidents, and what a reader needs beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import netcordon
from netcordon.detection.allowed import set_aside
from netcordon.detection.home_nets import infer_home_nets
from netcordon.detection.run import run_detectors
from netcordon.incidents.attribution import attribute
from netcordon.incidents.build import IncidentReport, build_incidents
from netcordon.incidents.priority import rank
from netcordon.incidents.strategic import banner, hits
from netcordon.incidents.unseen import NO_SIGNATURES
from netcordon.ingest.log_quality import judge_log
from netcordon.ingest.quality import judge_quality
from netcordon.model.business import Business
from netcordon.model.casework import SetAside, Standing
from netcordon.model.crisis import Crisis, CrisisRules
from netcordon.model.document import Check, Document
from netcordon.model.evidence import CaptureQuality, Evidence
from netcordon.model.finding import Finding
from netcordon.model.handling import TLP
from netcordon.model.quantity import count_text
from netcordon.tables.engine import Engine
from netcordon.workflow.collect import Collected
from netcordon.workflow.inventory import phase_lines
from netcordon.workflow.observer import Observer
from netcordon.workflow.samples import contact_times, sample_rows
from netcordon.workflow.series import observed_span, traffic_over_time

_MAX_SAMPLED = 200

NOT_LOOKED_FOR = (
    "Not looked for at all: tickets forged with stolen AES keys, attacks on clients inside "
    "encrypted pages, what carried files do when they are opened."
)
"""Whole classes that no detector covers yet; silence on them says nothing."""


def analyse(
    engine: Engine,
    collected: Collected,
    *,
    home_nets: Sequence[str],
    tlp: TLP,
    options: Mapping[str, str],
    now: datetime,
    observer: Observer,
    standing: Standing | None = None,
    business: Business | None = None,
    crisis: CrisisRules | None = None,
) -> Document:
    """Judge the engine's evidence.

    Args:
        engine: views over the evidence and the window of time.
        collected: what was handed in, and what could not be read.
        home_nets: the organisation's networks; empty means infer them.
        tlp: marking of the document.
        options: what the caller asked for, to be shown.
        now: stamped on the document; it decides which allowances have expired, and nothing else.
        observer: hears how it goes on.
        standing: what people allowed, suppressed and ruled.
        business: what the organisation declared about its hosts and flows.
        crisis: what calls the crisis cell.
    """
    standing = standing or Standing()
    nets = tuple(home_nets) or infer_home_nets(engine)
    engine.set_home_nets(nets)
    observer.stage("detecting")
    detection = run_detectors(engine, decoys=standing.decoys)
    findings, aside = set_aside(
        engine, detection.findings, standing.allowances, standing.suppressions, now
    )
    quality = tuple(_judged(item) for item in collected.evidence)
    observer.stage("correlating")
    report = build_incidents(
        engine, findings, home_nets=nets, quality=quality, evidence=collected.evidence
    )
    first, last = observed_span(engine)
    shown = findings[:_MAX_SAMPLED]
    samples = (sample_rows(engine, finding) for finding in shown)
    worst = report.incidents[0].severity.value if report.incidents else None
    return Document(
        version=netcordon.__version__,
        generated_time=now,
        tlp=tlp,
        verdict=verdict(report, findings, collected, detection.checks, aside),
        severity=worst,
        home_nets=nets,
        home_nets_inferred=not home_nets,
        first_time=first,
        last_time=last,
        evidence=(*collected.evidence, *collected.unreadable),
        capture_quality=quality,
        incidents=report.incidents,
        findings=findings,
        indicators=report.indicators,
        hosts=report.hosts,
        not_seen=_unique(
            [
                *_unread(collected),
                *collected.notes,
                NOT_LOOKED_FOR,
                *(s for s in report.not_seen if s != NO_SIGNATURES or "suricata" not in options),
                *detection.notes,
            ]
        ),
        traffic=traffic_over_time(engine),
        contacts=contact_times(engine, shown),
        samples=tuple(sample for sample in samples if sample is not None),
        phases=phase_lines(),
        checks=detection.checks,
        options=dict(options),
        priorities=rank(report.incidents, business or Business()),
        attributions=tuple(attribute(incident, findings) for incident in report.incidents),
        set_aside=aside,
        allowances=standing.allowances,
        judgements={
            f.id: standing.judgements[f.id]
            for f in detection.findings
            if f.id in standing.judgements
        },
        case=standing.case,
        crisis=_crisis(report, standing, business or Business(), crisis or CrisisRules(), now),
    )


def _crisis(
    report: IncidentReport,
    standing: Standing,
    business: Business,
    rules: CrisisRules,
    now: datetime,
) -> tuple[str, ...]:
    cell = standing.case.crisis if standing.case else None
    why = hits(report.incidents, business, rules)
    return banner(why, cell or Crisis(case_id=""), now)


def verdict(
    report: IncidentReport,
    findings: Sequence[Finding],
    collected: Collected,
    checks: Sequence[Check],
    aside: Sequence[SetAside] = (),
) -> str:
    """What happened, in one or two sentences of plain words."""
    if not collected.evidence:
        return "Nothing could be read, so nothing can be said."
    if report.incidents:
        worst = report.incidents[0]
        more = len(report.incidents) - 1
        text = worst.title.rstrip(".") + "."
        if more:
            text += f" {more} more incident{'' if more == 1 else 's'} beside it."
        return text
    context = "" if not findings else (
        f" {count_text(len(findings), 'observation')} of low weight "
        f"{'stands' if len(findings) == 1 else 'stand'} in the report as context."
    )  # fmt: skip
    if aside:
        context += (
            f" {len(aside)} finding{' was' if len(aside) == 1 else 's were'} made and set aside on "
            "somebody's word."
        )
    if all(check.skipped is not None for check in checks):
        return "Nothing could be judged: no detector had anything to look at."
    return (
        "No malicious behaviour was found by the detectors that ran." + context
        + " What could not be judged is listed."
    )  # fmt: skip


def _judged(item: Evidence) -> CaptureQuality:
    if item.facts.get("is_log"):
        return judge_log(item.id, item.records, item.refused, item.facts)
    return judge_quality(item.id, item.records, item.refused, item.facts)


def _unread(collected: Collected) -> list[str]:
    return [f"{item.path}: {item.warnings[0].what}" for item in collected.unreadable]


def _unique(sentences: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(sentences))
