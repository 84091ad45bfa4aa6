"""Take one piece of evidence in: recognise, decode, put in place whole, register."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from netcordon.casefile.custody import Registration
from netcordon.casefile.faults import explained
from netcordon.casefile.workspace import Workspace
from netcordon.evidence.known import known
from netcordon.evidence.opening import open_source
from netcordon.evidence.recognise import not_recognised, recognise
from netcordon.evidence.source import Intake
from netcordon.model.evidence import Evidence, IngestWarning
from netcordon.model.parser import ParseResult
from netcordon.settings import DecodeLimits
from netcordon.tables.lake import Lake, Staging

Progress = Callable[[int, int], None]
"""Called with the raw bytes and the records read so far."""


@dataclass(frozen=True)
class TakenIn:
    """A piece of evidence that stands in the register, and whether this run put it there."""

    registration: Registration
    is_new: bool


def take_in(
    path: str,
    workspace: Workspace,
    limits: DecodeLimits,
    progress: Progress,
    compiling: Callable[[], None] = lambda: None,
) -> TakenIn:
    """Read a file (or ``-``) into the tables of a workspace opened for writing.

    Args:
        path: as given.
        workspace: open, with the lock.
        limits: bounds of decoding and unpacking.
        progress: hears how far it is.
        compiling: called once before a decoder compiles itself, for that takes long.

    Raises:
        EvidenceError: it cannot be opened, or no parser knows it; nothing was added.
        WorkspaceError: rows or register cannot be written; nothing was added.
    """
    before = known(path, workspace.register)
    if before is not None:
        again = workspace.register.presented(before.evidence.id, str(Path(path).absolute()))
        return TakenIn(again, is_new=False)
    lake = Lake(workspace.lake_dir)
    with (
        explained(workspace.path),
        open_source(path, limits=limits, workspace=workspace.path) as source,
    ):
        head = source.peek()
        recognised = recognise(head)
        if recognised is None:
            raise not_recognised(source.label, head)
        kind, must_compile = recognised.kind, recognised.parser.must_compile
        if must_compile is not None and must_compile():
            compiling()
        staging = lake.stage()
        try:
            result = recognised.parser.parse(
                source, staging, lambda records: progress(source.raw_bytes, records)
            )
            intake = source.finish(kind)
            before = workspace.register.find_by_sha256(intake.seal.sha256)
            if before is not None and before.has_tables:
                lake.discard(staging)
                return TakenIn(_again(workspace, before, intake), is_new=False)
            evidence = _evidence(path, kind, intake, result)
            _append_warnings(staging, evidence.warnings)
            files = lake.commit(staging, evidence.id)
        except BaseException:
            lake.discard(staging)
            raise
    return TakenIn(workspace.register.register(evidence, intake.seal, files), is_new=True)


def _again(workspace: Workspace, before: Registration, intake: Intake) -> Registration:
    if intake.seal.location is None:
        return before
    return workspace.register.presented(before.evidence.id, intake.seal.location)


def _evidence(path: str, kind: str, intake: Intake, result: ParseResult) -> Evidence:
    return Evidence(
        id=intake.evidence_id,
        path=path,
        sha256=intake.seal.sha256,
        kind=kind,
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
        },
    )
