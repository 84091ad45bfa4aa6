"""SIP messages (RFC 3261) as rows and logins, whatever carried them."""

from __future__ import annotations

import re
from typing import NamedTuple

from netcordon.ingest.capture.application.record.activity import detail
from netcordon.ingest.capture.application.record.logins import Logins
from netcordon.ingest.capture.application.record.text import safe_text
from netcordon.ingest.capture.application.record.text_headers import first_line, header_fields

REQUEST = re.compile(rb"([A-Z]{3,12}) ((?:sips?|tel):[^\r\n ]{1,1000}) SIP/2\.0\Z", re.IGNORECASE)
_STATUS = re.compile(rb"SIP/2\.0 ([1-6][0-9][0-9])(?: ([^\r\n]{0,200}))?\Z")
_URI = re.compile(rb"(?:sips?|tel):([^>;?\s]{1,512})", re.IGNORECASE)
_FAILED = ("401", "403", "404", "407")


class SipMessage(NamedTuple):
    """What is read of a message.

    Attributes:
        method: of the request, or of the request that is answered (CSeq).
        uri: request URI, empty in responses.
        status: ``200 OK``, empty in requests.
        from_user: ``user@host`` of From.
        to_user: ``user@host`` of To.
        software: User-Agent or Server.
        has_credentials: the request carries an Authorization.
        call: Call-ID.
    """

    method: str
    uri: str
    status: str
    from_user: str
    to_user: str
    software: str
    has_credentials: bool
    call: str


def parse(message: bytes) -> SipMessage | None:
    """Read the start line and the header of a message; ``None`` when it is none."""
    line = first_line(message)
    request, status = REQUEST.match(line), _STATUS.match(line)
    if request is None and status is None:
        return None
    fields = header_fields(message)
    answered = fields.get(b"cseq", b"").split()
    method = request[1] if request else answered[1] if len(answered) > 1 else b""
    return SipMessage(
        method=safe_text(method, 32).upper(),
        uri=safe_text(request[2], 512) if request else "",
        status=safe_text(b" ".join(part for part in status.groups() if part)) if status else "",
        from_user=_user(fields.get(b"from") or fields.get(b"f") or b""),
        to_user=_user(fields.get(b"to") or fields.get(b"t") or b""),
        software=safe_text(fields.get(b"user-agent") or fields.get(b"server") or b"", 256),
        has_credentials=b"authorization" in fields or b"proxy-authorization" in fields,
        call=safe_text(fields.get(b"call-id") or fields.get(b"i") or b"", 128),
    )


def _user(value: bytes) -> str:
    found = _URI.search(value)
    return safe_text(found[1], 256) if found else ""


class Registration:
    """REGISTER requests with credentials, and the answers that decide."""

    def __init__(self, logins: Logins) -> None:
        self._logins = logins
        self._is_asked = False

    def hear(self, message: SipMessage, mark: tuple[int, int]) -> None:
        """Take a message and its time (ns) and frame."""
        if message.method != "REGISTER":
            return
        if not message.status:
            # The first request carries no credentials and is always refused.
            self._is_asked = message.has_credentials
            if self._is_asked:
                self._logins.named("sip", message.to_user, *mark)
        elif self._is_asked and message.status[:3] in ("200", *_FAILED):
            self._is_asked = False
            self._logins.outcome(message.status[:3] == "200")

    def finish(self) -> None:
        """A registration without an answer stays without an outcome."""
        self._logins.finish()


def as_row(message: SipMessage) -> dict[str, object]:
    """Columns of `application_activity`."""
    return {
        "operation": message.method or None,
        "object": message.uri or message.to_user or None,
        "account": message.from_user or None,
        "software": message.software,
        "status": message.status or None,
        "detail": detail(to=message.to_user, call_id=message.call),
    }
