"""Linux's packet log under the envelope of RFC 3164; see ``readers.netfilter``."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from netcordon.ingest.messages.by_column.flows import refused_or_passed, small_counts
from netcordon.ingest.messages.by_column.netfilter_kernel import packets
from netcordon.ingest.messages.by_column.taken import Taken
from netcordon.ingest.messages.flows import disposition, protocol
from netcordon.ingest.messages.moments import Clock
from netcordon.ingest.messages.readers.netfilter import FLAGS, WORD
from netcordon.ingest.text.addresses import addresses
from netcordon.ingest.text.cells import Cells
from netcordon.ingest.text.shaping import each, renamed
from netcordon.ingest.text.template import Field, Lines, Template

_NAMES = (
    "SRC", "DST", "LEN", "TTL", "HOPLIMIT", "PROTO", "SPT", "DPT", "TYPE", "CODE", "WINDOW", "MAC",
)  # fmt: skip
_TEXTS = [name.encode() for name in (*_NAMES, *FLAGS)]
_OCTETS = np.frombuffer(b"".join(_TEXTS), dtype=np.uint8)
_PLACES = np.cumsum([0, *map(len, _TEXTS)], dtype=np.int32)
_BITS = np.array(list(FLAGS.values()), dtype=np.int32)
_STAMP = re.compile(r"[A-Z][a-z]{2} [ \d]?\d \d\d:\d\d:\d\d", re.ASCII)
_HOST = re.compile(r"[\w.-]{1,255}", re.ASCII)
_LONGEST = 4096
_ENVELOPE = Template(
    (
        Field(name="month", until=" ", least=3, most=3),
        Field(name="day", until=" ", most=2, is_padded=True),
        Field(name="clock", until=" ", least=8, most=8),
        Field(name="host", until=" ", most=255, like=_HOST),
        Field(name="tag", until=": ", least=6, most=6),
        Field(name="text", until="", most=_LONGEST),
    )
)


def netfilter(lines: Lines, clock: Clock) -> Taken:
    """Lines that tell of a packet."""
    head, fine = _ENVELOPE.cut(_after_priority(lines))
    data, begins, finishes = head["text"].places
    stamp = Cells(data, head["month"].places[1], head["clock"].places[2])
    fine &= stamp.matching(_STAMP) & head["tag"].equal(b"kernel")
    shape = (len(_NAMES), len(lines))
    starts, ends = np.empty(shape, dtype=np.int32), np.empty(shape, dtype=np.int32)
    prefixes = np.empty((2, len(lines)), dtype=np.int32)
    flags = np.empty(len(lines), dtype=np.int64)
    is_packet = np.empty(len(lines), dtype=np.bool_)
    packets(
        data, begins, finishes, _OCTETS, _PLACES, _BITS, starts, ends, prefixes, flags, is_packet
    )
    cells = {name: Cells(data, starts[i], ends[i]) for i, name in enumerate(_NAMES)}
    fine &= is_packet & cells["SRC"].dotted()[1] & cells["DST"].dotted()[1]
    time = clock.column(stamp.words, fine)
    fine &= time.is_valid().to_numpy(zero_copy_only=False)
    told = {name: column.filter(fine) for name, column in cells.items()}
    prefix = Cells(data, prefixes[0], prefixes[1]).filter(fine)
    return Taken(
        "netfilter",
        "network_activity",
        fine,
        _columns(time.drop_null(), told, prefix, flags[fine]),
    )


def _columns(
    time: pa.Array, told: dict[str, Cells], prefix: Cells, flags: NDArray[np.int64]
) -> dict[str, object]:
    transport = renamed(told["PROTO"].words, protocol)
    is_tcp = each(transport, "tcp".__eq__, pa.bool_())
    is_icmp = each(transport, lambda name: name in ("icmp", "icmp6"), pa.bool_())
    is_icmp = pc.fill_null(is_icmp, False)
    outcome = renamed(prefix.words, _outcome)
    octets = told["LEN"].counts()
    hops = small_counts(told["TTL"])
    if hops.null_count:  # a TTL that is empty is none, one that is no number stays unknown
        is_told = pc.greater(pc.fill_null(pc.binary_length(told["TTL"].text), 0), 0)
        hops = pc.if_else(is_told, hops, small_counts(told["HOPLIMIT"]))
    macs = told["MAC"].words
    return {
        **refused_or_passed(time, transport, outcome, octets),
        **addresses(told["SRC"].words).columns("src_ip"),
        **addresses(told["DST"].words).columns("dst_ip"),
        "src_port": pc.if_else(is_icmp, _port(told["TYPE"]), _port(told["SPT"])),
        "dst_port": pc.if_else(is_icmp, _port(told["CODE"]), _port(told["DPT"])),
        "ttl_min_out": hops,
        "ttl_max_out": hops,
        "tcp_flags_out": pc.if_else(is_tcp, pa.array(flags), pa.scalar(None, pa.int64())),
        "window_out": small_counts(told["WINDOW"]),
        "src_mac": renamed(macs, lambda text: _mac(text, 6)),
        "dst_mac": renamed(macs, lambda text: _mac(text, 0)),
    }


def _after_priority(lines: Lines) -> Lines:
    """The lines without the number that syslog puts before them."""
    begins = lines.begins.copy()
    has_room = lines.finishes - lines.begins > 5
    at = np.where(has_room, lines.begins, 0)
    is_digits = has_room & (lines.data[at] == ord("<"))
    for digits in range(1, 4):
        octets = lines.data[at + digits]
        is_digits = is_digits & (octets >= ord("0")) & (octets <= ord("9"))
        ended = is_digits & (lines.data[at + digits + 1] == ord(">"))
        begins[ended] = lines.begins[ended] + digits + 2
    return Lines(lines.data, begins, lines.finishes, lines.numbers)


def _outcome(prefix: str) -> str | None:
    return next((word for word in map(disposition, WORD.findall(prefix)) if word), None)


def _port(cells: Cells) -> pa.Array:
    found = cells.counts()
    return pc.if_else(pc.less(found, 65536), found, pa.scalar(None, pa.int64()))


def _mac(text: str, first: int) -> str | None:
    parts = text.split(":")
    return ":".join(parts[first : first + 6]).lower() if len(parts) >= 12 else None
