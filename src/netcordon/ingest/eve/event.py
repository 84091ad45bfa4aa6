"""What every event shares: time, flow, ends the right way round."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from netcordon.ingest.text.columns import Columns
from netcordon.ingest.text.shaping import port

PROTOCOLS = {
    "ipv6-icmp": "icmp6", "icmpv6": "icmp6", "ip-in-ip": "ipip", "ipv6": "ipv6",
}  # fmt: skip

SERVICES = {
    "krb5": "kerberos", "dcerpc": "dcerpc", "ikev2": "ike", "bittorrent-dht": "bittorrent",
    "rfb": "vnc", "pgsql": "postgresql", "ftp-data": "ftp-data", "enip": "enip",
    "http1": "http", "doh2": "http2",
}  # fmt: skip
"""Suricata's ``app_proto`` -> the tables' name."""

_NAMELESS = frozenset(("failed", "unknown", ""))


def flow_uid(log: Columns) -> pa.Array:
    """``flow_id`` as it stands in the log."""
    return log.whole("flow_id").cast(pa.string())


def backwards(log: Columns) -> pa.Array:
    """Where source and destination of the event are responder and initiator.

    An alert says so itself (``direction``, or the ends of its flow); of other events, Suricata
    writes some with the ends of the packet that completed them: a known server port tells.
    """
    src, dst = log.whole("src_port"), log.whole("dest_port")
    to_client = pc.equal(log.text("direction"), "to_client")
    by_flow = pc.and_(
        pc.equal(log.text("flow.src_ip"), log.text("dest_ip")),
        pc.and_(pc.equal(log.whole("flow.src_port"), dst), pc.not_equal(src, dst)),
    )
    told = pc.coalesce(to_client, pc.if_else(pc.is_valid(log.text("flow.src_ip")), by_flow, None))
    served = pc.and_(pc.less(src, 1024), pc.greater_equal(dst, 1024))
    served = pc.or_(served, pc.and_(pc.equal(src, 67), pc.equal(dst, 68)))
    return pc.fill_null(pc.coalesce(told, served), False)


def ends(log: Columns, *, as_written: bool = False) -> dict[str, object]:
    """The columns ``uid`` and those of initiator and responder."""
    swap = pa.array([False] * len(log)) if as_written else backwards(log)
    src, dst = log.address("src_ip"), log.address("dest_ip")
    src_port, dst_port = port(log.whole("src_port")), port(log.whole("dest_port"))
    return {
        "uid": flow_uid(log),
        "src_ip": pc.if_else(swap, dst.text, src.text),
        "src_ip_hi": pc.if_else(swap, dst.hi, src.hi),
        "src_ip_lo": pc.if_else(swap, dst.lo, src.lo),
        "src_port": pc.if_else(swap, dst_port, src_port),
        "dst_ip": pc.if_else(swap, src.text, dst.text),
        "dst_ip_hi": pc.if_else(swap, src.hi, dst.hi),
        "dst_ip_lo": pc.if_else(swap, src.lo, dst.lo),
        "dst_port": pc.if_else(swap, src_port, dst_port),
    }


def service(texts: pa.Array) -> pa.Array:
    """The tables' name of ``app_proto``; NULL where Suricata recognised none."""
    dictionary = texts.dictionary_encode()
    told = [
        None if w is None or w in _NAMELESS else SERVICES.get(w, w)
        for w in dictionary.dictionary.to_pylist()
    ]
    return pa.array(told, pa.string()).take(dictionary.indices)
