"""Decoys on a terminal and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence

import netcordon
from netcordon.casefile.canonical import plain
from netcordon.model.decoy import FALSE_NAMES, DecoyBatch, Suspect, Trace, Verdict
from netcordon.model.quantity import count_text, time_text
from netcordon.reporting.page import Page
from netcordon.reporting.visible import visible

_LAYERS = {
    "words": "choice of words", "letters": "letters that look alike",
    "invisible": "invisible characters", "spaces": "spaces after sentences",
    "numbers": "last digits of amounts", "token": "host name or address of the copy",
    "properties": "properties of the file",
}  # fmt: skip
_SHOWN = 5


def made_text(batch: DecoyBatch, folder: str, warnings: Sequence[str], *, width: int = 100) -> str:
    """What was made and what carries its marks."""
    page = Page(width)
    count = count_text(len(batch.copies), "copy", "copies")
    page.say(
        "Decoys",
        f"{batch.id}: {count} of {visible(batch.title, limit=60)} as {batch.format} "
        f"in {visible(folder)}",
    )
    bits = [f"{_LAYERS[layer]}: {count_text(n, 'bit')}" for layer, n in batch.layers.items()]
    page.say("Marks", *bits)
    first, more = batch.copies[0], len(batch.copies) - 1
    names = ", ".join(visible(name) for name in (first.host, first.mail) if name)
    page.say("Watched", names + (f" and those of {more} more" if more else ""))
    page.say(
        "Hand out",
        "HANDOUT.csv says which file goes to whom: keep it. Read a copy before you give it away, "
        "for words were exchanged.",
    )
    if warnings:
        page.say("Mind", *warnings)
    return page.text()


def batches_text(
    batches: Sequence[DecoyBatch], touches: Sequence[tuple[str, str, str]], *, width: int = 100,
    every: bool = False,
) -> str:  # fmt: skip
    """One block a batch; ``touches`` are copy, time and what happened."""
    page = Page(width)
    if not batches:
        return "No decoys: netcordon decoy make TEMPLATE --place PLACE -o DIR makes some.\n"
    for batch in batches:
        page.say(
            batch.id, f"{visible(batch.title, limit=60)} as {batch.format}, "
            f"{time_text(batch.time)} UTC by {visible(batch.author, limit=40)}: "
            f"{count_text(len(batch.copies), 'copy', 'copies')}, {len(batch.watched)} watched",
        )  # fmt: skip
        shown = batch.copies if every else batch.copies[:_SHOWN]
        for copy in shown:
            gone = batch.retired.get(copy.id)
            page.row(f"{copy.id}  {visible(copy.whose(), limit=80)}  {visible(copy.host)}"
                     + (f"  retired: {visible(gone, limit=80)}" if gone else ""))  # fmt: skip
        if len(batch.copies) > len(shown):
            page.row(f"and {len(batch.copies) - len(shown)} more (-v shows them)")
    if touches:
        page.gap()
        page.say("Touched", *(
            f"{copy_id}  {when}  {visible(what, limit=120)}" for copy_id, when, what in touches
        ))  # fmt: skip
    return page.text()


def trace_text(trace: Trace, *, width: int = 100) -> str:
    """Which copy it was, and how sure that is."""
    page = Page(width)
    page.say("File", f"{visible(trace.name, limit=120)} ({trace.format}), SHA-256 {trace.sha256}")
    page.say("Verdict", _verdict(trace))
    for suspect in trace.suspects[:_SHOWN]:
        _suspect(page, suspect)
    if trace.nearest:
        page.gap()
        page.say("Nearest", f"{trace.nearest.copy.id} fits best, odds of chance "
                 f"{_chance(trace.nearest.p_value)}: too often to name anybody.")  # fmt: skip
        _layers(page, trace.nearest)
    page.gap()
    page.say(
        "Compared",
        f"with {count_text(trace.copies, 'copy', 'copies')}; a copy is named when chance does as "
        f"well once in {round(1 / FALSE_NAMES):,} documents at most",
    )
    if trace.notes:
        page.say("Mind", *trace.notes)
    return page.text()


def _verdict(trace: Trace) -> str:
    if trace.verdict is Verdict.SAME_FILE:
        return f"BYTE FOR BYTE the file {trace.suspects[0].copy.id}"
    if trace.verdict is Verdict.NAMED:
        return f"MADE FROM {trace.suspects[0].copy.id}"
    if trace.verdict is Verdict.MIXED:
        return "MIXED from " + " and ".join(s.copy.id for s in trace.suspects[:_SHOWN])
    if trace.verdict is Verdict.OURS_UNNAMED:
        return f"OURS, COPY NOT NAMED: {trace.words_shared:.0%} of the marked places are in it"
    return "no copy of ours"


def _suspect(page: Page, suspect: Suspect) -> None:
    page.gap()
    page.say("Copy", f"{suspect.copy.id}, given to {visible(suspect.copy.whose(), limit=120)}")
    if suspect.layers:
        page.row(f"{suspect.matches} of {suspect.bits} bits fit; odds of chance "
                 f"{_chance(suspect.p_value)}, all copies and tests counted")  # fmt: skip
        _layers(page, suspect)


def _layers(page: Page, suspect: Suspect) -> None:
    for layer in suspect.layers:
        name = f"{_LAYERS[layer.layer]:34}"
        if layer.note:
            page.row(f"  {name}{layer.note}")
        elif layer.bits:
            page.row(f"  {name}{layer.matches} of {layer.bits} bits fit, odds of chance "
                     f"{_chance(layer.p_value)}")  # fmt: skip
        else:
            page.row(f"  {name}found, odds of chance {_chance(layer.p_value)}")


def _chance(p_value: float) -> str:
    """``1 in 4,000``; for what no number of documents will show, the power of ten."""
    if p_value >= 0.1:
        return "better than 1 in 10"
    if p_value > 1e-9:
        return f"1 in {1 / p_value:,.0f}"
    return f"1 in 10^{len(f'{1 / p_value:.0f}') - 1}" if p_value else "none"


def trace_json(trace: Trace, not_recorded: str) -> str:
    """One object whose keys are stable."""
    return _object({"trace": plain(trace), "recorded": not not_recorded})


def made_json(batch: DecoyBatch, folder: str, warnings: Sequence[str]) -> str:
    """Likewise."""
    return _object({"batch": plain(batch), "folder": folder, "warnings": list(warnings)})


def batches_json(batches: Sequence[DecoyBatch], touches: Sequence[tuple[str, str, str]]) -> str:
    """Likewise."""
    told = [{"copy": copy, "time": when, "what": what} for copy, when, what in touches]
    return _object({"batches": plain(list(batches)), "touched": told})


def _object(content: dict[str, object]) -> str:
    shown = {"version": netcordon.__version__, **content}
    return json.dumps(shown, indent=2, sort_keys=True, ensure_ascii=True) + "\n"
