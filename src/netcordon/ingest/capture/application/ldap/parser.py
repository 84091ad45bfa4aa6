"""LDAP over TCP: messages by their BER length, or in SASL buffers once a layer is agreed."""

from __future__ import annotations

import json
from dataclasses import dataclass

from netcordon.ingest.capture.application import der
from netcordon.ingest.capture.application.ldap import message as ldap
from netcordon.ingest.capture.application.ldap.sealing import is_layer, signed_payload
from netcordon.ingest.capture.application.record.logins import Logins
from netcordon.ingest.capture.application.stream.conversation import Conversation

_LONGEST = 96 << 10
_LONGEST_BUFFER = 150 << 10
_HEAD = 16
_MOST_REQUESTS = 256

Mark = tuple[int, int]


@dataclass(slots=True)
class _Pending:
    operation: ldap.Operation
    mark: Mark
    account: str | None
    size: int
    entries: int = 0


class LdapParser:
    """Matches requests with their results and writes `application_activity`."""

    measures = False

    def __init__(self, conversation: Conversation, client: int) -> None:
        self._conversation = conversation
        self._client = client
        self._ends = conversation.client(client)
        self._logins = Logins(conversation, client, "ldap")
        self._pending: dict[int, _Pending] = {}
        self._login: int | None = None
        self._account: str | None = None
        self._mechanism = ""
        self._is_said_sealed = False
        self._lost = [False, False]
        conversation.label("ldap")

    def advance(self, direction: int) -> None:
        """Read messages as far as the bytes go."""
        conversation, stream = self._conversation, self._conversation.streams[direction]
        if self._lost[direction] and not self._find_message(direction):
            return
        while conversation.parser is self and len(stream.buffer) >= 4:
            if stream.buffer[0] == 0 and len(stream.buffer) < 8:
                return
            if self._has_layer(stream.buffer):
                if not self._buffer(direction):
                    return
                continue
            size = ldap.length(stream.buffer)
            if size < 0:
                self._lost[direction] = True
                if not self._find_message(direction):
                    return
                continue
            if size == 0 or len(stream.buffer) < min(size, _HEAD):
                return
            head = bytes(stream.buffer[:_HEAD])
            if ldap.operation_tag(head)[0] == ldap.ENTRY or size > _LONGEST:
                self._head(head)
                conversation.skip(direction, size)
                continue
            if len(stream.buffer) < size:
                return
            message, mark = bytes(stream.buffer[:size]), stream.mark(size - 1)
            stream.consume(size)
            self._message(message, direction, mark)

    def _has_layer(self, buffer: bytes | bytearray) -> bool:
        if buffer[0] != 0 or len(buffer) < 8:
            return False
        return bool(self._mechanism) or is_layer(buffer)

    def _buffer(self, direction: int) -> bool:
        """One SASL buffer behind its length; says whether reading goes on."""
        stream = self._conversation.streams[direction]
        size = int.from_bytes(stream.buffer[:4], "big")
        if size > _LONGEST_BUFFER:
            self._give_up()
            self._conversation.skip(direction, size + 4)
            return True
        if len(stream.buffer) < size + 4:
            return False
        token, mark = bytes(stream.buffer[4 : size + 4]), stream.mark(size + 3)
        stream.consume(size + 4)
        payload = signed_payload(token)
        if payload is None:
            self._say_sealed(mark)
            self._conversation.stop(direction)
            return False
        while payload:
            length = ldap.length(payload)
            if not 0 < length <= len(payload):
                break
            self._message(payload[:length], direction, mark)
            payload = payload[length:]
        return True

    def _give_up(self) -> None:
        conversation = self._conversation
        conversation.context.give_up("message longer than a parser accepts", conversation.frame)

    def _head(self, head: bytes) -> None:
        """An entry that was found: counted, not read."""
        tag, number = ldap.operation_tag(head)
        pending = self._pending.get(number)
        if tag == ldap.ENTRY and pending is not None:
            pending.entries += 1

    def _message(self, message: bytes, direction: int, mark: Mark) -> None:
        tag, number = ldap.operation_tag(message[:_HEAD])
        if tag == ldap.ENTRY:
            self._head(message[:_HEAD])
            return
        parts = der.elements(der.inner(message))[:2]
        if len(parts) < 2:
            return
        content = parts[1][1]
        if direction == self._client and tag in ldap.REQUESTS:
            self._request(ldap.request(tag, content), number, len(message), mark)
        elif direction != self._client and tag not in (ldap.REFERENCE, ldap.INTERMEDIATE):
            self._answer(tag, content, number, mark)

    def _request(self, asked: ldap.Operation, number: int, size: int, mark: Mark) -> None:
        if asked.name == "bind":
            self._mechanism = str(asked.detail.get("mechanism", ""))
            if asked.simple:
                self._logins.named("ldap", asked.simple, *mark)
                self._login, self._account = number, asked.simple
            elif self._logins.token(asked.token, True, *mark):
                self._login, self._account = number, self._logins.account
        self._end(self._pending.pop(number, None), None)
        if len(self._pending) >= _MOST_REQUESTS:
            self._end(self._pending.pop(next(iter(self._pending))), None)
        self._pending[number] = _Pending(asked, mark, self._account, size)

    def _answer(self, tag: int, content: bytes, number: int, mark: Mark) -> None:
        code, status = ldap.result(content)
        if tag == ldap.BIND_RESPONSE:
            self._logins.token(content, False, *mark)
            if number == self._login and code != ldap.BIND_IN_PROGRESS:
                self._logins.outcome(None if code is None else code == 0)
                self._login = None
                if code:
                    self._account = None
        pending = self._pending.pop(number, None)
        self._end(pending, status)
        if pending is not None and pending.operation.target == ldap.START_TLS and code == 0:
            self.finish()
            self._conversation.begin_again()

    def _end(self, pending: _Pending | None, status: str | None) -> None:
        if pending is None:
            return
        asked = pending.operation
        if asked.name == "search" and status is not None:
            asked.detail["entries"] = pending.entries
        self._note(pending, status)

    def _say_sealed(self, mark: Mark) -> None:
        if self._is_said_sealed:
            return
        self._is_said_sealed = True
        asked = ldap.Operation("sealed", detail={"mechanism": self._mechanism})
        self._note(_Pending(asked, mark, self._account, 0), None)

    def _note(self, pending: _Pending, status: str | None) -> None:
        asked = pending.operation
        detail = json.dumps(asked.detail, sort_keys=True, ensure_ascii=False)
        self._conversation.context.rows.note(
            "application_activity",
            *pending.mark,
            self._ends,
            {
                "protocol": "tcp",
                "service": "ldap",
                "is_response": False,
                "operation": asked.name,
                "object": asked.target or None,
                "account": pending.account,
                "status": status,
                "detail": detail if asked.detail else None,
                "bytes": pending.size or None,
            },
        )

    def _find_message(self, direction: int) -> bool:
        is_found = self._conversation.streams[direction].find_segment(self._begins, _HEAD)
        self._lost[direction] = not is_found
        return is_found

    def _begins(self, head: bytes) -> bool:
        if ldap.operation_tag(head)[0] and ldap.length(head) > 0:
            return True
        return len(head) >= 8 and self._has_layer(head)

    def gap(self, direction: int) -> None:
        """Find the next message behind the gap."""
        self._lost[direction] = True

    def finish(self) -> None:
        """Write the requests that were not answered."""
        for pending in self._pending.values():
            self._end(pending, None)
        self._pending.clear()
        self._logins.finish()
