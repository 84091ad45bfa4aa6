"""What one SMB connection remembers: dialect, sessions, shares, open files, requests in progress.

Everything is bounded: the oldest entry makes room, and a request that does is written without its
answer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from netcordon.ingest.capture.application.dcerpc import Association, Pipe
from netcordon.ingest.capture.application.files.tracker import CarriedFile, Label
from netcordon.ingest.capture.application.record.logins import Logins
from netcordon.ingest.capture.application.smb.ntstatus import (
    BUFFER_OVERFLOW,
    MORE_PROCESSING_REQUIRED,
    SUCCESS,
    status_name,
)
from netcordon.ingest.capture.application.stream.conversation import Conversation

Mark = tuple[int, int]
"""Time (ns) and frame."""

_MOST_REQUESTS = 1024
_MOST_OPEN = 4096
_MOST_TREES = 256

K = TypeVar("K")
V = TypeVar("V")


class Bounded(dict[K, V], Generic[K, V]):
    """A dictionary that forgets its oldest entry beyond ``most``."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def put(self, key: K, value: V) -> V | None:
        """Set an entry as the newest; returns what had to go for it."""
        gone = self.pop(key, None)
        if gone is None and len(self) >= self._most:
            gone = self.pop(next(iter(self)))
        self[key] = value
        return gone


@dataclass(slots=True)
class Tree:
    """A connected share; ``is_pipe`` is ``None`` until the answer tells."""

    share: str | None = None
    is_pipe: bool | None = None


@dataclass(slots=True)
class Transfer:
    """Reads or writes through one open file."""

    request: Request
    count: int = 0
    status: str | None = None
    file: CarriedFile | None = None


@dataclass(slots=True)
class Handle:
    """An open file, folder or pipe."""

    tree: Tree
    path: str | None = None
    key: bytes = b""
    size: int | None = None
    patterns: set[str] = field(default_factory=set)
    transfers: dict[str, Transfer] = field(default_factory=dict)
    pipe: Pipe | None = None


@dataclass(slots=True)
class Request:
    """A request until its answer comes. Without ``is_named`` it is no row of its own."""

    command: str
    mark: Mark
    is_named: bool = False
    is_signed: bool = False
    account: str | None = None
    tree: Tree | None = None
    path: str | None = None
    new_path: str | None = None
    disposition: str | None = None
    handle: Handle | None = None
    offset: int = 0
    login: bool = False


class Session:
    """State of one connection, shared by the readers of SMB 1 and SMB 2."""

    def __init__(self, conversation: Conversation, client: int) -> None:
        self.context = conversation.context
        self.ends = conversation.client(client)
        self.logins = Logins(conversation, client, "smb")
        self.dialect: str | None = None
        self.accounts: Bounded[int, str | None] = Bounded(_MOST_TREES)
        self.trees: Bounded[tuple[int, int], Tree] = Bounded(_MOST_TREES)
        self.handles: Bounded[bytes, Handle] = Bounded(_MOST_OPEN)
        self._requests: Bounded[tuple[int, int], Request] = Bounded(_MOST_REQUESTS)
        self._conversation = conversation
        self._client = client
        self._is_said_encrypted = False

    def tree(self, session: int, number: int) -> Tree:
        """A share by its number; one whose connecting was not seen is unnamed."""
        tree = self.trees.get((session, number))
        if tree is None:
            tree = Tree()
            self.trees.put((session, number), tree)
        return tree

    def ask(self, key: tuple[int, int], request: Request) -> None:
        """Remember a request until its answer."""
        gone = self._requests.put(key, request)
        if gone is not None:
            self._write(gone, None)

    def answered(self, key: tuple[int, int], status: int) -> Request | None:
        """The request that an answer belongs to; its row is written."""
        request = self._requests.pop(key, None)
        if request is None:
            return None
        if request.login:
            self.logins.outcome(status == SUCCESS)
        if status != MORE_PROCESSING_REQUIRED:
            self._write(request, status_name(status))
        return request

    def awaits(self, key: tuple[int, int]) -> Request | None:
        """The request that an interim answer belongs to; it stays."""
        return self._requests.get(key)

    def opened(self, key: bytes, handle: Handle) -> None:
        """A file was opened under a key of the server's."""
        handle.key = key
        gone = self.handles.put(key, handle)
        if gone is not None:
            self.close(gone, is_ended=False)

    def pipe(self, handle: Handle, account: str | None) -> Pipe:
        """The pipe behind a handle."""
        if handle.pipe is None:
            logins = Logins(self._conversation, self._client, "smb")
            handle.pipe = Pipe(
                Association(self.context, self.ends, logins, _pipe_name(handle.path), account)
            )
        return handle.pipe

    def transfer(self, handle: Handle, request: Request) -> Transfer:
        """Account of the reads or the writes of a handle; begins with the first request."""
        found = handle.transfers.get(request.command)
        if found is None:
            request.path, request.tree = handle.path, handle.tree
            found = handle.transfers[request.command] = Transfer(request)
        return found

    def carried(self, handle: Handle, transfer: Transfer) -> CarriedFile:
        """The object that a transfer carries, for its name, type and hash."""
        if transfer.file is None:
            is_upload = transfer.request.command == "write"
            size = None if is_upload else handle.size
            label = Label("smb", is_upload, handle.path, handle.tree.share, None, size)
            transfer.file = self.context.files.begin(self.ends, label)
        return transfer.file

    def moved(self, transfer: Transfer, status: int, count: int) -> None:
        """An answer to a read or write: ``count`` octets were moved."""
        is_good = status in (SUCCESS, BUFFER_OVERFLOW)
        if is_good:
            transfer.count += count
        if is_good or transfer.status is None:
            transfer.status = status_name(SUCCESS if is_good else status)

    def close(self, handle: Handle, *, is_ended: bool) -> None:
        """Write what went through a handle, and forget it."""
        if self.handles.get(handle.key) is handle:
            del self.handles[handle.key]
        for transfer in handle.transfers.values():
            file = transfer.file
            if file is not None:
                if file.label.is_upload and handle.size is not None and handle.size > file.end:
                    file.label = file.label._replace(size=handle.size)  # an older file's end stays
                file.close(is_ended=is_ended)
            self._write(transfer.request, transfer.status, transfer.count, force=True)
        handle.transfers.clear()
        if handle.pipe is not None:
            handle.pipe.finish()
            handle.pipe = None

    def say_encrypted(self, mark: Mark, session: int) -> None:
        """One row says that what follows is sealed."""
        if not self._is_said_encrypted:
            self._is_said_encrypted = True
            self._write(
                Request("encrypted", mark, is_named=True, account=self.accounts.get(session)), None
            )
        self.context.give_up("SMB message encrypted", mark[1])

    def finish(self) -> None:
        """The connection is over: write what was not answered and not closed."""
        for request in self._requests.values():
            self._write(request, None)
        self._requests.clear()
        for handle in list(self.handles.values()):
            self.close(handle, is_ended=False)
        self.logins.finish()

    def _write(
        self, request: Request, status: str | None, count: int | None = None, *, force: bool = False
    ) -> None:
        if not (request.is_named or force):
            return
        tree = request.tree or Tree()
        self.context.rows.note(
            "smb_activity",
            *request.mark,
            self.ends,
            {
                "dialect": self.dialect,
                "command": request.command,
                "account": request.account,
                "share": tree.share,
                "path": request.path,
                "new_path": request.new_path,
                "disposition": request.disposition,
                "is_pipe": tree.is_pipe,
                "status": status,
                "bytes": count,
                "is_signed": request.is_signed,
            },
        )


def _pipe_name(path: str | None) -> str | None:
    r"""Name of a pipe: clients of SMB 1 write \PIPE\name or \name."""
    name = (path or "").lstrip("\\")
    return (name[5:] if name[:5].upper() == "PIPE\\" else name) or None
