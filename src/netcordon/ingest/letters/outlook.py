"""Mails as Outlook saves them (.msg): properties in a compound file (MS-OXMSG, MS-OXPROPS).

Read are the few properties that say who wrote what; the body in RTF alone is not unpacked, and it
is said. Attachments are hashed and never opened.
"""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

from netcordon.ingest.letters.encoded import decoded
from netcordon.ingest.letters.mail import MOST_BYTES, MOST_DEPTH, MOST_PARTS, part_of, read_mail
from netcordon.ingest.letters.plain import plain_text
from netcordon.model.letter import Letter, Part

if TYPE_CHECKING:
    import olefile

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARK = "__substg1.0_".encode("utf-16-le")
_STREAM = 2
"""Type of an entry that holds octets (MS-CFB, section 2.6.1)."""
_MOST_ENTRIES, _MOST_TEXT, _NAMES = 20_000, 256 << 10, 200
_SUBMITTED, _DELIVERED = 0x0039, 0x0E06
_FILETIME_1601 = datetime(1601, 1, 1, tzinfo=UTC)

Path = tuple[str, ...]


def is_outlook(content: bytes) -> bool:
    """Whether bytes are such a mail, and no other compound file; at the start of one a guess."""
    return content.startswith(MAGIC) and _MARK in content


def read_outlook(content: bytes) -> Letter:
    """Take a mail of Outlook apart; never raises on bytes.

    Args:
        content: of the file, at most ``MOST_BYTES``.
    """
    try:
        import olefile  # loaded for these files alone

        with olefile.OleFileIO(io.BytesIO(content)) as file:
            return _Reader(file).letter((), 0)
    except Exception as error:  # noqa: BLE001 - the library's ways to fail on hostile files are many
        return Letter(format="msg", left_out=(f"damaged: {type(error).__name__}",))


class _Reader:
    def __init__(self, file: olefile.OleFileIO) -> None:
        self._file = file
        entries = file.listdir(streams=True, storages=True)[:_MOST_ENTRIES]
        self._entries = {tuple(part.lower() for part in entry) for entry in entries}
        self._left = MOST_BYTES

    def letter(self, at: Path, depth: int) -> Letter:
        """The message in a storage."""
        text = self._text(at, "1000")
        links: tuple[str, ...] = ()
        left_out: list[str] = []
        page = self._octets((*at, "__substg1.0_10130102")) or self._text(at, "1013").encode()
        if page:
            shown, targets = plain_text(decoded(page[: _MOST_TEXT * 4], "utf-8"))
            text = text if text.strip() else shown
            links = tuple(link for link in targets if link not in text)
        elif not text and (*at, "__substg1.0_10090102") in self._entries:
            left_out.append("the text, which is there as compressed RTF only")
        parts, enclosed = self._attached(at, depth, left_out)
        return Letter(
            format="msg", headers=self._headers(at), text=text[:_MOST_TEXT], links=links,
            parts=tuple(parts), enclosed=tuple(enclosed), left_out=tuple(left_out),
        )  # fmt: skip

    def _headers(self, at: Path) -> tuple[tuple[str, str], ...]:
        """Those of the transport where they are kept, else what the properties say."""
        transport = self._text(at, "007d")
        if transport.strip():
            return read_mail(transport.strip().encode("utf-8", "replace") + b"\n\n").headers
        mail = self._text(at, "5d01") or self._text(at, "0c1f")
        name = self._text(at, "0c1a")
        said = {
            "from": f"{name} <{mail}>" if "@" in mail else name or mail,
            "to": self._text(at, "0e04"),
            "subject": self._text(at, "0037"),
            "date": self._submitted(at),
            "message-id": self._text(at, "1035"),
        }
        return tuple((key, value[:4096]) for key, value in said.items() if value)

    def _attached(
        self, at: Path, depth: int, left_out: list[str]
    ) -> tuple[list[Part], list[Letter]]:
        places = sorted(
            entry for entry in self._entries
            if len(entry) == len(at) + 1 and entry[:-1] == at
            and entry[-1].startswith("__attach_version1.0_#")
        )  # fmt: skip
        parts: list[Part] = []
        enclosed: list[Letter] = []
        for place in places[:MOST_PARTS]:
            inner = (*place, "__substg1.0_3701000d")
            if inner in self._entries:
                if depth + 1 >= MOST_DEPTH:
                    left_out.append("letters within letters, beyond the depth that is read")
                else:
                    enclosed.append(self.letter(inner, depth + 1))
                continue
            name = self._text(place, "3707") or self._text(place, "3704")
            content = self._octets((*place, "__substg1.0_37010102"))
            parts.append(part_of(name[:_NAMES], self._text(place, "370e")[:100], content))
        if len(places) > MOST_PARTS:
            left_out.append(f"attachments after the first {MOST_PARTS}")
        return parts, enclosed

    def _text(self, at: Path, tag: str) -> str:
        """A property of text: UTF-16, else in the code page of whoever wrote it."""
        octets = self._octets((*at, f"__substg1.0_{tag}001f"))
        if octets:
            return octets.decode("utf-16-le", "replace").rstrip("\0")
        octets = self._octets((*at, f"__substg1.0_{tag}001e"))
        try:
            return octets.decode().rstrip("\0")
        except UnicodeDecodeError:
            return octets.decode("cp1252", "replace").rstrip("\0")

    def _submitted(self, at: Path) -> str:
        """When it was sent, as RFC 5322 writes it; empty where no property says so."""
        octets = self._octets((*at, "__properties_version1.0"))
        first = 32 if not at else 24  # the header is shorter in a message within another
        for begin in range(first, min(len(octets), 64 << 10) - 15, 16):
            kind = int.from_bytes(octets[begin : begin + 2], "little")
            tag = int.from_bytes(octets[begin + 2 : begin + 4], "little")
            if kind == 0x0040 and tag in (_SUBMITTED, _DELIVERED):
                ticks = int.from_bytes(octets[begin + 8 : begin + 16], "little")
                try:
                    moment = _FILETIME_1601 + timedelta(microseconds=ticks // 10)
                except OverflowError:
                    return ""
                return format_datetime(moment)
        return ""

    def _octets(self, at: Path) -> bytes:
        """A stream; empty where there is none, or all that may be read was read."""
        if at not in self._entries or self._file.get_type(list(at)) != _STREAM:
            return b""
        with self._file.openstream(list(at)) as stream:
            content = bytes(stream.read(self._left))
        self._left -= len(content)
        return content
