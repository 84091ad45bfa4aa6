"""Which files of an archive a hunt must read: those whose filters leave it possible, and few more.

A file is left out only when no part of any indicator can stand in it. Beside what is taken stand
the small tables that name hosts and logs, of the same days; for indicators of several parts the
flows of these days as well, for such parts meet in the flow.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from netcordon.archive.bloom import BLOCK_BYTES, mask_of, may_hold, may_hold_any, place_of
from netcordon.archive.catalogue import Catalogue, Choice, Filters, Span, within
from netcordon.archive.tokens import asked
from netcordon.model.archive import HeldFile, Segment
from netcordon.model.hunt import Wanted, WantedType

_BESIDE = frozenset(("host_identity", "log_source", "ingest_warning"))
"""Who hosts are, which logs belong together, and what could not be read."""
_NEVER = frozenset(("packet", "frame_index"))
_A_DAY = timedelta(days=1)


class Token(NamedTuple):
    """The hash of something that is asked for, and the bits it has in a block."""

    hash: int
    mask: int


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
        asked_of = [file for file in files if file.table not in _NEVER]
        shows = {file.name for file in _that_may_show(catalogue, segment, asked_of, tokens)}
        for file in asked_of:
            if file.name in shows:
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


def _tokens(wanted: Sequence[Wanted]) -> list[Token] | None:
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
    return [Token(each, mask_of(each)) for each in sorted(found)]


def _that_may_show(
    catalogue: Catalogue,
    segment: Segment,
    files: Sequence[HeldFile],
    tokens: Sequence[Token] | None,
) -> Sequence[HeldFile]:
    if tokens is None or not files:
        return files
    with catalogue.filters(segment) as filters:
        return [file for file in files if _may_show(filters, file, tokens)]


def _may_show(filters: Filters, file: HeldFile, tokens: Sequence[Token]) -> bool:
    if not file.filter_blocks:
        return False
    if len(tokens) > file.filter_blocks // 4:
        # Many indicators: one read of the whole filter costs less than a read for each.
        whole = filters.read(file.filter_at, file.filter_blocks * BLOCK_BYTES)
        return may_hold_any(whole, np.array([token.hash for token in tokens], dtype=np.uint64))
    for token in tokens:
        at = file.filter_at + place_of(token.hash, file.filter_blocks)
        if may_hold(filters.read(at, BLOCK_BYTES), token.mask):
            return True
    return False
