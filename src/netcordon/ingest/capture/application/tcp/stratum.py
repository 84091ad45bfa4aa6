"""Mining pools: Stratum and its relatives, JSON-RPC in lines (no RFC; as pools speak it).

Bitcoin-like pools use ``mining.*`` methods, Monero-like ones ``login`` and ``job``, Ethereum-like
ones ``eth_submitLogin``.
"""

from __future__ import annotations

import json
import re
from typing import Any

from netcordon.ingest.capture.application.record.activity import Activity
from netcordon.ingest.capture.application.record.text import safe_text
from netcordon.ingest.capture.application.stream.conversation import Conversation
from netcordon.ingest.capture.application.stream.lines import LineParser

_CLIENT = re.compile(
    rb'\{[^\r\n]{0,2000}"method"\s*:\s*"(?:mining\.(?:subscribe|authorize|configure|submit|extranonce'
    rb'\.subscribe)|eth_(?:submitLogin|getWork|submitWork|submitHashrate)|login|submit|keepalived)"'
)
_SERVER = re.compile(rb'\{[^\r\n]{0,2000}"method"\s*:\s*"(?:mining\.(?:notify|set_\w{1,20})|job)"')
_LOGIN = re.compile(rb'"(?:pass|agent|algo|rigid)"|"(?:job_id|nonce)"|"id"\s*:\s*"[0-9a-f-]{8,64}"')
_ACCOUNTS = ("mining.authorize", "login", "eth_submitLogin")
_TELLING = (*_ACCOUNTS, "mining.subscribe", "mining.configure")


def is_stratum(data: bytes) -> bool | None:
    """Whether the client (true) or the server (false) of a pool speaks; ``None`` for neither."""
    if data[:1] != b"{":
        return None
    line = data[:4096].partition(b"\n")[0]
    found = _CLIENT.match(line)
    if found:
        # "login" and "submit" alone are too common: parameters have to be a miner's.
        is_plain = b"mining." not in found[0] and b"eth_" not in found[0]
        return None if is_plain and not _LOGIN.search(line) else True
    if _SERVER.match(line) and (b"mining." in line or b'"blob"' in line):
        return False
    return None


class StratumParser(LineParser):
    """Subscriptions and logins with their answers; shares are counted by nobody."""

    service = "stratum"

    def __init__(self, conversation: Conversation, client: int) -> None:
        super().__init__(conversation, client)
        self._activity = Activity(conversation.context, self.service, "tcp")
        self._ends = conversation.client(client)
        self._asked: dict[str, tuple[tuple[int, int], dict[str, Any]]] = {}

    def client_line(self, line: bytes, mark: tuple[int, int]) -> None:
        """A call."""
        call = _object(line)
        method, parameters = call.get("method"), call.get("params")
        if method not in _TELLING:
            return
        values: dict[str, Any] = {"operation": method, "bytes": len(line)}
        if isinstance(parameters, list):
            words = [_text(word) for word in parameters[:2]]
            if method == "mining.subscribe":
                values["software"] = words[0] if words else ""
            elif words:
                values["account"] = words[0]
        elif isinstance(parameters, dict):
            values["account"] = _text(parameters.get("login"))
            values["software"] = _text(parameters.get("agent"))
        if method in _ACCOUNTS and values.get("account"):
            self._logins.named("stratum", str(values["account"]), *mark)
            values["object"] = values["account"]
        if len(self._asked) < 16:
            self._asked[_text(call.get("id"))] = (mark, values)

    def server_line(self, line: bytes, mark: tuple[int, int]) -> None:  # noqa: ARG002
        """An answer to a call that was told of."""
        answer = _object(line)
        waiting = self._asked.pop(_text(answer.get("id")), None) if "method" not in answer else None
        if waiting is None:
            return
        is_refused = bool(answer.get("error")) or answer.get("result") is False
        if waiting[1]["operation"] in _ACCOUNTS:
            self._logins.outcome(not is_refused)
        self._write(waiting, "error" if is_refused else "ok")

    def finish(self) -> None:
        """Calls without an answer."""
        for waiting in self._asked.values():
            self._write(waiting, None)
        self._asked.clear()
        super().finish()

    def _write(self, waiting: tuple[tuple[int, int], dict[str, Any]], status: str | None) -> None:
        mark, values = waiting
        size = values.pop("bytes")
        assert isinstance(size, int)
        self._activity.note(self._ends, mark, size=size, status=status, **values)


def _object(line: bytes) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    """A word of a call; other kinds of values as JSON shows them."""
    if isinstance(value, str):
        return safe_text(value.encode("utf-8", "surrogatepass"), 256)
    return "" if value is None else safe_text(repr(value).encode("utf-8", "replace"), 64)
