"""Whether bytes begin a letter: told by content, never by name."""

from __future__ import annotations

import re

from netcordon.ingest.letters.outlook import is_outlook

_FIELD = re.compile(rb"[!-9;-~]{1,76}[ \t]*:")
_KNOWN = frozenset(
    (b"received", b"from", b"to", b"subject", b"date", b"message-id", b"return-path",
     b"mime-version", b"content-type", b"delivered-to", b"dkim-signature", b"reply-to",
     b"authentication-results", b"x-mailer", b"x-original-to", b"cc", b"sender", b"references",
     b"in-reply-to", b"arc-seal", b"thread-topic", b"x-arf")
)  # fmt: skip
_LEAST = 3
_XARF = re.compile(rb"\"(?:xarf_version|ReporterInfo)\"[ \t\r\n]*:")


def kind_of(head: bytes) -> str | None:
    """``mail``, ``msg`` or ``xarf``; ``None`` for anything else.

    Args:
        head: the first bytes, up to 64 KiB.
    """
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")
    if is_outlook(head):
        return "msg"
    if start[:1] == b"{":
        return "xarf" if _XARF.search(start[:4096]) else None
    return "mail" if _is_mail(start) else None


def _is_mail(head: bytes) -> bool:
    """Fields of RFC 5322 at the beginning, several of them known, and one that says from whom."""
    lines = head.replace(b"\r\n", b"\n").split(b"\n")[:400]
    if lines and lines[0].startswith(b"From ") and b"@" in lines[0]:
        lines = lines[1:]  # the separator of mbox
    names: set[bytes] = set()
    for line in lines:
        if not line.strip():
            break
        if line[:1] in b" \t":
            continue
        if not _FIELD.match(line):
            return False
        names.add(line.partition(b":")[0].strip().lower())
    return len(names & _KNOWN) >= _LEAST and bool(names & {b"from", b"received", b"return-path"})
