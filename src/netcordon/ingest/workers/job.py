"""What a worker does with one order: read, decode its share, stage the rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from netcordon import registry
from netcordon.casefile.faults import explained
from netcordon.evidence.recognise import not_recognised, recognise
from netcordon.evidence.shared_file import SharedFile
from netcordon.evidence.source import EvidenceSource
from netcordon.ingest.workers import wire
from netcordon.model.log_rule import LogRule
from netcordon.model.parser import Parser, ParseResult, Share
from netcordon.settings import DecodeLimits
from netcordon.tables.lake import Staging

Progress = Callable[[int, int], None]
"""Called with the raw bytes and the records read so far."""


def make_order(
    *, label: str, location: str, size: int, workspace: Path, staging: Path, share: Share,
    limits: DecodeLimits,
) -> wire.Message:  # fmt: skip
    """The message that asks for a share; the descriptor of the file goes with it."""
    return {
        "do": "decode",
        "label": label,
        "location": location,
        "size": size,
        "workspace": str(workspace),
        "staging": str(staging),
        "share": asdict(share),
        "limits": asdict(limits),
    }


def _limits(order: dict[str, Any]) -> DecodeLimits:
    logs = tuple(LogRule(**rule) for rule in order.pop("logs"))
    return DecodeLimits(**order, logs=logs)


def run_job(order: dict[str, Any], handle: int, progress: Progress) -> wire.Message:
    """Decode what ``order`` asks for; the file is closed in any case.

    Raises:
        EvidenceError: no parser knows the file.
        WorkspaceError: rows cannot be written.
    """
    share, limits = Share(**order["share"]), _limits(order["limits"])
    prefix = "" if share.count == 1 else f"{share.index:02d}-"
    staging = Staging(Path(order["staging"]), prefix, share.beside)
    source = EvidenceSource(
        SharedFile(handle, order["size"]),
        label=order["label"],
        location=order["location"],
        limits=limits,
        copy=None,
    )
    try:
        with explained(Path(order["workspace"])), source:
            kind, result = _parse(source, staging, share, progress)
            intake = source.finish(kind)
            files = staging.finish()
    except BaseException:
        staging.cancel()
        raise
    return {
        "kind": kind,
        "intake": wire.intake_to_json(intake),
        "result": wire.result_to_json(result),
        "files": [[file.path, file.sha256, file.rows] for file in files],
    }


def _parse(
    source: EvidenceSource, staging: Staging, share: Share, progress: Progress
) -> tuple[str, ParseResult]:
    head = source.peek()
    recognised = recognise(head)
    if recognised is None:
        raise not_recognised(source.label, head)
    result = recognised.parser.parse(
        source, staging, lambda records: progress(source.raw_bytes, records), share
    )
    return recognised.kind, result


def must_compile() -> bool:
    """Whether a parser has to compile itself first."""
    return bool(parts_to_compile())


def parts_to_compile() -> list[Callable[[], None]]:
    """What has to be compiled, in parts that do not need each other."""
    return [
        part
        for parser in _parsers()
        if parser.must_compile is not None and parser.must_compile()
        for part in parser.compile
    ]


def load_parsers() -> None:
    """Load what parsers need to work, and compile what of it is not in the cache."""
    for parser in _parsers():
        if parser.load is not None:
            parser.load()


def _parsers() -> list[Parser]:
    loaded, _ = registry.load("parsers")
    return [plugin.content for plugin in loaded if isinstance(plugin.content, Parser)]
