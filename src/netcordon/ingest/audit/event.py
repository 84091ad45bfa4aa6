"""What audit logs share: records read by their fields, logins told from other calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from netcordon.ingest.text.addresses import Addresses, addresses, nothing
from netcordon.ingest.text.blocks import Block
from netcordon.ingest.text.columns import Columns
from netcordon.ingest.text.documents import Records, Unwrap
from netcordon.ingest.text.head import Peeked
from netcordon.ingest.text.json_lines import json_columns, schema_of
from netcordon.ingest.text.reading import read_lines
from netcordon.ingest.text.rows import Rows, rows
from netcordon.ingest.text.shaping import constant
from netcordon.ingest.text.tally import Tally
from netcordon.model.parser import ByteSource, ParseResult, Progress, RowSink, Share

_MOST_LETTERS = 1024

Told = Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class Audit:
    """An audit log: which fields it has and what they say.

    Attributes:
        provider: one word; logs of a provider are a family.
        fields: dotted path -> type.
        time: of these, the ones that may hold the time, the best first.
        name: the ones that may hold what happened.
        is_login: booleans, one a record.
        login: columns of ``authentication`` beside time, provider and client.
        call: columns of ``api_activity`` beside them.
        client: the fields that may hold the address of the client.
    """

    provider: str
    fields: Mapping[str, pa.DataType]
    time: tuple[str, ...]
    name: tuple[str, ...]
    client: tuple[str, ...]
    is_login: Callable[[Columns], pa.Array]
    login: Callable[[Columns], Told]
    call: Callable[[Columns], Told]

    def __call__(self, block: Block, tally: Tally) -> Iterable[Rows]:
        """Rows of a block, see ``text.reading.Format``."""
        log = json_columns(block, schema_of(self.fields), tally)
        good = {
            "no time": pc.is_valid(log.time(*self.time)),
            "no name of an event": pc.is_valid(log.text(*self.name)),
        }
        log = log.required(tally, good)
        tally.read += len(log)
        if not len(log):
            return
        is_login = pc.fill_null(self.is_login(log), False)
        logins, calls = log.where(is_login), log.where(pc.invert(is_login))
        if len(logins):
            yield self._rows("authentication", logins, self.login(logins))
        if len(calls):
            yield self._rows("api_activity", calls, self.call(calls))

    def _rows(self, table: str, log: Columns, told: Told) -> Rows:
        shared = {
            "time": log.time(*self.time),
            "provider": constant(self.provider, len(log)),
            **client(log, *self.client).columns("src_ip"),
        }
        return rows(table, log.numbers, {**shared, **{k: bounded(v) for k, v in told.items()}})


def client(log: Columns, *names: str) -> Addresses:
    """The address of a client, also where a port follows it: ``1.2.3.4:5``, ``[::1]:5``."""
    texts = log.text(*names)
    plain = pc.replace_substring_regex(texts, r"^\[?([0-9A-Fa-f:.]+?)\]?(?::[0-9]{1,5})?$", r"\1")
    bare = pc.match_substring_regex(texts, r"^[0-9A-Fa-f:]*:[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*$")
    texts = pc.if_else(pc.fill_null(bare, False), texts, plain)
    return nothing(len(texts)) if texts.null_count == len(texts) else addresses(texts)


def bounded(column: object) -> object:
    """Texts cut to a length that a person could read; others as they are."""
    if isinstance(column, pa.Array) and pa.types.is_string(column.type):
        return pc.utf8_slice_codeunits(column, 0, _MOST_LETTERS)
    return column


def read_audit(
    source: ByteSource,
    sink: RowSink,
    progress: Progress,
    share: Share,
    audit: Audit,
    unwrap: Callable[[bytes], Unwrap | None] = lambda _: None,
) -> ParseResult:
    """Read an audit log to its end, whether its records stand on lines or in a document."""
    peeked = Peeked(source)
    records = Records(peeked, peeked.head, unwrap(peeked.head))
    return read_lines(records, sink, progress, share, audit, audit.provider)
