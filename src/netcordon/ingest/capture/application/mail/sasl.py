"""SASL as the mail protocols carry it: LOGIN and PLAIN (RFC 4616), the user name alone."""

from __future__ import annotations

from netcordon.ingest.capture.application.http.message import decode_base64
from netcordon.ingest.capture.application.record.text import safe_text
from netcordon.ingest.capture.application.stream.lines import LineParser


def _plain_account(value: bytes) -> str:
    """Authentication identity of SASL PLAIN (RFC 4616)."""
    parts = decode_base64(value).split(b"\x00")
    return safe_text(parts[1]) if len(parts) == 3 else ""


class SaslParser(LineParser):
    """AUTH LOGIN and PLAIN in one or several lines."""

    _awaited = ""
    _account = ""

    def _begin(self, mechanism: bytes, initial: bytes, mark: tuple[int, int]) -> None:
        kind = {b"LOGIN": "login", b"PLAIN": "plain"}.get(mechanism.upper(), "")
        self._awaited = kind
        if kind and initial:
            self._continue(initial, mark)

    def _continue(self, value: bytes, mark: tuple[int, int]) -> None:
        account = (
            _plain_account(value) if self._awaited == "plain" else safe_text(decode_base64(value))
        )
        self._awaited = ""
        if account:
            self._account = account
            self._logins.named(self.service, account, *mark)
