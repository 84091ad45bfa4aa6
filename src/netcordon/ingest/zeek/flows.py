"""``conn.log``: flows. Zeek's uid, conn_state and history stand as they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce
from operator import or_

import pyarrow as pa
import pyarrow.compute as pc

from netcordon.ingest.text.columns import Columns
from netcordon.ingest.text.rows import Rows, rows
from netcordon.ingest.text.shaping import first, natural, small, words
from netcordon.ingest.zeek.ends import ends

_SERVICES = {
    "ssl": "tls", "krb": "kerberos", "krb_tcp": "kerberos", "krb_udp": "kerberos",
    "dce_rpc": "dcerpc", "ldap_tcp": "ldap", "ldap_udp": "cldap", "pop3": "pop3", "postgresql":
    "postgresql", "dnp3_tcp": "dnp3", "ftp-data": "ftp-data", "gssapi": "gssapi", "ntp": "ntp",
}  # fmt: skip
_BELOW = ("quic", "http", "smb", "dcerpc", "ldap", "kerberos", "smtp", "ftp", "imap", "tls")
"""Of several services of a flow, the one it is named after; those before matter more."""

_FIN, _SYN, _RST, _ACK = 1, 2, 4, 16
_LETTERS = {"s": _SYN, "h": _SYN | _ACK, "a": _ACK, "d": _ACK, "f": _FIN | _ACK, "r": _RST}


def conn(log: Columns) -> Iterable[Rows]:
    """Rows of ``network_activity``.

    ``payload_bytes`` is what Zeek counts by sequence numbers, held to what the packets had room
    for. TCP flags are those that the history's letters show.
    """
    start = log.time("ts")
    duration = log.number("duration")
    protocol = log.lower("proto")
    history = log.text("history")
    counts = {
        "packets_out": natural(log.whole("orig_pkts")),
        "packets_in": natural(log.whole("resp_pkts")),
        "ip_bytes_out": natural(log.whole("orig_ip_bytes")),
        "ip_bytes_in": natural(log.whole("resp_ip_bytes")),
    }
    known = pc.and_(pc.greater_equal(duration, 0), pc.less(duration, 1e9))
    duration = pc.if_else(known, duration, pa.scalar(None, pa.float64()))
    length = pc.round(pc.multiply(pc.fill_null(duration, 0.0), 1e6)).cast(pa.int64())
    is_tcp = pc.equal(protocol, "tcp")
    yield rows(
        "network_activity",
        log.numbers,
        {
            **ends(log),
            "start_time": start,
            "end_time": pc.add(start, length),
            "duration_s": pc.fill_null(duration, 0.0),
            "protocol": _protocol(protocol, log),
            "service": service(log.lower("service")),
            "conn_state": log.text("conn_state"),
            "history": history,
            **counts,
            "payload_bytes_out": _payload(log, counts, "orig_bytes", "out", "D"),
            "payload_bytes_in": _payload(log, counts, "resp_bytes", "in", "d"),
            "tcp_flags_out": _flags(history, is_tcp, str.upper),
            "tcp_flags_in": _flags(history, is_tcp, str.lower),
            "src_mac": log.lower("orig_l2_addr"),
            "dst_mac": log.lower("resp_l2_addr"),
            "vlan": small(log.whole("vlan")),
            "is_fragment": pa.array([False] * len(log)),
            "tunnel_parent": first(log.texts("tunnel_parents")),
        },
    )


def service(texts: pa.Array) -> pa.Array:
    """The tables' name of what Zeek calls a service, one of a list."""
    dictionary = texts.dictionary_encode()
    told = [_service(w) for w in dictionary.dictionary.to_pylist()]
    return pa.array(told, pa.string()).take(dictionary.indices)


def _service(text: str | None) -> str | None:
    if not text:
        return None
    names = [_SERVICES.get(name, name) for name in text.replace("-", "").split(",")]
    return next((name for name in _BELOW if name in names), names[0])


def _protocol(protocol: pa.Array, log: Columns) -> pa.Array:
    is_six = pc.match_substring(log.text("id.orig_h"), ":")
    is_icmp6 = pc.and_(pc.equal(protocol, "icmp"), is_six)
    named = pc.if_else(pc.fill_null(is_icmp6, False), "icmp6", protocol)
    return words(named, {"unknown_transport": "unknown"})


def _payload(
    log: Columns, counts: dict[str, pa.Array], name: str, direction: str, letter: str
) -> pa.Array:
    """Payload octets of one direction; NULL where neither count nor packets tell."""
    told = natural(log.whole(name))
    packets, octets = counts[f"packets_{direction}"], counts[f"ip_bytes_{direction}"]
    is_six = pc.fill_null(pc.match_substring(log.text("id.orig_h"), ":"), False)
    ip_header = pc.if_else(is_six, 40, 20)
    is_tcp = pc.equal(log.lower("proto"), "tcp")
    header = pc.add(ip_header, pc.if_else(is_tcp, 20, 8))
    room = pc.max_element_wise(
        pc.subtract(octets, pc.multiply(packets, header)), 0, skip_nulls=False
    )
    told = pc.if_else(pc.fill_null(pc.less(room, told), False), room, told)
    silent = pc.and_(is_tcp, pc.invert(pc.match_substring(log.text("history"), letter)))
    guess = pc.if_else(is_tcp, pc.if_else(pc.fill_null(silent, False), 0, None), room)
    return pc.coalesce(told, guess)


def _flags(history: pa.Array, is_tcp: pa.Array, case: Callable[[str], str]) -> pa.Array:
    """TCP flags that the letters of one side show; few histories are different."""
    words = history.dictionary_encode()
    bits = [_seen(text, case) for text in words.dictionary.to_pylist()]
    found = pa.array(bits, pa.int64()).take(words.indices)
    return pc.if_else(is_tcp, found, pa.scalar(None, pa.int64()))


def _seen(text: str | None, case: Callable[[str], str]) -> int | None:
    if text is None:
        return None
    return reduce(or_, (bits for letter, bits in _LETTERS.items() if case(letter) in text), 0)
