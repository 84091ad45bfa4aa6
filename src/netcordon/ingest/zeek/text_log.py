"""Zeek's logs as text: a header, then lines of fields; several logs may follow each other."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from netcordon.ingest.text.blocks import Block
from netcordon.ingest.text.columns import Mask, refuse
from netcordon.ingest.text.delimited import delimited
from netcordon.ingest.text.reading import Facts
from netcordon.ingest.text.rows import Rows
from netcordon.ingest.text.tally import Tally
from netcordon.ingest.zeek.logs import READ, rows_of
from netcordon.ingest.zeek.telling import LOGS, dotted, log_of

MOST_CHANGES = 256
"""Headers of a file that are unlike the one before; lines after so many are refused."""

_MOST_FIELDS = 512
_HASH = ord("#")
_SAID = (b"#separator", b"#set_separator", b"#empty_field", b"#unset_field", b"#path", b"#fields")


@dataclass(frozen=True)
class _Header:
    """What is known of the lines that follow."""

    separator: str = "\t"
    set_separator: str = ","
    unset: tuple[str, ...] = ("-",)
    path: str | None = None
    fields: tuple[str, ...] = ()

    def with_line(self, line: bytes) -> _Header:
        """After another line of the header."""
        text = line.decode(errors="replace")
        if text.startswith("#separator"):
            return _Header(separator=_one_character(text.partition(" ")[2]) or "\t")
        key, _, value = text.partition(self.separator)
        if key == "#fields":
            names = value.split(self.separator)
            return replace(self, fields=_names(names) if len(names) <= _MOST_FIELDS else ())
        if key == "#path":
            return replace(self, path=value[:64])
        if key == "#set_separator":
            return replace(self, set_separator=value[:4] or ",")
        return replace(self, unset=(value,)) if key == "#unset_field" else self


_Part = tuple[_Header, int, int, bool]
"""Lines under one header: the first, the one after the last, and whether any may be read."""


class TextLog:
    """Reads the lines of a log; what its header said is kept from block to block.

    Args:
        fields: of a log that begins with a line of names instead of Zeek's header.
        separator: between them.
    """

    def __init__(self, fields: Iterable[str] = (), separator: str = "\t") -> None:
        self.facts = Facts()
        self._header = _Header(separator=separator, fields=_names(fields))
        self._has_names = bool(self._header.fields)
        self._changes = 0
        if self._has_names:
            self._header = replace(self._header, unset=("-", ""))

    def __call__(self, block: Block, tally: Tally) -> Iterable[Rows]:
        """Rows of a block, see ``text.reading.Format``."""
        if self._has_names:
            self._has_names = False
            tally.comments += 1
            block = block.select(np.arange(len(block)) > 0)
        if not len(block):
            return ()
        is_line = block.first_octets() != _HASH
        tally.comments += int((~is_line).sum())
        return self._read(block, is_line, list(self._parts(block)), tally)

    def _read(
        self, block: Block, is_line: Mask, parts: list[_Part], tally: Tally
    ) -> Iterable[Rows]:
        for header, begin, end, is_trusted in parts:
            chosen = np.zeros(len(block), dtype=np.bool_)
            chosen[begin:end] = is_line[begin:end]
            if chosen.any():
                yield from self._rows(block.select(chosen), header, is_trusted, tally)

    def _parts(self, block: Block) -> Iterator[_Part]:
        """Runs of lines under equal headers."""
        begin, before = 0, self._header
        for index in np.flatnonzero(block.first_octets() == _HASH).tolist():
            line = block.text(index)
            if line.startswith(_SAID):
                self._header = self._header.with_line(line)
            is_last = index + 1 == len(block) or block.data[block.starts[index + 1]] != _HASH
            if is_last and self._header != before:
                yield before, begin, index, self._changes <= MOST_CHANGES
                begin, before = index, self._header
                self._changes += 1
                if self._changes > MOST_CHANGES:
                    before = self._header = _Header()
                    break
        yield before, begin, len(block), self._changes <= MOST_CHANGES

    def _rows(
        self, block: Block, header: _Header, is_trusted: bool, tally: Tally
    ) -> Iterable[Rows]:
        everything = np.ones(len(block), dtype=np.bool_)
        if not is_trusted or not header.fields:
            reason = "no header says what the fields are"
            if not is_trusted:
                reason = "after too many changes of the header"
            refuse(block, everything, reason, tally)
            return
        log = header.path if header.path in LOGS else log_of(header.fields)
        if log not in READ:
            name = header.path or "of these fields"
            refuse(block, everything, f"no table for the log {name}", tally)
            return
        split = delimited(block, header.fields, header.separator, tally, header.unset)
        columns = split.spelled(
            separator=header.set_separator, is_escaped=b"\\x" in split.block.data
        )
        yield from rows_of(log, columns, self.facts, tally)


def _names(fields: Iterable[str]) -> tuple[str, ...]:
    return tuple(dotted(name) for name in fields)


def _one_character(text: str) -> str | None:
    r"""A separator as the header writes it, ``\x09``; ``None`` unless it is one of ASCII."""
    try:
        value = codecs.decode(text.strip(), "unicode_escape")
    except (UnicodeDecodeError, ValueError):
        return None
    return value if len(value) == 1 and value.isascii() and value not in "\r\n" else None
