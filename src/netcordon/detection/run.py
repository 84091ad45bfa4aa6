"""Run every detector over the tables, and say what could not be judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from netcordon.detection.assemble import bound_parameters, finding
from netcordon.detection.facts import add_facts, drop_facts
from netcordon.detection.gather import gathered
from netcordon.detection.merge import merged
from netcordon.detection.own_findings import add_own_findings
from netcordon.model.decoy import DecoyCopy
from netcordon.model.detector import Detector, Together
from netcordon.model.document import Check
from netcordon.model.finding import Finding
from netcordon.model.quantity import span_text
from netcordon.registry import LoadFailure, Plugin, load
from netcordon.tables.engine import Engine
from netcordon.tables.schema import TABLES

GAPS_NEEDED = 8
"""Gaps between contacts below which no statement about a rhythm is made."""


@dataclass(frozen=True, kw_only=True)
class Detection:
    """What the detectors found, and what they could not judge.

    Attributes:
        findings: worst first; ties by time, then id.
        notes: sentences for the report's list of what was not seen.
        checks: what was looked for, and why not where it was not.
    """

    findings: tuple[Finding, ...]
    notes: tuple[str, ...]
    checks: tuple[Check, ...] = ()


def run_detectors(
    engine: Engine,
    plugins: Sequence[Plugin] | None = None,
    failures: Sequence[LoadFailure] = (),
    *,
    decoys: Sequence[DecoyCopy] = (),
) -> Detection:
    """Run detectors over the engine's evidence.

    Args:
        engine: views over the chosen evidence, home networks set. What ``detection.facts``
            holds is put beside the views.
        plugins: detectors to run; all that the registry finds when ``None``.
        failures: detectors known not to have loaded, to be said; filled by the registry when
            ``plugins`` is ``None``.
        decoys: marked copies that are watched for.

    Returns:
        Findings and notes. A detector that fails is a note, never an exception.
    """
    if plugins is None:
        plugins, failures = load("detectors")
    add_facts(engine, decoys)
    counts = row_counts(engine)
    notes = [f"Detector {f.id} did not load and was not run: {f.reason}" for f in failures]
    notes += limits(engine, counts)
    findings: list[Finding] = []
    checks: list[Check] = []
    # Those that weigh what the others found come last.
    order = sorted(plugins, key=lambda p: cast(Detector, p.content).weighs_findings)
    is_told = False
    for plugin in order:
        detector = cast(Detector, plugin.content)
        if detector.weighs_findings and not is_told:
            add_own_findings(engine, findings)
            is_told = True
        if not any(counts.get(table) for table in detector.reads):
            tables = ", ".join(detector.reads)
            notes.append(f"{detector.title}: not judged, no rows in {tables}.")
            checks.append(_check(plugin.id, detector, 0, f"no rows in {tables}"))
            continue
        try:
            found = run_one(engine, plugin.id, detector, notes)
            findings += found
            checks.append(_check(plugin.id, detector, len(found), None))
        except Exception as error:  # noqa: BLE001 - one broken detector must not silence the others
            notes.append(
                f"Detector {plugin.id} failed and found nothing: {type(error).__name__}: {error}"
            )
            checks.append(_check(plugin.id, detector, 0, f"failed: {type(error).__name__}"))
    drop_facts(engine)
    findings.sort(key=lambda f: (-f.severity.rank, f.first_seen_time, f.id))
    return Detection(findings=tuple(findings), notes=tuple(notes), checks=tuple(checks))


def _check(detector_id: str, detector: Detector, findings: int, skipped: str | None) -> Check:
    return Check(
        detector=detector_id,
        title=detector.title,
        summary=detector.summary,
        blind_spots=detector.blind_spots,
        minimum_sample=detector.minimum_sample,
        techniques=detector.techniques,
        findings=findings,
        skipped=skipped,
    )


def run_one(
    engine: Engine, detector_id: str, detector: Detector, notes: list[str] | None = None
) -> list[Finding]:
    """Findings of one detector, duplicates merged, minor ones gathered, in its query's order.

    A candidate that lacks a value which the detector needs is not judged: logs do not hold all that
    packets do. How many there were is added to ``notes``.
    """
    rows: Sequence[dict[str, object]] = engine.query(detector.sql, bound_parameters(detector))
    candidates = detector.refine(rows) if detector.refine else rows
    found: list[Finding] = []
    ways: dict[str, Together] = {}
    lacking = 0
    for row in candidates:
        try:
            judgement = detector.judge(row)
        except TypeError:
            if None not in row.values():
                raise
            lacking += 1
            continue
        if judgement is not None:
            found.append(finding(detector_id, detector, row, judgement))
            if judgement.together:
                ways[found[-1].id] = judgement.together
    if lacking and notes is not None:
        notes.append(
            f"{detector.title}: {lacking} candidate{'' if lacking == 1 else 's'} not judged, for "
            "the logs they come from lack a value that it needs."
        )
    return gathered(merged(found), ways)


def row_counts(engine: Engine) -> dict[str, int]:
    """Rows of every table."""
    parts = " UNION ALL ".join(
        f"SELECT '{name}' AS t, count(*) AS n FROM {name}" for name in sorted(TABLES)
    )
    return {str(row["t"]): cast(int, row["n"]) for row in engine.query(parts)}


def limits(engine: Engine, counts: dict[str, int]) -> list[str]:
    """Sentences on what the evidence is too short, too coarse or too one-sided to show."""
    if not counts.get("network_activity"):
        return ["No flows were read: nothing about who spoke to whom can be judged."]
    row = engine.query(_SPAN_SQL)[0]
    first, last = cast(datetime, row["first"]), cast(datetime, row["last"])
    span_s = (last - first).total_seconds()
    notes = [
        f"The evidence spans {span_text(span_s)}: rhythms slower than one contact in "
        f"{span_text(span_s / GAPS_NEEDED)} cannot be told from chance."
    ]
    if span_s < 7 * 86_400:
        notes.append(
            "No baseline: less than 7 days of traffic, so no host is compared with its own past."
        )
    if cast(int, row["flows"]) >= GAPS_NEEDED and not row["fractional"]:
        notes.append("All times are whole seconds: rhythms below 10 s cannot be judged.")
    if cast(int, row["tcp"]) >= GAPS_NEEDED and not row["tcp_answered"]:
        notes.append("No TCP flow shows an answer: the capture is one-sided.")
    if row["reported"]:
        notes.append(
            f"{row['reported']} flows are reports of devices: fingerprints, TTL, what was said and "
            "the rhythm inside connections are not judged there; pieces of one connection are no "
            "contacts of their own."
        )
    if row["sampled"]:
        notes.append(
            f"{row['sampled']} flows are of sampled packets: scans, guessing and rhythms show "
            "there in part only, and nothing is known of what is not reported."
        )
    if row["uncounted"]:
        notes.append(
            f"{row['uncounted']} flows come from an earlier version, which did not count bursts: "
            "the rhythm inside their connections is judged when the evidence is investigated again "
            "in a new workspace."
        )
    return notes


_SPAN_SQL = """
SELECT min(start_time) AS first, max(end_time) AS last, count(*) AS flows,
       count(*) FILTER (epoch_us(start_time) % 1000000 <> 0) AS fractional,
       count(*) FILTER (protocol = 'tcp') AS tcp,
       count(exporter) AS reported, count(*) FILTER (sampling_interval > 1) AS sampled,
       count(*) FILTER (protocol = 'tcp' AND packets_in > 0) AS tcp_answered,
       count(*) FILTER (bursts IS NULL AND exporter IS NULL
                        AND NOT starts_with(evidence_id, 'logs-')) AS uncounted
FROM network_activity
"""
