"""Some workers and the files they decode: who does what, and what becomes of it.

Shares are handed out in the order of the files, to whoever is free. A worker that dies takes its
file with it and nothing else: the others go on, and another takes its place.
"""

from __future__ import annotations

import selectors
from collections import deque
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any, Protocol

from netcordon.casefile.faults import explained
from netcordon.errors import EvidenceError, NetcordonError
from netcordon.evidence.shared_file import open_shareable
from netcordon.ingest.decoded import Decoded
from netcordon.ingest.workers import wire
from netcordon.ingest.workers.forkserver import ForkServer
from netcordon.ingest.workers.job import make_order
from netcordon.ingest.workers.piece import Piece
from netcordon.ingest.workers.process import Worker, cause_of_death
from netcordon.model.parser import Share
from netcordon.settings import DecodeLimits
from netcordon.tables.lake import Lake

Outcome = Decoded | EvidenceError
_Task = tuple[Piece, int]
_MOST_LOST_SERVERS = 2
"""Servers that ended when they were to begin a worker; one more is no accident."""


class Watcher(Protocol):
    """Hears how pieces of evidence come along."""

    def begins(self, path: str) -> None:
        """The first bytes of a piece are about to be read."""

    def advances(self, path: str, raw_bytes: int, records: int) -> None:
        """So many raw bytes and records of it have been read."""

    def compiling(self) -> None:
        """A decoder compiles itself first; that takes long."""


class Crew:
    """Workers, ended when this context manager is left.

    Args:
        size: how many processes at most.
        workspace: directory of the workspace, opened for writing.
        limits: of all processes together.
        watcher: hears how far it is.
    """

    def __init__(self, size: int, workspace: Path, limits: DecodeLimits, watcher: Watcher) -> None:
        self._size = size
        self._workspace = workspace
        self._lake = Lake(workspace / "lake")
        self._limits = limits
        self._watcher = watcher
        self._selector = selectors.DefaultSelector()
        self._server: ForkServer | None = None
        self._lost_servers = 0
        self._all: set[Worker] = set()
        self._busy: dict[Worker, _Task] = {}
        self._idle: list[Worker] = []
        self._queue: deque[_Task] = deque()
        self._beside = size

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *exc: object) -> None:
        self._end_all()
        self._selector.close()

    def decode(self, pieces: Sequence[Piece]) -> Generator[tuple[Piece, Outcome], None, None]:
        """Decode files; each is handed on as soon as it is done.

        What is handed on is the caller's to commit or discard; what is not yet, is discarded.

        Raises:
            WorkspaceError: rows cannot be written, or workers not be started (NC-007).
        """
        self._queue.extend((piece, share) for piece in pieces for share in range(piece.shares))
        self._beside = min(self._size, len(self._queue))
        pending = {id(piece): piece for piece in pieces}
        try:
            while pending:
                for piece, outcome in self._step():
                    del pending[id(piece)]
                    piece.close()
                    yield piece, outcome
        finally:
            if pending:
                self._end_all()  # before the folders they write into go away
            for piece in pending.values():
                self._drop(piece)

    def _step(self) -> list[tuple[Piece, Outcome]]:
        """Hand out work, wait for the next message, and say which pieces it ended."""
        ended = self._hand_out()
        if ended:
            return ended
        for key, _ in self._selector.select():
            if isinstance(key.data, ForkServer):
                self._served(key.data)
                continue
            worker: Worker = key.data
            if worker not in self._all:  # ended because of what was heard just now
                continue
            message = worker.hear()
            if message is None:
                ended += self._buried(worker)
            else:
                ended += self._heard(worker, message)
        return ended

    def _hand_out(self) -> list[tuple[Piece, Outcome]]:
        refused: list[tuple[Piece, Outcome]] = []
        self._begin_workers()
        while self._queue and self._idle:
            piece, share = self._queue[0]
            try:
                self._open(piece)
            except EvidenceError as error:
                self._forget(piece)
                refused.append((piece, error))
                continue
            self._queue.popleft()
            worker = self._idle.pop()
            self._busy[worker] = (piece, share)
            assert piece.opened is not None
            assert piece.staging is not None
            order = make_order(
                label=piece.label,
                location=piece.opened.location,
                size=piece.opened.size,
                workspace=self._workspace,
                staging=piece.staging.folder,
                share=Share(index=share, count=piece.shares, beside=self._beside),
                limits=self._limits,
            )
            worker.tell(order, (piece.opened.file.fileno(),))
        return refused

    def _open(self, piece: Piece) -> None:
        if piece.opened is not None:
            return
        if not piece.has_begun:
            piece.has_begun = True
            self._watcher.begins(piece.path)
        piece.opened = open_shareable(piece.path)
        if piece.opened is None:
            raise EvidenceError(
                "NC-102",
                f"{piece.path!r} cannot be read.",
                "it was a file and is none any more",
                "check who else works on it",
                path=piece.path,
            )
        with explained(self._workspace):
            piece.staging = self._lake.stage()

    def _begin_workers(self) -> None:
        """As many as have something to do, once the fork server is prepared."""
        wanted = min(self._size, len(self._queue) + len(self._busy))
        try:
            if self._server is None and wanted > len(self._all):
                self._server = ForkServer()
                self._selector.register(self._server.socket, selectors.EVENT_READ, self._server)
            while self._server and self._server.is_prepared and len(self._all) < wanted:
                worker = Worker(self._server)
                self._selector.register(worker.socket, selectors.EVENT_READ, worker)
                self._all.add(worker)
                self._idle.append(worker)
        except ConnectionError as error:
            self._lost_servers += 1
            if self._server is None or self._lost_servers > _MOST_LOST_SERVERS:
                raise _cannot_start(str(error)) from error
            self._server.exit_status()
            self._end_server()
            self._begin_workers()
        except OSError as error:
            raise _cannot_start(error.strerror or str(error)) from error

    def _served(self, server: ForkServer) -> None:
        """Hear the fork server; when it is gone, the next worker needs another."""
        message = server.hear()
        if message is None:
            status = server.exit_status()  # before it is ended, which would hide why it did
            self._end_server()
            if not server.is_prepared:
                raise _cannot_start(cause_of_death(status))
        elif "prepared" in message:
            server.is_prepared = True
        else:
            if message["must_compile"]:
                self._watcher.compiling()
            server.prepare()

    def _end(self, worker: Worker) -> None:
        self._all.discard(worker)
        self._selector.unregister(worker.socket)
        worker.end()

    def _end_server(self) -> None:
        if self._server is not None:
            self._selector.unregister(self._server.socket)
            self._server.end()
            self._server = None

    def _end_all(self) -> None:
        self._end_server()  # first: it may be in the middle of an answer, and nobody needs more
        for worker in list(self._all):
            self._end(worker)

    def _heard(self, worker: Worker, message: dict[str, Any]) -> list[tuple[Piece, Outcome]]:
        piece, share = self._busy[worker]
        if "raw_bytes" in message:
            raw_bytes = piece.advance(share, message["raw_bytes"], message["records"])
            self._watcher.advances(piece.path, raw_bytes, piece.records)
            return []
        del self._busy[worker]
        self._idle.append(worker)
        if "error" in message:
            error = wire.error_from_json(message["error"])
            if not isinstance(error, EvidenceError):
                raise error
            return [(piece, self._refuse(piece, error))]
        piece.answers[share] = message
        if not piece.is_done:
            return []
        if not piece.has_read_the_same:
            self._again(piece)
            return []
        with explained(self._workspace):
            return [(piece, piece.join())]

    def _again(self, piece: Piece) -> None:
        """One worker reads it from front to back: rows and hash are then of the same bytes."""
        self._drop(piece)
        piece.answers.clear()
        piece.raw_bytes.clear()
        piece.shares = 1
        self._queue.appendleft((piece, 0))

    def _buried(self, worker: Worker) -> list[tuple[Piece, Outcome]]:
        """A worker has ended by itself."""
        self._all.discard(worker)
        self._selector.unregister(worker.socket)
        why = cause_of_death(worker.exit_status())
        if worker in self._idle:
            self._idle.remove(worker)
            return []
        piece, _ = self._busy.pop(worker)
        error = EvidenceError(
            "NC-116",
            f"{piece.label!r} was not decoded: a process that decoded it has ended.",
            why,
            "free memory and run again; the rest of the evidence is read",
            path=piece.path,
        )
        return [(piece, self._refuse(piece, error))]

    def _refuse(self, piece: Piece, error: EvidenceError) -> EvidenceError:
        """Give a piece up: what others still do for it is of no use."""
        for worker, task in list(self._busy.items()):
            if task[0] is piece:
                del self._busy[worker]
                self._end(worker)
        self._forget(piece)
        self._drop(piece)
        return error

    def _forget(self, piece: Piece) -> None:
        self._queue = deque(task for task in self._queue if task[0] is not piece)

    def _drop(self, piece: Piece) -> None:
        piece.close()
        if piece.staging is not None:
            self._lake.discard(piece.staging)
        piece.opened, piece.staging = None, None


def _cannot_start(why: str) -> NetcordonError:
    return NetcordonError(
        "NC-007",
        "A process that decodes could not be started.",
        why,
        "free memory, or raise the number of processes this user may have",
    )
