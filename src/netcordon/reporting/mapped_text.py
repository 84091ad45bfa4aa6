"""What a mapping makes of a log, on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from netcordon.model.evidence import Evidence, IngestWarning
from netcordon.model.parser import ParseResult
from netcordon.model.quantity import count_text, window_text
from netcordon.reporting.page import Page
from netcordon.reporting.visible import visible


def tried_text(
    path: str, table: str, result: ParseResult, rows: Sequence[Mapping[str, object]], *,
    is_all: bool, width: int = 100,
) -> str:  # fmt: skip
    """A dry run: how many lines were read, why others were not, and the first rows."""
    page = Page(width)
    refused = sum(result.refused.values())
    of = "" if is_all else " (its first 4 MiB)"
    page.say(
        "Tried", f"{visible(path, limit=100)}{of}: {count_text(result.records - refused, 'line')} "
        f"read into {table}, {refused:,} refused; nothing was stored",
    )  # fmt: skip
    _refused(page, result.refused, result.warnings)
    if result.first_time is not None:
        page.say("Times", window_text(result.first_time, result.last_time))
    for number, row in enumerate(rows, 1):
        page.say(f"Row {number}", "  ".join(f"{k}={_value(v)}" for k, v in row.items()))
    return page.text()


def ingested_text(
    done: Sequence[tuple[str, Evidence | None, bool, str]], *, width: int = 100
) -> str:
    """A line or two a log, and what comes next."""
    page = Page(width)
    for path, evidence, is_new, why in done:
        name = visible(path, limit=100)
        if evidence is None:
            page.say("Not read", f"{name}: {visible(why, limit=300)}")
            continue
        refused = sum(evidence.refused.values())
        state = "" if is_new else f"; known before as {evidence.kind}, not read again"
        page.say(
            evidence.id[:11], f"{name}: {count_text(evidence.records - refused, 'line')} read, "
            f"{refused:,} refused, {window_text(evidence.first_time, evidence.last_time)}{state}",
        )  # fmt: skip
        if is_new:
            _refused(page, evidence.refused, evidence.warnings)
    if any(evidence is not None for _, evidence, _, _ in done):
        page.say("Next", "netcordon investigate, with the same workspace")
    return page.text()


def _refused(page: Page, refused: Mapping[str, int], warnings: Sequence[IngestWarning]) -> None:
    lines = {w.what: w.frame for w in warnings}
    for reason, count in sorted(refused.items(), key=lambda pair: (-pair[1], pair[0]))[:8]:
        first = lines.get(f"Lines were not read: {reason}.")
        page.row(f"{count:,} refused: {visible(reason, limit=80)}, first in line {first}")
    for warning in warnings:
        if warning.code != "NC-270":
            page.row(f"{warning.code}  {visible(warning.what, limit=200)}")


def _value(value: object) -> str:
    return visible(str(value), limit=60)
