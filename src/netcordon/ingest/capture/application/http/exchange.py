"""A request with its response as one row, and the logins they carry."""

from __future__ import annotations

from dataclasses import dataclass, field

from netcordon.ingest.capture.application.files.magic import magic_of
from netcordon.ingest.capture.application.http.message import (
    Fields,
    Request,
    Response,
    account_of,
    credentials,
    decode_base64,
    file_name,
    text,
)
from netcordon.ingest.capture.application.record.logins import Logins
from netcordon.ingest.capture.application.record.text import LONG
from netcordon.ingest.capture.application.stream.conversation import Conversation

_CHALLENGES = (b"www-authenticate", b"proxy-authenticate")
_CREDENTIALS = (b"authorization", b"proxy-authorization")
_TOKENS = (b"ntlm ", b"negotiate ")


@dataclass(slots=True)
class Exchange:
    """One request and what answered it; either may be missing."""

    time_ns: int
    frame: int
    request: Request | None = None
    response: Response | None = None
    response_time_ns: int | None = None
    response_frame: int | None = None
    request_bytes: int = 0
    response_bytes: int = 0
    first: bytearray = field(default_factory=bytearray)
    account: str | None = None


class ExchangeLog:
    """Writes the rows of one connection."""

    __slots__ = ("_conversation", "_ends", "_logins")

    def __init__(self, conversation: Conversation, client: int) -> None:
        self._conversation = conversation
        self._ends = conversation.client(client)
        self._logins = Logins(conversation, client, "http")

    def request_seen(self, exchange: Exchange) -> None:
        """Read the credentials of a request."""
        assert exchange.request is not None
        for name in _CREDENTIALS:
            if name not in exchange.request.fields:
                continue
            scheme, value = credentials(exchange.request.fields, name)
            if scheme in ("ntlm", "negotiate", "kerberos"):
                self._logins.token(decode_base64(value), True, exchange.time_ns, exchange.frame)
            elif (account := account_of(scheme, value)) is not None:
                exchange.account = account
                self._logins.named(scheme, account, exchange.time_ns, exchange.frame)

    def response_seen(self, exchange: Exchange) -> None:
        """Read challenges; the status tells the outcome of a login."""
        assert exchange.response is not None
        for name in _CHALLENGES:
            challenge = exchange.response.fields.get(name)
            if challenge and (token := _token(challenge)):
                frame = exchange.response_frame or exchange.frame
                self._logins.token(
                    token, False, exchange.response_time_ns or exchange.time_ns, frame
                )
        if exchange.request is not None:
            refused = exchange.response.status in (401, 407)
            known = refused or exchange.response.status < 500
            self._logins.outcome(not refused if known else None)

    def write(self, exchange: Exchange) -> None:
        """Hand on the row."""
        request, response = exchange.request, exchange.response
        asked: Fields = request.fields if request else {}
        answered: Fields = response.fields if response else {}
        self._conversation.context.rows.add(
            "http_activity",
            exchange.time_ns,
            exchange.frame,
            *self._ends,
            request.method if request else None,
            text(asked, b"host"),
            request.uri if request else None,
            request.version if request else None,
            text(asked, b"user-agent"),
            text(asked, b"referer", LONG),
            text(asked, b"x-forwarded-for"),
            exchange.account,
            text(asked, b"content-type"),
            exchange.request_bytes if request else None,
            response.status if response else None,
            text(answered, b"server"),
            text(answered, b"location", LONG),
            text(answered, b"content-type"),
            exchange.response_bytes if response else None,
            magic_of(bytes(exchange.first)),
            file_name(answered),
            None if exchange.response_time_ns is None else exchange.response_time_ns // 1000,
            exchange.response_frame,
        )

    def finish(self) -> None:
        """A login without an answer stays without an outcome."""
        self._logins.finish()


def _token(challenge: bytes) -> bytes:
    lowered = challenge.lower()
    for scheme in _TOKENS:
        at = lowered.find(scheme)
        if at >= 0:
            return decode_base64(challenge[at + len(scheme) :])
    return b""
