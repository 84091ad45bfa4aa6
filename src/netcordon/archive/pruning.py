"""Which files of an archive a hunt must read: those whose filters leave it possible, and few more.

A file is left out only when no part of any indicator can stand in it. Beside what is taken stand
the small tables that name hosts and logs, of the same days; for indicators of several parts the
flows of these days as well, for such parts meet in the flow.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from netcordon.archive.bloom import BLOCK_BYTES, may_hold, may_hold_any, place_of
from netcordon.archive.catalogue import Catalogue, Choice, Span, within
from netcordon.archive.tokens import asked
from netcordon.model.archive import HeldFile, Segment
from netcordon.model.hunt import Wanted, WantedType

_BESIDE = frozenset(("host_identity", "log_source", "ingest_warning"))
"""Who hosts are, which logs belong together, and what could not be read."""
_NEVER = frozenset(("packet", "frame_index"))
_A_DAY = timedelta(days=1)


def choose(
    catalogue: Catalogue, segments: Sequence[Segment], span: Span, wanted: Sequence[Wanted]
) -> Choice:
    """The files that a hunt for these indicators must read.

    Raises:
        ArchiveError: NC-561 the archive cannot be reached, NC-564 a filter is missing.
    """
    choice = Choice()
    tokens = _tokens(wanted)
    inside = within(segments, span)
    choice.outside = sum(len(s.held) for s in segments) - sum(len(files) for _, files in inside)
    beside: list[tuple[Segment, HeldFile]] = []
    days: set[date] = set()
    for segment, files in inside:
        for file in files:
            if file.table in _NEVER:
                continue
            if tokens is None or _may_show(catalogue, segment, file, tokens):
                choice.files.setdefault(segment.evidence_id, []).append(file)
                days.add(file.day)
            else:
                beside.append((segment, file))
    with_flows = any(len(one.parts) > 1 for one in wanted)
    for segment, file in beside:
        is_near = file.day in days or (with_flows and not days.isdisjoint(
            (file.day - _A_DAY, file.day + _A_DAY)
        ))  # fmt: skip
        needed = file.table in _BESIDE or (with_flows and file.table == "network_activity")
        if is_near and needed:
            choice.files.setdefault(segment.evidence_id, []).append(file)
        else:
            choice.excluded.append(file)
    return choice


def _tokens(wanted: Sequence[Wanted]) -> tuple[int, ...] | None:
    """Hashes one of which must be in a file; ``None`` when every file must be read."""
    found: set[int] = set()
    for one in wanted:
        for atom in one.parts:
            if atom.type is WantedType.PORT:
                continue
            hashes = asked(atom)
            if hashes is None:
                return None
            found.update(hashes)
    return tuple(sorted(found))


def _may_show(
    catalogue: Catalogue, segment: Segment, file: HeldFile, tokens: Sequence[int]
) -> bool:
    if not file.filter_blocks:
        return False
    if len(tokens) > file.filter_blocks // 4:
        # Many indicators: one read of the whole filter costs less than a read for each.
        length = file.filter_blocks * BLOCK_BYTES
        whole = catalogue.filter_block(segment, file.filter_at, length)
        return may_hold_any(whole, np.array(tokens, dtype=np.uint64))
    for token in tokens:
        at = file.filter_at + place_of(token, file.filter_blocks)
        if may_hold(catalogue.filter_block(segment, at, BLOCK_BYTES), token):
            return True
    return False
