"""Letters among the evidence of an investigation: each goes on record as a report of a person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from netcordon.casefile.workspace import Workspace
from netcordon.errors import EvidenceError
from netcordon.evidence.opening import STDIN, open_source
from netcordon.ingest.letters.mail import MOST_BYTES
from netcordon.intake.reading import read_report
from netcordon.model.evidence import Evidence
from netcordon.reporting.visible import visible
from netcordon.settings import DecodeLimits
from netcordon.workflow.intake import LETTER_KINDS, circumstances, file_report
from netcordon.workflow.observer import Observer


def take_letters(
    workspace: Workspace,
    evidence: Sequence[Evidence],
    *,
    clock: Callable[[], datetime],
    observer: Observer,
) -> None:
    """Put every letter among the evidence on record; one that is there already adds nothing.

    Args:
        workspace: open.
        evidence: of a run that is on record, so that what it inferred of our networks is known.
        clock: stamps the entries.
        observer: hears of each.
    """
    for item in evidence:
        if item.kind not in LETTER_KINDS or item.path == STDIN:
            continue
        try:
            content = _content(item.path)
        except EvidenceError:
            continue  # gone since: its rows stay, and its text is not known
        report = read_report(content, item.path, circumstances(workspace, clock()))
        taken = file_report(workspace, replace(report, evidence_id=item.id), clock)
        hits = len(taken.filed.hunted.hits) if taken.filed.hunted else 0
        if taken.is_new:
            subject = visible(report.subject, limit=80)
            observer.note(f"{taken.filed.id}: {subject}: {hits} of it in the evidence")


def _content(path: str) -> bytes:
    with open_source(path, limits=DecodeLimits()) as source:
        room = memoryview(bytearray(MOST_BYTES))
        return bytes(room[: source.readinto(room)])
