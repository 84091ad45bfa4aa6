"""SMB 1 ([MS-CIFS] section 2.2.4, [MS-SMB]): chains of commands, files, pipes, transactions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from netcordon.ingest.capture.application.dcerpc.pipe import is_unit
from netcordon.ingest.capture.application.smb.ntstatus import SUCCESS
from netcordon.ingest.capture.application.smb.session import Handle, Mark, Request, Session, Tree
from netcordon.ingest.capture.application.smb.smb2 import Payload
from netcordon.ingest.capture.application.smb.strings import text_at, texts_at

HEADER = 32
CREATE_DIRECTORY, DELETE_DIRECTORY, CLOSE, DELETE, RENAME = 0x00, 0x01, 0x04, 0x06, 0x07
TRANSACTION, OPEN, READ, WRITE, TRANSACTION2 = 0x25, 0x2D, 0x2E, 0x2F, 0x32
SESSION_SETUP, TREE_CONNECT, NT_CREATE = 0x73, 0x75, 0xA2
_ANDX = frozenset((0x24, OPEN, READ, WRITE, SESSION_SETUP, 0x74, TREE_CONNECT, NT_CREATE))
_LONGEST_CHAIN = 8
_REPLY, _SIGNED, _UNICODE = 0x80, 0x0004, 0x8000
_DISPOSITIONS = ("supersede", "open", "create", "open_if", "overwrite", "overwrite_if")
_DELETE_ON_CLOSE = 0x1000
_TRANSACT_PIPE = 0x26
_FIND_FIRST, _QUERY_PATH, _DFS_REFERRAL = 1, 5, 0x10
_PIPE_KINDS = (1, 2)


class Part(NamedTuple):
    """One command of a chain: where its words and its bytes stand in the message."""

    command: int
    words: int
    word_octets: int
    bytes: int
    is_unicode: bool


class Smb1:
    """Reads the messages of one connection."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def read(self, message: bytes, size: int, from_client: bool, mark: Mark) -> Payload | None:
        """Take one message; as `Smb2.read`."""
        if bool(message[9] & _REPLY) == from_client:
            return None
        if self._session.dialect is None:
            self._session.dialect = "1"
        key = (_u16(message, 26), _u16(message, 30))
        payload = None
        if from_client:
            for part in _chain(message):
                payload = self._request(message, part, key, mark, size)
            return payload
        status, first = _u32(message, 5), True
        for part in _chain(message):
            payload = self._answer(message, part, (*key, part.command), status, mark, size)
            first = False
        if first:  # an error has no words
            for command in (message[4], *_ANDX):
                self._close_request(self._session.answered(_key((*key, command)), status))
        return payload

    def _close_request(self, request: Request | None) -> None:
        if request is not None and request.command == "close" and request.handle is not None:
            self._session.close(request.handle, is_ended=True)

    def _request(
        self, message: bytes, part: Part, key: tuple[int, int], mark: Mark, size: int
    ) -> Payload | None:
        session = self._session
        uid, tid = _u16(message, 28), _u16(message, 24)
        has_tree = part.command not in (SESSION_SETUP, TREE_CONNECT)
        request = Request(
            _NAMES.get(part.command, ""), mark,
            is_signed=bool(_u16(message, 10) & _SIGNED), account=session.accounts.get(uid),
            tree=session.tree(0, tid) if has_tree else None,
        )  # fmt: skip
        payload = None
        if part.command == WRITE:
            payload = self._write(message, part, request, size)
        else:
            reader = _READERS.get(part.command)
            if reader is not None:
                reader(self, message, part, request)
        session.ask(_key((*key, part.command)), request)
        return payload

    def _session_setup(self, message: bytes, part: Part, request: Request) -> None:
        session, words = self._session, part.words
        if part.word_octets == 24:
            blob = message[part.bytes : part.bytes + _u16(message, words + 14)]
            request.login = session.logins.token(blob, True, *request.mark)
            system = texts_at(message, part.bytes + len(blob), part.is_unicode, 1)
        elif part.word_octets == 26:
            skip = _u16(message, words + 14) + _u16(message, words + 16)
            account, domain, *system = texts_at(message, part.bytes + skip, part.is_unicode, 3)
            if account:
                session.logins.named("ntlm", account, *request.mark, domain)
                request.login = True
        else:
            return
        request.is_named = True
        if request.login:
            request.account = session.logins.account
        self._says_system(system, session.ends.src_ip, request.mark)

    def _says_system(self, system: list[str], ip: tuple[int, int], mark: Mark) -> None:
        if system and system[0]:
            self._session.context.identities.say("smb", *mark, ip=ip, os_hint=system[0])

    def _tree_connect(self, message: bytes, part: Part, request: Request) -> None:
        at = part.bytes + _u16(message, part.words + 6)
        request.tree = Tree(text_at(message, at, part.is_unicode)[0] or None)
        request.is_named = True

    def _nt_create(self, message: bytes, part: Part, request: Request) -> None:
        number = _u32(message, part.words + 35)
        disposition = _DISPOSITIONS[number] if number < len(_DISPOSITIONS) else str(number)
        if _u32(message, part.words + 39) & _DELETE_ON_CLOSE:
            disposition += ", delete_on_close"
        self._names_file(message, part.bytes, part, request)
        request.disposition = disposition

    def _open(self, message: bytes, part: Part, request: Request) -> None:
        self._names_file(message, part.bytes, part, request)

    def _names_file(self, message: bytes, at: int, part: Part, request: Request) -> None:
        assert request.tree is not None
        request.path = text_at(message, at, part.is_unicode)[0]
        request.is_named = True
        request.handle = Handle(request.tree, request.path)

    def _names_path(self, message: bytes, part: Part, request: Request) -> None:
        # A path stands behind an octet that says how it is written.
        request.path, behind = text_at(message, part.bytes + 1, part.is_unicode)
        request.is_named = True
        if part.command == RENAME:
            request.new_path = text_at(message, behind + 1, part.is_unicode)[0]

    def _on_handle(self, message: bytes, part: Part, request: Request) -> None:
        at = part.words + (0 if part.command == CLOSE else 4)
        request.handle = self._handle(message[at : at + 2], request)
        request.path = request.handle.path
        if part.command == READ:
            high = _u32(message, part.words + 20) if part.word_octets >= 24 else 0
            request.offset = high << 32 | _u32(message, part.words + 6)
            self._session.transfer(request.handle, request)

    def _handle(self, key: bytes, request: Request) -> Handle:
        assert request.tree is not None
        handle = self._session.handles.get(key)
        if handle is None:
            handle = Handle(request.tree)
            self._session.opened(key, handle)
        return handle

    def _write(self, message: bytes, part: Part, request: Request, size: int) -> Payload | None:
        words, session = part.words, self._session
        self._on_handle(message, part, request)
        assert request.handle is not None
        transfer = session.transfer(request.handle, request)
        count = _u16(message, words + 18) << 16 | _u16(message, words + 20)
        begin = _u16(message, words + 22)
        high = _u32(message, words + 24) if part.word_octets >= 28 else 0
        request.offset = high << 32 | _u32(message, words + 6)
        if begin < HEADER or begin + count > size:
            return None
        data = message[begin : begin + count]
        if _carries_calls(request.handle, data):
            session.pipe(request.handle, request.account).carry(data, True, request.mark)
            return None
        return Payload(session.carried(request.handle, transfer), begin, count, request.offset)

    def _transaction(self, message: bytes, part: Part, request: Request) -> None:
        words = part.words
        if part.word_octets < 28:
            return
        data = message[_u16(message, words + 24) :][: _u16(message, words + 22)]
        if message[words + 26] >= 2 and _u16(message, words + 28) == _TRANSACT_PIPE:
            request.handle = self._handle(message[words + 30 : words + 32], request)
            request.handle.tree.is_pipe = True
            self._session.pipe(request.handle, request.account).carry(data, True, request.mark)

    def _transaction2(self, message: bytes, part: Part, request: Request) -> None:
        words = part.words
        if part.word_octets < 30:
            return
        at, kind = _u16(message, words + 20), _u16(message, words + 28)
        skip, command = _NAMED_TRANSACTIONS.get(kind, (0, ""))
        if command:
            request.command, request.is_named = command, True
            request.path = text_at(message, at + skip, part.is_unicode)[0]

    def _answer(
        self, message: bytes, part: Part, key: tuple[int, int, int], status: int, mark: Mark,
        size: int,
    ) -> Payload | None:  # fmt: skip
        session, words = self._session, part.words
        if part.command == SESSION_SETUP and part.word_octets in (6, 8):
            blob = _u16(message, words + 6) if part.word_octets == 8 else 0
            session.logins.token(message[part.bytes : part.bytes + blob], False, *mark)
            system = texts_at(message, part.bytes + blob, part.is_unicode, 1)
            self._says_system(system, session.ends.dst_ip, mark)
        request = session.awaits(_key(key))
        if request is not None and status == SUCCESS and request.tree is not None:
            if part.command == TREE_CONNECT:
                request.tree.is_pipe = message[part.bytes : part.bytes + 3] == b"IPC"
                session.trees.put((0, _u16(message, 24)), request.tree)
            elif part.command == NT_CREATE and request.handle is not None:
                if _u16(message, words + 63) in _PIPE_KINDS:
                    request.tree.is_pipe = True
                else:
                    request.handle.size = int.from_bytes(message[words + 55 : words + 63], "little")
                session.opened(message[words + 5 : words + 7], request.handle)
            elif part.command == OPEN and request.handle is not None:
                session.opened(message[words + 4 : words + 6], request.handle)
        elif request is not None and part.command == SESSION_SETUP and status == SUCCESS:
            session.accounts.put(_u16(message, 28), request.account)
        session.answered(_key(key), status)
        self._close_request(request)
        if request is None or request.handle is None or request.command == "close":
            return None
        return self._moved(message, part, request, status, mark, size)

    def _moved(
        self, message: bytes, part: Part, request: Request, status: int, mark: Mark, size: int
    ) -> Payload | None:
        session, words, handle = self._session, part.words, request.handle
        assert handle is not None
        if part.command == WRITE and part.word_octets >= 10:
            count = _u16(message, words + 8) << 16 | _u16(message, words + 4)
            session.moved(session.transfer(handle, request), status, count)
        elif part.command == TRANSACTION and part.word_octets >= 20 and handle.pipe is not None:
            data = message[_u16(message, words + 14) :][: _u16(message, words + 12)]
            handle.pipe.carry(data, False, mark)
        elif part.command == READ and part.word_octets >= 24:
            count = (_u32(message, words + 14) & 0xFFFF) << 16 | _u16(message, words + 10)
            begin = _u16(message, words + 12)
            transfer = session.transfer(handle, request)
            session.moved(transfer, status, count)
            if not HEADER <= begin <= begin + count <= size or not count:
                return None
            data = message[begin : begin + count]
            if handle.pipe is not None or _carries_calls(handle, data):
                session.pipe(handle, request.account).carry(data, False, mark)
                return None
            return Payload(session.carried(handle, transfer), begin, count, request.offset)
        return None


Reader = Callable[[Smb1, bytes, Part, Request], None]
_READERS: dict[int, Reader] = {
    SESSION_SETUP: Smb1._session_setup,
    TREE_CONNECT: Smb1._tree_connect,
    NT_CREATE: Smb1._nt_create,
    OPEN: Smb1._open,
    CREATE_DIRECTORY: Smb1._names_path,
    DELETE_DIRECTORY: Smb1._names_path,
    DELETE: Smb1._names_path,
    RENAME: Smb1._names_path,
    CLOSE: Smb1._on_handle,
    READ: Smb1._on_handle,
    TRANSACTION: Smb1._transaction,
    TRANSACTION2: Smb1._transaction2,
}
_NAMES = {
    SESSION_SETUP: "session_setup", TREE_CONNECT: "tree_connect", NT_CREATE: "create",
    OPEN: "create", CREATE_DIRECTORY: "create_directory", DELETE_DIRECTORY: "delete_directory",
    DELETE: "delete", RENAME: "rename", CLOSE: "close", READ: "read", WRITE: "write",
}  # fmt: skip
_NAMED_TRANSACTIONS = {
    _FIND_FIRST: (12, "query_directory"),
    _QUERY_PATH: (6, "query_path"),
    _DFS_REFERRAL: (2, "get_dfs_referrals"),
}
"""Subcommand of TRANS2 -> octets before the path among its parameters, and its name here."""


def _chain(message: bytes) -> Iterator[Part]:
    """The commands of a message, each behind the one before it."""
    command, at = message[4], HEADER
    is_unicode = bool(_u16(message, 10) & _UNICODE)
    for _ in range(_LONGEST_CHAIN):
        if at >= len(message):
            return
        octets = 2 * message[at]
        if not octets and command not in (DELETE, CREATE_DIRECTORY, DELETE_DIRECTORY):
            return
        if at + 3 + octets > len(message):
            return
        yield Part(command, at + 1, octets, at + 3 + octets, is_unicode)
        if command not in _ANDX or message[at + 1] == 0xFF:
            return
        behind = _u16(message, at + 3)
        if behind <= at:
            return
        command, at = message[at + 1], behind


def _carries_calls(handle: Handle, data: bytes) -> bool:
    return bool(handle.tree.is_pipe) or (handle.path is None and is_unit(data))


def _key(parts: tuple[int, int, int]) -> tuple[int, int]:
    process, number, command = parts
    return process << 8 | command, number


def _u16(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "little")


def _u32(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "little")
