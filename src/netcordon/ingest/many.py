"""Take many pieces of evidence in: decoded side by side, entered in the order they were given.

Small evidence is decoded in this process, for starting others takes longer; so is a log that is the
only one, for it is read by threads. Of the rest, a file goes to one worker, unless it is more than
a worker's part of what is left: then its packets are divided among all. The plan depends on sizes
and settings alone, never on who was faster.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from netcordon.casefile.custody import Registration
from netcordon.casefile.workspace import Workspace
from netcordon.errors import EvidenceError
from netcordon.evidence.discover import Found
from netcordon.evidence.known import known
from netcordon.ingest.entering import TakenIn, enter
from netcordon.ingest.plan import divide, has_threads, processes, weight
from netcordon.ingest.run import take_in
from netcordon.ingest.stream import take_in_stream
from netcordon.ingest.workers.crew import Crew, Outcome, Watcher
from netcordon.ingest.workers.piece import Piece
from netcordon.settings import DecodeLimits
from netcordon.tables.lake import Lake

Answer = TakenIn | EvidenceError


def take_in_all(
    found: Sequence[Found], workspace: Workspace, limits: DecodeLimits, watcher: Watcher
) -> Iterator[tuple[Found, Answer]]:
    """Read files and streams into the tables of a workspace opened for writing.

    Args:
        found: what to read.
        workspace: open, with the lock.
        limits: bounds of decoding and unpacking.
        watcher: hears how far it is.

    Yields:
        Each piece, in order, once it is registered, or why it cannot be read.

    Raises:
        WorkspaceError: rows or register cannot be written; what was handed on before stays.
    """
    size = processes(limits)
    begin = 0
    while begin < len(found):
        end = begin
        while end < len(found) and found[end].bytes is not None:
            end += 1
        yield from _files(found[begin:end], workspace, limits, watcher, size)
        if end < len(found):  # a stream; who writes into it decides when it ends
            take = _here if size < 2 else _stream
            yield found[end], take(found[end], workspace, limits, watcher)
        begin = end + 1


def _here(item: Found, workspace: Workspace, limits: DecodeLimits, watcher: Watcher) -> Answer:
    """Take a piece in within this process."""
    watcher.begins(item.path)
    try:
        return take_in(
            item.path,
            workspace,
            limits,
            lambda read, records: watcher.advances(item.path, read, records),
            watcher.compiling,
        )
    except EvidenceError as error:
        return error


def _stream(item: Found, workspace: Workspace, limits: DecodeLimits, watcher: Watcher) -> Answer:
    """Take a stream in: copied first, then decoded as a file is."""
    watcher.begins(item.path)
    try:
        return take_in_stream(item.path, workspace, limits, watcher)
    except EvidenceError as error:
        return error


def _files(
    found: Sequence[Found],
    workspace: Workspace,
    limits: DecodeLimits,
    watcher: Watcher,
    size: int,
) -> Iterator[tuple[Found, Answer]]:
    weights = [weight(item.path) for item in found]
    is_alone = len(found) == 1 and has_threads(found[0].path)
    if size < 2 or sum(weights) < limits.worker_bytes or is_alone:
        for item in found:
            yield item, _here(item, workspace, limits, watcher)
        return
    before = [known(item.path, workspace.register) for item in found]
    weights = [0 if old else each for old, each in zip(before, weights, strict=True)]
    shares = divide(weights, size, limits.worker_bytes)
    pieces = {
        index: Piece(item.path, share)
        for index, (item, share) in enumerate(zip(found, shares, strict=True))
        if before[index] is None
    }
    with Crew(size, workspace.path, limits, watcher) as crew:
        yield from _in_order(found, before, pieces, crew, workspace, watcher)


def _in_order(
    found: Sequence[Found],
    before: Sequence[Registration | None],
    pieces: dict[int, Piece],
    crew: Crew,
    workspace: Workspace,
    watcher: Watcher,
) -> Iterator[tuple[Found, Answer]]:
    """Enter what is decoded, each at its turn."""
    decoding = crew.decode(list(pieces.values()))
    done: dict[int, Outcome] = {}
    try:
        for index, item in enumerate(found):
            old = before[index]
            if old is not None:
                watcher.begins(item.path)
                location = str(Path(item.path).absolute())
                again = workspace.register.presented(old.evidence.id, location)
                yield item, TakenIn(again, is_new=False)
                continue
            piece = pieces[index]
            while id(piece) not in done:
                ended, outcome = next(decoding)
                done[id(ended)] = outcome
            outcome = done.pop(id(piece))
            yield item, outcome if isinstance(outcome, EvidenceError) else enter(outcome, workspace)
    finally:
        decoding.close()
        lake = Lake(workspace.lake_dir)
        for outcome in done.values():
            if not isinstance(outcome, EvidenceError):
                lake.discard(outcome.staging)
