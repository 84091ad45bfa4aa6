"""Rows of a table (CSV, RFC 4180): what stands for somebody is replaced, cell by cell.

A cell stays when it is a number, a time, or in a column that says nothing of anybody. Everything
else becomes a pseudonym of its kind, so that rows can still be joined.
"""

from __future__ import annotations

import csv
import ipaddress
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Protocol, TextIO

from netcordon.ingest.anonymise.pseudonyms import Pseudonyms

_PLAIN = re.compile(
    r"[-+]?[0-9][0-9.,]*(?:[eE][-+]?[0-9]+)?\Z"  # numbers
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9:.,]+(?:Z|[-+][0-9:]{2,6})?)?\Z"  # times
    r"|(?i:true|false|null|none|-)\Z"
)
_MAC = re.compile(r"(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\Z")
_NAME = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_.])?\Z")
_NAME_WORDS = ("name", "host", "domain", "query", "sni", "server", "fqdn")
HARMLESS = frozenset(
    (
        "protocol", "proto", "service", "conn_state", "history", "table", "kind", "type", "qtype",
        "qclass", "rcode", "status", "method", "severity", "version", "tcp_flags_out",
        "tcp_flags_in", "tcp_options_out", "tcp_options_in", "ip_id_pattern_out",
        "ip_id_pattern_in", "ja3", "ja3s", "ja4", "hassh", "cipher", "alpn", "direction", "action",
)
)  # fmt: skip
"""Columns that say how something was done, not by whom."""
_LONGEST_CELL = 1 << 20


class Target(Protocol):
    """What takes the new table."""

    def write(self, text: str, /) -> object: ...  # noqa: D102


@dataclass
class RewrittenTable:
    """What became of a table.

    Attributes:
        rows: without the head.
        kept: columns whose text stayed; ``replaced``: those in which anything was replaced.
    """

    rows: int = 0
    kept: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)


def rewrite_table(
    source: TextIO, target: Target, pseudonyms: Pseudonyms, keep: Collection[str]
) -> RewrittenTable:
    """Write a table anew.

    Args:
        source: CSV with a head.
        target: takes the new one.
        pseudonyms: what stands for whom.
        keep: more columns that stay as they are.

    Raises:
        ValueError: it is no table.
    """
    csv.field_size_limit(_LONGEST_CELL)
    try:
        reader = csv.reader(source, strict=True)
        head = next(reader, None)
        if not head:
            raise ValueError("it has no head")
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(head)
        stays = [name.lower() in HARMLESS or name in keep for name in head]
        is_name = [any(word in name.lower() for word in _NAME_WORDS) for name in head]
        touched: set[int] = set()
        done = RewrittenTable(kept=[n for n, stay in zip(head, stays, strict=True) if stay])
        for row in reader:
            if len(row) != len(head):
                raise ValueError(f"line {reader.line_num} has {len(row)} cells, not {len(head)}")
            made = [
                cell if stays[i] else _cell(cell, is_name[i], pseudonyms)
                for i, cell in enumerate(row)
            ]
            touched.update(i for i, cell in enumerate(made) if cell != row[i])
            writer.writerow(made)
            done.rows += 1
    except csv.Error as error:
        raise ValueError(str(error)) from error
    done.replaced = [head[i] for i in sorted(touched)]
    return done


def _cell(cell: str, is_name: bool, pseudonyms: Pseudonyms) -> str:
    text = cell.strip()
    if not text:
        return cell
    if (address := _address(text, pseudonyms)) is not None:
        return address
    if _MAC.match(text):
        raw = bytes.fromhex(re.sub("[:-]", "", text))
        return ":".join(f"{octet:02x}" for octet in pseudonyms.mac(raw))
    if _PLAIN.match(text):
        return cell
    if is_name and _NAME.match(text):
        return pseudonyms.name(text.encode("ascii")).decode("ascii")
    return pseudonyms.token(text)


def _address(text: str, pseudonyms: Pseudonyms) -> str | None:
    """An address, with the length of a prefix if it has one; ``None`` for anything else."""
    host, slash, length = text.partition("/")
    try:
        version = ipaddress.ip_address(host).version
        made = pseudonyms.address_text(host.partition("%")[0])
    except ValueError:
        return None
    if not slash:
        return made
    most = 32 if version == 4 else 128
    if not length.isdecimal() or int(length) > most:
        return None
    return str(ipaddress.ip_network(f"{made}/{length}", strict=False))
