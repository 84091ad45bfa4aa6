"""Rows that are staged go into the lake whole, and their evidence into the register."""

from __future__ import annotations

from dataclasses import dataclass

from netcordon.casefile.custody import Registration
from netcordon.casefile.faults import explained
from netcordon.casefile.workspace import Workspace
from netcordon.evidence.source import Intake
from netcordon.ingest.decoded import Decoded
from netcordon.model.evidence import Evidence, IngestWarning
from netcordon.tables.lake import Lake, Staging


@dataclass(frozen=True)
class TakenIn:
    """A piece of evidence that stands in the register, and whether this run put it there."""

    registration: Registration
    is_new: bool


def enter(decoded: Decoded, workspace: Workspace) -> TakenIn:
    """Put the rows in place and register the evidence; known evidence adds nothing.

    Raises:
        WorkspaceError: rows or register cannot be written; nothing was added.
    """
    lake, staging = Lake(workspace.lake_dir), decoded.staging
    with explained(workspace.path):
        try:
            before = workspace.register.find_by_sha256(decoded.intake.seal.sha256)
            if before is not None and before.has_tables:
                lake.discard(staging)
                return TakenIn(_again(workspace, before, decoded.intake), is_new=False)
            evidence = _evidence(decoded)
            _append_warnings(staging, evidence.warnings)
            files = lake.commit(staging, evidence.id)
        except BaseException:
            lake.discard(staging)
            raise
    return TakenIn(workspace.register.register(evidence, decoded.intake.seal, files), is_new=True)


def _again(workspace: Workspace, before: Registration, intake: Intake) -> Registration:
    if intake.seal.location is None:
        return before
    return workspace.register.presented(before.evidence.id, intake.seal.location)


def _evidence(decoded: Decoded) -> Evidence:
    intake, result = decoded.intake, decoded.result
    return Evidence(
        id=intake.evidence_id,
        path=decoded.path,
        sha256=intake.seal.sha256,
        kind=decoded.kind,
        bytes=intake.seal.bytes,
        records=result.records,
        refused=dict(result.refused),
        first_time=result.first_time,
        last_time=result.last_time,
        warnings=(*intake.warnings, *result.warnings),
        facts={**result.facts, "complete": result.complete and intake.complete},
    )


def _append_warnings(staging: Staging, warnings: tuple[IngestWarning, ...]) -> None:
    staging.append(
        "ingest_warning",
        {
            "time": [None] * len(warnings),
            "code": [w.code for w in warnings],
            "what": [w.what for w in warnings],
            "count": [w.count for w in warnings],
            "first_frame": [w.frame for w in warnings],
            "sample": [None] * len(warnings),
        },
    )
