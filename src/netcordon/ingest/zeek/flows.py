"""``conn.log``: flows. Zeek's uid, conn_state and history stand as they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce
from operator import or_

import pyarrow as pa
import pyarrow.compute as pc

from netcordon.ingest.text.columns import Columns
from netcordon.ingest.text.rows import Rows, rows
from netcordon.ingest.text.shaping import each, first, lowered, natural, renamed, small
from netcordon.ingest.zeek.ends import ends

_SERVICES = {
    "ssl": "tls", "krb": "kerberos", "krb_tcp": "kerberos", "krb_udp": "kerberos",
    "dce_rpc": "dcerpc", "ldap_tcp": "ldap", "ldap_udp": "cldap", "pop3": "pop3", "postgresql":
    "postgresql", "dnp3_tcp": "dnp3", "ftp-data": "ftp-data", "gssapi": "gssapi", "ntp": "ntp",
}  # fmt: skip
_BELOW = ("quic", "http", "smb", "dcerpc", "ldap", "kerberos", "smtp", "ftp", "imap", "tls")
"""Of several services of a flow, the one it is named after; those before matter more."""

_PROTOCOLS = {"unknown_transport": "unknown"}
_FIN, _SYN, _RST, _ACK = 1, 2, 4, 16
_LETTERS = {"s": _SYN, "h": _SYN | _ACK, "a": _ACK, "d": _ACK, "f": _FIN | _ACK, "r": _RST}


def conn(log: Columns) -> Iterable[Rows]:
    """Rows of ``network_activity``.

    ``payload_bytes`` is what Zeek counts by sequence numbers, held to what the packets had room
    for. TCP flags are those that the history's letters show.
    """
    start = log.time("ts")
    duration = log.number("duration")
    protocol = lowered(log.words("proto"))
    history = log.words("history")
    counts = {
        "packets_out": natural(log.whole("orig_pkts")),
        "packets_in": natural(log.whole("resp_pkts")),
        "ip_bytes_out": natural(log.whole("orig_ip_bytes")),
        "ip_bytes_in": natural(log.whole("resp_ip_bytes")),
    }
    known = pc.and_(pc.greater_equal(duration, 0), pc.less(duration, 1e9))
    duration = pc.if_else(known, duration, pa.scalar(None, pa.float64()))
    length = pc.round(pc.multiply(pc.fill_null(duration, 0.0), 1e6)).cast(pa.int64())
    is_tcp = each(protocol, "tcp".__eq__, pa.bool_())
    is_six = each(log.words("id.orig_h"), lambda ip: ":" in ip, pa.bool_())
    header = pc.add(pc.if_else(pc.fill_null(is_six, False), 40, 20), pc.if_else(is_tcp, 20, 8))

    def payload(name: str, direction: str, letter: str) -> pa.Array:
        packets, octets = counts[f"packets_{direction}"], counts[f"ip_bytes_{direction}"]
        room = pc.subtract(octets, pc.multiply(packets, header))
        is_heard = each(history, lambda letters: letter in letters, pa.bool_())
        return _payload(natural(log.whole(name)), room, is_tcp, is_heard)

    yield rows(
        "network_activity",
        log.numbers,
        {
            **ends(log),
            "start_time": start,
            "end_time": pc.add(start, length),
            "duration_s": pc.fill_null(duration, 0.0),
            "protocol": _protocol(protocol, is_six),
            "service": renamed(lowered(log.words("service")), _service),
            "conn_state": log.words("conn_state"),
            "history": history,
            **counts,
            "payload_bytes_out": payload("orig_bytes", "out", "D"),
            "payload_bytes_in": payload("resp_bytes", "in", "d"),
            "tcp_flags_out": _flags(history, is_tcp, str.upper),
            "tcp_flags_in": _flags(history, is_tcp, str.lower),
            "src_mac": lowered(log.words("orig_l2_addr")),
            "dst_mac": lowered(log.words("resp_l2_addr")),
            "vlan": small(log.whole("vlan")),
            "is_fragment": pa.array([False] * len(log)),
            "tunnel_parent": first(log.texts("tunnel_parents")),
        },
    )


def _service(text: str) -> str | None:
    if not text:
        return None
    names = [_SERVICES.get(name, name) for name in text.replace("-", "").split(",")]
    return next((name for name in _BELOW if name in names), names[0])


def _protocol(protocol: pa.DictionaryArray, is_six: pa.Array) -> pa.Array:
    named = renamed(protocol, lambda name: _PROTOCOLS.get(name, name))
    is_icmp6 = pc.and_(each(protocol, "icmp".__eq__, pa.bool_()), is_six)
    if not pc.any(is_icmp6).as_py():
        return named
    return pc.if_else(pc.fill_null(is_icmp6, False), "icmp6", named.cast(pa.string()))


def _payload(told: pa.Array, room: pa.Array, is_tcp: pa.Array, is_heard: pa.Array) -> pa.Array:
    """Payload octets of one direction; NULL where neither count nor packets tell.

    Args:
        told: what Zeek counts.
        room: octets of the packets beyond their headers.
        is_tcp: of the flow.
        is_heard: whether the history holds a packet with payload.
    """
    room = pc.max_element_wise(room, 0, skip_nulls=False)
    told = pc.if_else(pc.fill_null(pc.less(room, told), False), room, told)
    if not told.null_count:
        return told
    silent = pc.and_(is_tcp, pc.invert(is_heard))
    guess = pc.if_else(is_tcp, pc.if_else(pc.fill_null(silent, False), 0, None), room)
    return pc.coalesce(told, guess)


def _flags(history: pa.DictionaryArray, is_tcp: pa.Array, case: Callable[[str], str]) -> pa.Array:
    """TCP flags that the letters of one side show."""
    found = each(history, lambda text: _seen(text, case), pa.int64())
    return pc.if_else(is_tcp, found, pa.scalar(None, pa.int64()))


def _seen(text: str, case: Callable[[str], str]) -> int:
    return reduce(or_, (bits for letter, bits in _LETTERS.items() if case(letter) in text), 0)
