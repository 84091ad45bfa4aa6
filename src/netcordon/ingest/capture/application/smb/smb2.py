"""SMB 2 and 3 ([MS-SMB2] section 2.2): what each message asks, and what became of it."""

from __future__ import annotations

from typing import NamedTuple

from netcordon.ingest.capture.application.dcerpc.pipe import is_unit
from netcordon.ingest.capture.application.files.tracker import CarriedFile
from netcordon.ingest.capture.application.record.text import utf16_text
from netcordon.ingest.capture.application.smb.ntstatus import (
    BUFFER_OVERFLOW,
    PENDING,
    SUCCESS,
)
from netcordon.ingest.capture.application.smb.session import Handle, Mark, Request, Session, Tree

HEADER = 64
NEGOTIATE, SESSION_SETUP, LOGOFF, TREE_CONNECT, TREE_DISCONNECT, CREATE, CLOSE = range(7)
READ, WRITE, IOCTL, QUERY_DIRECTORY, SET_INFO = 8, 9, 11, 14, 17
_FROM_SERVER, _ASYNC, _RELATED, _SIGNED = 1, 2, 4, 8
_DIALECTS = {0x0202: "2.0.2", 0x0210: "2.1", 0x0300: "3.0", 0x0302: "3.0.2", 0x0311: "3.1.1"}
_DISPOSITIONS = ("supersede", "open", "create", "open_if", "overwrite", "overwrite_if")
_DELETE_ON_CLOSE = 0x1000
_PIPE_SHARE = 2
_RENAME, _DISPOSITION, _END_OF_FILE, _DISPOSITION_EX = 10, 13, 20, 64
_PIPE_TRANSCEIVE = 0x0011C017
_NAMED_CONTROLS = {
    0x00060194: "get_dfs_referrals",
    0x000601B0: "get_dfs_referrals",
    0x00110018: "pipe_wait",
    0x00144064: "enumerate_snapshots",
    0x001440F2: "copy_chunk",
    0x001480F2: "copy_chunk",
}
_ANY = b"\xff" * 16


class Payload(NamedTuple):
    """File content within a message: where it stands, and which part of the file it is."""

    file: CarriedFile
    begin: int
    size: int
    offset: int


class Smb2:
    """Reads the messages of one connection, each element of a compound by itself."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._previous: Request | None = None
        self._ids = (0, 0)

    def read(self, message: bytes, size: int, from_client: bool, mark: Mark) -> Payload | None:
        """Take one element of a message.

        Args:
            message: its octets from the header on; of a long one only the first.
            size: octets of the whole element.
            from_client: the direction it came from.
            mark: time (ns) and frame of its end, or of its head when it is long.

        Returns:
            The file content it carries that is of interest.
        """
        command, flags = _u16(message, 12), _u32(message, 16)
        key = (0, _u64(message, 24))
        if bool(flags & _FROM_SERVER) == from_client:
            return None  # a role that the sender does not have
        if from_client:
            return self._request(message, command, flags, key, mark, size)
        return self._answer(message, command, _u32(message, 8), key, mark, size)

    def _request(
        self, message: bytes, command: int, flags: int, key: tuple[int, int], mark: Mark, size: int
    ) -> Payload | None:
        session = self._session
        ids = (_u64(message, 40), _u32(message, 36))
        related = self._previous if flags & _RELATED else None
        if related is not None:
            ids = self._ids
        self._ids = ids
        tree = session.tree(*ids) if command > TREE_CONNECT else None
        request = Request(
            _NAMES.get(command, ""), mark, is_signed=bool(flags & _SIGNED),
            account=session.accounts.get(ids[0]), tree=tree,
        )  # fmt: skip
        payload = None
        if command == SESSION_SETUP:
            self._session_setup(message, request, ids[0], mark)
        elif command == TREE_CONNECT:
            request.path = None
            request.tree = Tree(_text(message, _u16(message, 68), _u16(message, 70)))
            request.is_named = True
        elif command == CREATE:
            self._create(message, request)
        elif tree is not None and command in _FILE_ID_AT:
            at = _FILE_ID_AT[command]
            request.handle = self._handle(message[at : at + 16], tree, related)
            request.path = request.handle.path
            payload = self._on_handle(message, command, request, size)
        self._previous = request
        session.ask(key, request)
        return payload

    def _handle(self, file_id: bytes, tree: Tree, related: Request | None) -> Handle:
        if file_id == _ANY and related is not None and related.handle is not None:
            return related.handle
        handle = self._session.handles.get(file_id)
        if handle is None:
            handle = Handle(tree)
            if file_id != _ANY:
                self._session.opened(file_id, handle)
        return handle

    def _session_setup(self, message: bytes, request: Request, number: int, mark: Mark) -> None:
        session = self._session
        at = _u16(message, 76)
        token = message[at : at + _u16(message, 78)] if at >= HEADER else b""
        request.is_named = True
        request.login = session.logins.token(token, True, *mark)
        if request.login:
            request.account = session.logins.account
            session.accounts.put(number, request.account)

    @staticmethod
    def _create(message: bytes, request: Request) -> None:
        path = _text(message, _u16(message, 108), _u16(message, 110)) or ""
        number = _u32(message, 100)
        disposition = _DISPOSITIONS[number] if number < len(_DISPOSITIONS) else str(number)
        if _u32(message, 104) & _DELETE_ON_CLOSE:
            disposition += ", delete_on_close"
        assert request.tree is not None
        request.is_named = True
        request.path, request.disposition = path, disposition
        request.handle = Handle(request.tree, path)

    def _on_handle(
        self, message: bytes, command: int, request: Request, size: int
    ) -> Payload | None:
        session, handle = self._session, request.handle
        assert handle is not None
        if command == READ:
            request.offset = _u64(message, 72)
            session.transfer(handle, request)
        elif command == WRITE:
            return self._write(message, request, handle, size)
        elif command == IOCTL:
            self._control(message, request, handle)
        elif command == QUERY_DIRECTORY:
            pattern = _text(message, _u16(message, 88), _u16(message, 90)) or ""
            if pattern not in handle.patterns and len(handle.patterns) < 64:
                handle.patterns.add(pattern)
                request.is_named = True
                request.path = f"{handle.path}\\{pattern}" if handle.path else pattern
        elif command == SET_INFO:
            self._set_info(message, request)
        return None

    def _write(self, message: bytes, request: Request, handle: Handle, size: int) -> Payload | None:
        session = self._session
        begin, count = _u16(message, 66), _u32(message, 68)
        request.offset = _u64(message, 72)
        transfer = session.transfer(handle, request)
        if begin < HEADER or begin + count > size:
            return None
        data = message[begin : begin + count]
        if handle.tree.is_pipe or (handle.path is None and is_unit(data)):
            session.pipe(handle, request.account).carry(data, True, request.mark)
            return None
        return Payload(session.carried(handle, transfer), begin, count, request.offset)

    def _control(self, message: bytes, request: Request, handle: Handle) -> None:
        code = _u32(message, 68)
        data = _part(message, _u32(message, 88), _u32(message, 92))
        if code == _PIPE_TRANSCEIVE:
            handle.tree.is_pipe = True
            self._session.pipe(handle, request.account).carry(data, True, request.mark)
        elif code in _NAMED_CONTROLS:
            request.command = _NAMED_CONTROLS[code]
            request.is_named = True
            if request.command == "pipe_wait":
                request.path = utf16_text(data[14 : 14 + _u32(data, 8)])
            elif request.command == "get_dfs_referrals":
                request.path = utf16_text(data[2:]).removesuffix("\\x00") or None

    @staticmethod
    def _set_info(message: bytes, request: Request) -> None:
        kind, number = message[66:67], message[67:68]
        data = _part(message, _u16(message, 72), _u32(message, 68))
        if kind != b"\x01" or not number or request.handle is None:
            return
        if number[0] == _RENAME and len(data) >= 20:
            request.command, request.is_named = "rename", True
            request.new_path = utf16_text(data[20 : 20 + _u32(data, 16)])
        elif number[0] in (_DISPOSITION, _DISPOSITION_EX) and data[:1] and data[0] & 1:
            request.command, request.is_named = "delete", True
        elif number[0] == _END_OF_FILE and len(data) >= 8:
            request.handle.size = _u64(data, 0)

    def _answer(
        self, message: bytes, command: int, status: int, key: tuple[int, int], mark: Mark, size: int
    ) -> Payload | None:
        session = self._session
        if status == PENDING:
            return None  # an interim answer; the final one has the same message id
        if command == NEGOTIATE and status == SUCCESS:
            session.dialect = _DIALECTS.get(_u16(message, 68), session.dialect)
        elif command == SESSION_SETUP:
            at = _u16(message, 68)
            session.logins.token(message[at : at + _u16(message, 70)], False, *mark)
        request = session.awaits(key)
        if request is not None and command == TREE_CONNECT and request.tree is not None:
            request.tree.is_pipe = message[66:67] == b"\x02" if status == SUCCESS else None
            if status == SUCCESS:
                session.trees.put((_u64(message, 40), _u32(message, 36)), request.tree)
        if session.answered(key, status) is None or request is None:
            return None
        handle = request.handle
        if handle is None:
            return None
        if command == CREATE and status == SUCCESS and len(message) >= 144:
            handle.size = _u64(message, 112)
            session.opened(message[128:144], handle)
        elif command == CLOSE:
            session.close(handle, is_ended=True)
        elif command == WRITE:
            session.moved(session.transfer(handle, request), status, _u32(message, 68))
        elif command == READ:
            return self._read_answer(message, request, handle, status, mark, size)
        elif command == IOCTL and handle.pipe is not None and _u32(message, 68) == _PIPE_TRANSCEIVE:
            handle.pipe.carry(_part(message, _u32(message, 96), _u32(message, 100)), False, mark)
        return None

    def _read_answer(
        self, message: bytes, request: Request, handle: Handle, status: int, mark: Mark, size: int
    ) -> Payload | None:
        session = self._session
        is_good = status in (SUCCESS, BUFFER_OVERFLOW) and len(message) >= 80
        begin, count = (message[66], _u32(message, 68)) if is_good else (0, 0)
        transfer = session.transfer(handle, request)
        session.moved(transfer, status, count)
        if begin < HEADER or not count or begin + count > size:
            return None
        data = message[begin : begin + count]
        if handle.tree.is_pipe or handle.pipe is not None or (not handle.path and is_unit(data)):
            session.pipe(handle, request.account).carry(data, False, mark)
            return None
        return Payload(session.carried(handle, transfer), begin, count, request.offset)


_NAMES = {
    NEGOTIATE: "negotiate",
    SESSION_SETUP: "session_setup",
    TREE_CONNECT: "tree_connect",
    CREATE: "create",
    READ: "read",
    WRITE: "write",
    QUERY_DIRECTORY: "query_directory",
}
_FILE_ID_AT = {CLOSE: 72, READ: 80, WRITE: 80, IOCTL: 72, QUERY_DIRECTORY: 72, SET_INFO: 80}


def _u16(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "little")


def _u32(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "little")


def _u64(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 8], "little")


def _part(message: bytes, at: int, size: int) -> bytes:
    return message[at : at + size] if at >= HEADER else b""


def _text(message: bytes, at: int, size: int) -> str | None:
    return utf16_text(_part(message, at, size)) or None
