"""Complaints in letters as rows: what somebody outside says of an address, like an alert."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pyarrow as pa

from netcordon.ingest.letters.complaints import complaints, read_letter
from netcordon.ingest.letters.mail import MOST_BYTES
from netcordon.ingest.letters.moments import Setting, moment
from netcordon.ingest.text.addresses import addresses
from netcordon.ingest.text.rows import rows
from netcordon.model.letter import Complaint, Letter
from netcordon.model.parser import ByteSource, ParseResult, RowSink, Share

_LONGEST = 400
_1970 = datetime(1970, 1, 1, tzinfo=UTC)


def read_letters(source: ByteSource, sink: RowSink, share: Share) -> ParseResult:
    """Read one letter; each complaint in it that names an address and a time is a row.

    A letter without any is evidence all the same: whoever takes it in reads its text.
    """
    if share.index:
        return ParseResult(records=0)
    content = _whole(source)
    if len(content) > MOST_BYTES:
        return ParseResult(records=1, refused={"a letter that is too long": 1}, complete=False)
    letter = read_letter(content)
    written = moment(letter.header("date"))
    here = Setting(written=written.time if written else None, zone=written.zone if written else "")
    told = [(one, at) for one in complaints(letter) if (at := _when(one, here)) is not None]
    kept = [(one, at) for one, at in told if _is_address(one.source)]
    if kept:
        _store(sink, letter, kept)
    at_all = _micro(here.written)
    times = [at for _, at in kept] or ([at_all] if at_all is not None else [])
    first, last = (min(times), max(times)) if times else (None, None)
    sink.append("log_source", {
        "time": [first], "family": ["letters"], "last_seen_time": [last],
        "lines": [1], "read_lines": [1], "comment_lines": [0], "refused_lines": [0],
    })  # fmt: skip
    return ParseResult(
        records=1,
        first_time=_time(first),
        last_time=_time(last),
        facts={"is_log": True, "lines": 1, "comment_lines": 0, "complaints": len(kept)},
    )


def _store(sink: RowSink, letter: Letter, kept: Sequence[tuple[Complaint, int]]) -> None:
    sources = addresses(pa.array([one.source for one, _ in kept]))
    targets = addresses(pa.array([one.destination or None for one, _ in kept], pa.string()))
    sender = letter.header("from")[:_LONGEST]
    made = rows("detection_finding", list(range(1, len(kept) + 1)), {
        "time": [at for _, at in kept],
        **sources.columns("src_ip"),
        "src_port": pa.array([one.source_port for one, _ in kept], pa.int64()),
        **targets.columns("dst_ip"),
        "dst_port": pa.array([one.destination_port for one, _ in kept], pa.int64()),
        "protocol": [one.protocol or None for one, _ in kept],
        "product": ["complaint"] * len(kept),
        "kind": ["complaint"] * len(kept),
        "title": [(one.kind or "complaint")[:_LONGEST] for one, _ in kept],
        "category": [one.format for one, _ in kept],
        "message": [one.sample[:_LONGEST] or None for one, _ in kept],
        "observable": [one.urls[0][:_LONGEST] if one.urls else None for one, _ in kept],
        "count": [1] * len(kept),
        "reference": [one.reference[:_LONGEST] or None for one, _ in kept],
        "reporter": [(one.organisation or one.contact or sender)[:_LONGEST] for one, _ in kept],
    })  # fmt: skip
    sink.append(made.table, made.columns)


def _when(one: Complaint, here: Setting) -> int | None:
    """When it happened; a complaint that does not say is of the time of its letter."""
    named = moment(one.first, here)
    time = named.time if named else None
    return _micro(time or here.written)


def _micro(time: datetime | None) -> int | None:
    return None if time is None else (time - _1970) // timedelta(microseconds=1)


def _time(micro: int | None) -> datetime | None:
    return None if micro is None else _1970 + timedelta(microseconds=micro)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _whole(source: ByteSource) -> bytes:
    """All bytes, one more than are read at most."""
    pieces: list[bytes] = []
    room, left = memoryview(bytearray(1 << 20)), MOST_BYTES + 1
    while left and (count := source.readinto(room[: min(left, len(room))])):
        pieces.append(bytes(room[:count]))
        left -= count
    return b"".join(pieces)
