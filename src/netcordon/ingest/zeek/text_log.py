"""Zeek's logs as text: a header, then lines of fields; several logs may follow each other."""

from __future__ import annotations

import codecs
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from netcordon.ingest.text.blocks import Block
from netcordon.ingest.text.columns import Columns, refuse
from netcordon.ingest.text.delimited import delimited
from netcordon.ingest.text.reading import Facts
from netcordon.ingest.text.rows import Rows
from netcordon.ingest.text.tally import Tally
from netcordon.ingest.zeek.fields import LOGS, dotted, log_of
from netcordon.ingest.zeek.logs import READ, rows_of

_MOST_HEADERS = 1000
_MOST_FIELDS = 512
_HASH = ord("#")
_SAID = (b"#separator", b"#set_separator", b"#empty_field", b"#unset_field", b"#path", b"#fields")


class TextLog:
    """Reads the lines of a log; what its header said is kept from block to block.

    Args:
        fields: of a log that begins with a line of names instead of Zeek's header.
        separator: between them.
    """

    def __init__(self, fields: Iterable[str] = (), separator: str = "\t") -> None:
        self.facts = Facts()
        self._separator = separator
        self._set_separator = ","
        self._unset = ["-"]
        self._path: str | None = None
        self._fields = [dotted(name) for name in fields]
        self._has_names = bool(self._fields)
        self._headers = 0
        if self._has_names:
            self._unset.append("")

    def __call__(self, block: Block, tally: Tally) -> Iterable[Rows]:
        """Rows of a block, see ``text.reading.Format``."""
        if self._has_names:
            self._has_names = False
            tally.comments += 1
            block = block.select(np.arange(len(block)) > 0)
        said = np.flatnonzero(block.first_octets() == _HASH) if len(block) else np.zeros(0, int)
        tally.comments += len(said)
        is_line = np.ones(len(block), dtype=np.bool_)
        is_line[said] = False
        begin = 0
        for index in said.tolist():
            line = block.text(index)
            if not line.startswith(_SAID):
                continue
            if is_line[begin:index].any():
                yield from self._rows(_part(block, is_line, begin, index), tally)
            begin = index + 1
            self._hear(line)
        yield from self._rows(_part(block, is_line, begin, len(block)), tally)

    def _rows(self, block: Block, tally: Tally) -> Iterable[Rows]:
        if not len(block):
            return
        everything = np.ones(len(block), dtype=np.bool_)
        if not self._fields:
            refuse(block, everything, "no header says what the fields are", tally)
            return
        log = self._path if self._path in LOGS else log_of(self._fields)
        if log not in READ:
            refuse(block, everything, f"no table for the log {self._path or 'of these fields'}",
                   tally)  # fmt: skip
            return
        columns = delimited(block, self._fields, self._separator, tally, self._unset)
        columns = Columns(
            {name: columns.raw(name) for name in columns.names},
            columns.block,
            separator=self._set_separator,
            is_escaped=b"\\x" in columns.block.data,
        )
        yield from rows_of(log, columns, self.facts, tally)

    def _hear(self, line: bytes) -> None:
        """A line of the header."""
        if self._headers >= _MOST_HEADERS * len(_SAID):
            self._fields = []  # no sensor rotates into one file so often
            return
        self._headers += 1
        text = line.decode(errors="replace")
        if text.startswith("#separator"):
            self._separator = _one_character(text.partition(" ")[2]) or "\t"
            self._fields, self._path = [], None
            return
        key, _, value = text.partition(self._separator)
        if key == "#fields":
            names = value.split(self._separator)
            known = len(names) <= _MOST_FIELDS
            self._fields = [dotted(name) for name in names] if known else []
        elif key == "#path":
            self._path = value[:64]
        elif key == "#set_separator":
            self._set_separator = value[:4] or ","
        elif key == "#unset_field":
            self._unset = [value]


def _part(block: Block, is_line: NDArray[np.bool_], begin: int, end: int) -> Block:
    chosen = is_line.copy()
    chosen[:begin] = False
    chosen[end:] = False
    return block.select(chosen)


def _one_character(text: str) -> str | None:
    r"""A separator as the header writes it, ``\x09``; ``None`` unless it is one of ASCII."""
    try:
        value = codecs.decode(text.strip(), "unicode_escape")
    except (UnicodeDecodeError, ValueError):
        return None
    return value if len(value) == 1 and value.isascii() and value not in "\r\n" else None
