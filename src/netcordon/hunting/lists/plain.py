"""Lists as text: one indicator a line, or CSV with or without a heading."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

from netcordon.hunting.canonical import NotUnderstoodError, guessed, of_type
from netcordon.model.hunt import Atom, LeftOut, Wanted, WantedType

_VALUE = ("indicator", "indicator_value", "ioc", "ioc_value", "value", "observable", "artifact",
          "address", "ip", "ip_address", "ipv4", "dst_ip", "domain", "domain_name", "hostname",
          "host", "url", "hash", "sha256", "sha256_hash", "md5", "ja3", "ja4", "email")  # fmt: skip
_TYPE = ("type", "indicator_type", "ioc_type", "observable_type")
_TYPES = {
    "ipv4-addr": WantedType.ADDRESS, "ipv6-addr": WantedType.ADDRESS, "ip": WantedType.ADDRESS,
    "domain-name": WantedType.DOMAIN, "hostname": WantedType.DOMAIN, "x-ja4": WantedType.JA4,
    "user-account": WantedType.ACCOUNT, "email-addr": WantedType.MAIL,
    **{type_.value: type_ for type_ in WantedType if type_ is not WantedType.PORT},
}  # fmt: skip
"""Words of the type column that decide; any other word leaves it to the value."""

_COMMENT = re.compile(r"\s(?:#|//|;).*$")
_HOSTS_FILE = re.compile(r"(?:0\.0\.0\.0|127\.0\.0\.1|::1?)\s+(\S+)\Z")

Entry = Wanted | LeftOut


def read_text(text: str, forced: WantedType | None) -> tuple[str, list[Entry]]:
    """The format in words, and every entry in order.

    Args:
        text: of the list.
        forced: the type that all entries have; ``None`` guesses each.
    """
    lines = [(n, line.strip()) for n, line in enumerate(text.splitlines(), 1)]
    lines = [(n, line) for n, line in lines if line and not line.startswith(("#", ";", "//"))]
    table = _as_table(lines)
    if table is not None:
        return "CSV", list(_from_table(*table, forced))
    return "plain list", list(_from_lines(lines, forced))


def entry(
    text: str, source: str, forced: WantedType | None, *, name: str = "", is_guessed: bool = True
) -> Entry:
    """One indicator, or why it is none."""
    try:
        parts: tuple[Atom, ...] = guessed(text) if forced is None else of_type(forced, text)
    except NotUnderstoodError as error:
        return LeftOut(given=text, source=source, why=str(error))
    return Wanted(
        parts=parts, given=text, source=source, name=name, is_guessed=forced is None and is_guessed
    )


def _from_lines(lines: Iterable[tuple[int, str]], forced: WantedType | None) -> Iterator[Entry]:
    for number, line in lines:
        source = f"line {number:,}"
        found = entry(line, source, forced)
        if isinstance(found, LeftOut):
            shorter = _COMMENT.sub("", line)
            hosts = _HOSTS_FILE.match(shorter)
            again = entry(hosts[1] if hosts else shorter, source, forced)
            found = again if isinstance(again, Wanted) else found
        yield found


def _as_table(
    lines: Sequence[tuple[int, str]],
) -> tuple[list[str], list[tuple[int, str]], str] | None:
    """Heading, other lines and delimiter when the first line names a column of indicators."""
    if not lines:
        return None
    for delimiter in (",", ";", "\t"):
        heading = [
            cell.strip().lower() for cell in next(csv.reader([lines[0][1]], delimiter=delimiter))
        ]
        if any(cell in _VALUE for cell in heading):
            return heading, list(lines[1:]), delimiter
    return None


def _from_table(
    heading: Sequence[str],
    lines: Sequence[tuple[int, str]],
    delimiter: str,
    forced: WantedType | None,
) -> Iterator[Entry]:
    column = next(heading.index(name) for name in _VALUE if name in heading)
    types = next((heading.index(name) for name in _TYPE if name in heading), None)
    for number, line in lines:
        source = f"line {number:,}"
        cells = next(csv.reader(io.StringIO(line), delimiter=delimiter), [])
        if len(cells) <= column or not cells[column].strip():
            yield LeftOut(given=line, source=source, why="it has no value in that column")
            continue
        type_ = forced
        if type_ is None and types is not None and types < len(cells):
            type_ = _TYPES.get(cells[types].strip().lower())
        # Spreadsheets are kept from reading a formula by a quote in front.
        yield entry(cells[column].strip().removeprefix("'"), source, type_)
