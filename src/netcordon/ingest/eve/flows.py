"""``flow`` and ``netflow`` events: flows, one event a flow or one a direction."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

from netcordon.ingest.eve.event import PROTOCOLS, ends, service
from netcordon.ingest.text.columns import Columns
from netcordon.ingest.text.rows import Rows, rows
from netcordon.ingest.text.shaping import natural, words

_ETHERNET, _TCP, _UDP = 14, 20 + 12, 8
_FIN, _SYN, _RST, _ACK = 1, 2, 4, 16


def flow(log: Columns) -> Iterable[Rows]:
    """Rows of ``network_activity``, the ends as Suricata gives them.

    EVE counts octets of whole frames and no payload. ``payload_bytes`` is what is left of them
    beyond the headers of Ethernet, IP and TCP with time stamps: a lower bound.
    """
    protocol = words(log.lower("proto"), PROTOCOLS)
    packets_out = natural(log.whole("flow.pkts_toserver"))
    packets_in = natural(log.whole("flow.pkts_toclient"))
    wire_out = natural(log.whole("flow.bytes_toserver"))
    wire_in = natural(log.whole("flow.bytes_toclient"))
    is_tcp = pc.equal(protocol, "tcp")
    flags_out, flags_in = _flags(log, "tcp.tcp_flags_ts"), _flags(log, "tcp.tcp_flags_tc")
    start = log.time("flow.start", "timestamp")
    end = pc.max_element_wise(pc.coalesce(log.time("flow.end"), start), start)
    yield rows(
        "network_activity",
        log.numbers,
        {
            **ends(log, as_written=True),
            **_icmp(log),
            "start_time": start,
            "end_time": end,
            "duration_s": pc.divide(pc.subtract(end, start).cast(pa.float64()), 1e6),
            "protocol": protocol,
            "service": service(log.lower("app_proto")),
            "conn_state": _state(is_tcp, flags_out, flags_in, packets_in),
            "packets_out": packets_out,
            "packets_in": packets_in,
            "wire_bytes_out": wire_out,
            "wire_bytes_in": wire_in,
            "payload_bytes_out": _payload(log, is_tcp, wire_out, packets_out),
            "payload_bytes_in": _payload(log, is_tcp, wire_in, packets_in),
            "tcp_flags_out": flags_out,
            "tcp_flags_in": flags_in,
            "src_mac": log.lower("ether.src_mac"),
            "dst_mac": log.lower("ether.dest_mac"),
            "vlan": _outer(log.raw("vlan")),
            "is_fragment": pa.array([False] * len(log)),
            "tunnel_parent": pa.nulls(len(log), pa.string()),
        },
    )


def netflow(log: Columns) -> Iterable[Rows]:
    """One direction of a flow, as a row of its own: sent by its source, unanswered as far as known.

    Where the log holds ``flow`` events as well, these would count the same packets again.
    """
    protocol = words(log.lower("proto"), PROTOCOLS)
    packets, wire = natural(log.whole("netflow.pkts")), natural(log.whole("netflow.bytes"))
    start = log.time("netflow.start", "timestamp")
    end = pc.max_element_wise(pc.coalesce(log.time("netflow.end"), start), start)
    is_tcp = pc.equal(protocol, "tcp")
    yield rows(
        "network_activity",
        log.numbers,
        {
            **ends(log, as_written=True),
            **_icmp(log),
            "start_time": start,
            "end_time": end,
            "duration_s": pc.divide(pc.subtract(end, start).cast(pa.float64()), 1e6),
            "protocol": protocol,
            "service": service(log.lower("app_proto")),
            "packets_out": packets,
            "wire_bytes_out": wire,
            "payload_bytes_out": _payload(log, is_tcp, wire, packets),
            "ttl_min_out": _octet(log.whole("netflow.min_ttl")),
            "ttl_max_out": _octet(log.whole("netflow.max_ttl")),
            "tcp_flags_out": _flags(log, "tcp.tcp_flags"),
            "vlan": _outer(log.raw("vlan")),
            "is_fragment": pa.array([False] * len(log)),
        },
    )


def _payload(log: Columns, is_tcp: pa.Array, wire: pa.Array, packets: pa.Array) -> pa.Array:
    is_six = pc.fill_null(pc.match_substring(log.text("src_ip"), ":"), False)
    header = pc.add(pc.if_else(is_six, 40, 20), pc.if_else(is_tcp, _TCP, _UDP))
    headers = pc.multiply(packets, pc.add(header, _ETHERNET))
    return pc.max_element_wise(pc.subtract(wire, headers), 0, skip_nulls=False)


def _flags(log: Columns, name: str) -> pa.Array:
    """Flags that are written as two hexadecimal digits."""
    texts = log.lower(name).dictionary_encode()
    numbers = [_hexadecimal(w) for w in texts.dictionary.to_pylist()]
    return pa.array(numbers, pa.int64()).take(texts.indices)


def _hexadecimal(text: str | None) -> int | None:
    digits = frozenset("0123456789abcdef")
    return int(text, 16) if text and len(text) <= 2 and digits.issuperset(text) else None


def _state(is_tcp: pa.Array, out: pa.Array, back: pa.Array, packets_in: pa.Array) -> pa.Array:
    """Zeek's conn_state as far as flags and counts tell; NULL where they do not."""

    def has(flags: pa.Array, bits: int) -> pa.Array:
        return pc.fill_null(pc.equal(pc.bit_wise_and(flags, bits), bits), False)

    silent = pc.equal(packets_in, 0)
    accepted = has(back, _SYN | _ACK)
    tcp = pc.case_when(
        pc.make_struct(
            pc.and_(has(out, _SYN), silent),
            pc.and_(has(out, _SYN), pc.and_(has(back, _RST), pc.invert(accepted))),
            pc.and_(accepted, pc.and_(has(out, _FIN), has(back, _FIN))),
            pc.and_(accepted, has(out, _RST)),
            pc.and_(accepted, has(back, _RST)),
            accepted,
        ),
        "S0", "REJ", "SF", "RSTO", "RSTR", "S1", "OTH",
    )  # fmt: skip
    other = pc.if_else(silent, "S0", "SF")
    known = pc.or_(pc.invert(is_tcp), pc.is_valid(out))
    return pc.if_else(known, pc.if_else(is_tcp, tcp, other), pa.scalar(None, pa.string()))


def _icmp(log: Columns) -> dict[str, object]:
    """Type and code in the place of ports, where the event has them."""
    if "icmp_type" not in log or log.raw("icmp_type").null_count == len(log):
        return {}
    kind, code = _octet(log.whole("icmp_type")), _octet(log.whole("icmp_code"))
    return {
        "src_port": pc.coalesce(log.whole("src_port"), kind),
        "dst_port": pc.coalesce(log.whole("dest_port"), code),
    }


def _octet(numbers: pa.Array) -> pa.Array:
    fine = pc.and_(pc.greater_equal(numbers, 0), pc.less(numbers, 256))
    return pc.if_else(fine, numbers, pa.scalar(None, pa.int64()))


def _outer(vlans: pa.Array) -> pa.Array:
    if not pa.types.is_list(vlans.type):
        return pa.nulls(len(vlans), pa.int64())
    has = pc.fill_null(pc.greater(pc.list_value_length(vlans), 0), False)
    first = pc.list_element(pc.if_else(has, vlans, pa.scalar([None], vlans.type)), 0)
    fine = pc.and_(pc.greater_equal(first, 0), pc.less(first, 4096))
    return pc.if_else(fine, first, pa.scalar(None, pa.int64()))
