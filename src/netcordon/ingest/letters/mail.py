"""Mails (RFC 5322, MIME) by the parser of the standard library, within bounds.

Attachments are hashed and typed by their first bytes; none is opened. Whatever the parser does not
stand becomes a remark, never an error.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import policy
from email.message import Message
from email.parser import BytesParser
from typing import TypeAlias

from netcordon.ingest.capture.application.files.magic import LOOK, magic_of
from netcordon.ingest.letters.encoded import decoded, header_text
from netcordon.ingest.letters.plain import plain_text
from netcordon.model.letter import Letter, Part

MOST_BYTES = 32 << 20
"""Of one letter."""
MOST_PARTS, MOST_DEPTH = 200, 8
MOST_TEXT = 256 << 10
"""Characters of text that are kept of one letter."""
_MOST_HEADERS, _LONGEST_HEADER, _MOST_BOUNDARIES = 400, 4096, 100
_NAMES = 200

Mime: TypeAlias = "Message[str, str]"


def read_mail(content: bytes) -> Letter:
    """Take a mail apart; never raises on bytes.

    Args:
        content: of the whole message, at most ``MOST_BYTES``.
    """
    deep: tuple[str, ...] = ()
    if content.lower().count(b"boundary") > _MOST_BOUNDARIES:
        # The parser's work grows with lines times boundaries.
        content = content.partition(b"\n\n")[0].partition(b"\r\n\r\n")[0] + b"\n\n"
        deep = ("its parts are nested too deep; only its headers were read",)
    try:
        parsed: Mime = BytesParser(policy=policy.compat32).parsebytes(content)
        return _letter(parsed, 0, deep)
    except Exception as error:  # noqa: BLE001 - the parser's ways to fail on hostile mail are many
        text = decoded(content[:MOST_TEXT], "utf-8")
        return Letter(format="mail", text=text, left_out=(f"damaged: {type(error).__name__}",))


@dataclass
class _Gathered:
    texts: list[str] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    enclosed: list[Letter] = field(default_factory=list)
    feedback: tuple[tuple[str, str], ...] = ()
    left_out: list[str] = field(default_factory=list)


def _letter(message: Mime, depth: int, left_out: tuple[str, ...] = ()) -> Letter:
    found = _Gathered(left_out=list(left_out))
    for number, part in enumerate(_leaves(message)):
        if number >= MOST_PARTS:
            found.left_out.append(f"parts after the first {MOST_PARTS}")
            break
        _take(part, depth, found, is_only=part is message)
    text = "\n".join(found.texts)
    links: list[str] = []
    for page in found.pages:
        shown, targets = plain_text(page)
        text = text if text.strip() else shown
        links += [link for link in targets if link not in text]
    if len(text) > MOST_TEXT:
        found.left_out.append(f"text after {MOST_TEXT:,} characters")
    return Letter(
        format="mail",
        headers=_headers(message),
        text=text[:MOST_TEXT],
        links=tuple(dict.fromkeys(links)),
        parts=tuple(found.parts),
        enclosed=tuple(found.enclosed),
        feedback=found.feedback,
        left_out=tuple(found.left_out),
    )


def _leaves(message: Mime) -> Iterator[Mime]:
    """Parts that hold no parts, and letters within; in order, without recursion."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        inner = part.get_payload()
        is_letter = part.get_content_maintype() == "message"
        if isinstance(inner, list) and not is_letter:
            waiting += [each for each in reversed(inner) if isinstance(each, Message)]
        else:
            yield part


def _take(part: Mime, depth: int, found: _Gathered, *, is_only: bool) -> None:
    media = part.get_content_type()
    inner = part.get_payload()
    if media == "message/feedback-report":
        found.feedback = _fields(part)
        return
    if media in ("message/rfc822", "message/global") and isinstance(inner, list) and inner:
        if depth + 1 >= MOST_DEPTH:
            found.left_out.append("letters within letters, beyond the depth that is read")
        elif isinstance(inner[0], Message):
            found.enclosed.append(_letter(inner[0], depth + 1))
        return
    content = _content(part)
    disposition = header_text(part.get("Content-Disposition", ""), 40).lower()
    name = header_text(part.get_filename() or "", _NAMES)
    if disposition.startswith("attachment") or name or not media.startswith("text/"):
        if not (is_only and not content.strip()):
            found.parts.append(part_of(name, media, content))
    else:
        text = decoded(content[: MOST_TEXT * 4], str(part.get_content_charset() or "utf-8"))
        (found.pages if media == "text/html" else found.texts).append(text)


def part_of(name: str, media: str, content: bytes) -> Part:
    """Something attached: its hash, and its type by its first bytes."""
    kind = magic_of(content[:LOOK]) or ("text" if _is_text(content[:4096]) else "unknown")
    digest = hashlib.sha256(content).hexdigest()
    return Part(name=name, media=media, kind=kind, sha256=digest, content=content)


def _is_text(first: bytes) -> bool:
    return bool(first) and not any(octet < 9 or 13 < octet < 32 for octet in first)


def _content(part: Mime) -> bytes:
    inner = part.get_payload(decode=True)
    if isinstance(inner, bytes):
        return inner
    return b"" if inner is None else str(inner).encode("utf-8", "surrogateescape")


def _headers(message: Mime) -> tuple[tuple[str, str], ...]:
    raw = list(message.raw_items())[:_MOST_HEADERS]
    return tuple(
        (str(name)[:_NAMES].lower(), header_text(value, _LONGEST_HEADER)) for name, value in raw
    )


def _fields(part: Mime) -> tuple[tuple[str, str], ...]:
    """Fields of a feedback report; the parser takes them for the headers of a letter within."""
    inner = part.get_payload()
    if isinstance(inner, list) and inner and isinstance(inner[0], Message):
        return _headers(inner[0])
    lines = decoded(_content(part), "utf-8").splitlines()[:_MOST_HEADERS]
    split = (line.partition(":") for line in lines)
    return tuple((k.strip().lower(), v.strip()[:_LONGEST_HEADER]) for k, colon, v in split if colon)
