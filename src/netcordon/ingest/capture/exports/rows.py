"""Reported flows as columns of ``network_activity``."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from netcordon.ingest.capture.addresses import address_text, mac_text, uid_text
from netcordon.ingest.capture.compiled import kernel
from netcordon.ingest.capture.exports.records import DROPPED, UNKNOWN
from netcordon.ingest.capture.flow.rows import PROTOCOLS
from netcordon.ingest.capture.hashing import mix
from netcordon.ingest.capture.layout import ACK, FIN, RST, SYN, Records
from netcordon.ingest.capture.words import words
from netcordon.tables.arrow import arrow_schema

_STATES = pa.array(("S0", "REJ", "SF", "RSTO", "RSTR", "S1", "OTH"))
_S0, _REJ, _SF, _RSTO, _RSTR, _S1, _OTH = range(7)
_TOLD = (UNKNOWN, UNKNOWN, _S0, _S0, _S1, _RSTO, _SF)
"""State by outcome, where that is all there is."""
_IPV6_MORE = 20
_TCP_HEADERS, _SYN_OPTIONS, _OTHER_HEADERS = 52, 8, 28
"""Least octets of a packet that are no payload: IPv4 and TCP with time stamps, a SYN's further
options; IPv4 and UDP or ICMP."""
_MAPPED = np.uint64(0xFFFF)
_SALT = 0x666C6F77
_LATEST_US = 7_258_118_400_000_000


def flow_columns(flows: Records, exporters: Sequence[str]) -> dict[str, object]:
    """Every stored column for n flows.

    Payload is what is left of the octets beyond the headers that so many packets have: an
    estimate from below. Where packets are not counted, it is all octets.

    Args:
        flows: ``EXPORTED``, the initiator first.
        exporters: name of each exporter, by number.
    """
    count = len(flows)
    start = np.clip(flows["start_us"], 0, _LATEST_US)
    end = np.clip(flows["end_us"], start, _LATEST_US)
    outcome, protocol = flows["outcome"], flows["protocol"]
    columns: dict[str, object] = {
        "uid": uid_text(_uids(flows, exporters)),
        "start_time": start,
        "end_time": end,
        "duration_s": (end - start) / 1e6,
        "protocol": words(PROTOCOLS, protocol),
        "conn_state": _states(flows),
        "src_mac": mac_text(flows["src_mac"]),
        "dst_mac": mac_text(flows["dst_mac"]),
        "vlan": _known(flows["vlan"]),
        "is_fragment": np.zeros(count, dtype=np.bool_),
        "first_frame": flows["frame"].copy(),
        "exporter": words(pa.array(list(exporters), pa.string()), flows["exporter"]),
        "sampling_interval": pa.array(flows["sampling"].copy(), mask=flows["sampling"] == 0),
        "flow_records": flows["records"].astype(np.int64),
    }
    is_dropped = outcome == DROPPED
    for end_name in ("src", "dst"):
        hi, lo = flows[f"{end_name}_hi"].copy(), flows[f"{end_name}_lo"].copy()
        columns[f"{end_name}_ip"] = address_text(hi, lo)
        columns[f"{end_name}_ip_hi"], columns[f"{end_name}_ip_lo"] = hi, lo
        columns[f"{end_name}_port"] = _known(flows[f"{end_name}_port"])
    for way in ("out", "in"):
        packets, octets = flows[f"packets_{way}"].copy(), flows[f"octets_{way}"].copy()
        if way == "in":
            packets[is_dropped & (packets == UNKNOWN)] = 0
            octets[is_dropped & (octets == UNKNOWN)] = 0
        packets[(packets == 0) & (octets > 0)] = UNKNOWN
        columns[f"packets_{way}"] = _known(packets)
        columns[f"ip_bytes_{way}"] = _known(octets)
        columns[f"payload_bytes_{way}"] = _payload(flows, packets, octets, flows[f"flags_{way}"])
        columns[f"tcp_flags_{way}"] = _known(flows[f"flags_{way}"])
    for field in arrow_schema("network_activity"):
        columns.setdefault(field.name, pa.nulls(count, field.type))
    return columns


def _known(values: NDArray[Any]) -> pa.Array:
    values = np.ascontiguousarray(values)
    return pa.array(values, mask=values == UNKNOWN)


def _payload(
    flows: Records, packets: NDArray[Any], octets: NDArray[Any], flags: NDArray[Any]
) -> pa.Array:
    """Octets beyond the headers; all of them where packets are not counted."""
    is_tcp = flows["protocol"] == 6
    is_six = (flows["src_hi"] != 0) | (flows["src_lo"] >> np.uint64(32) != _MAPPED)
    each = np.where(is_tcp, _TCP_HEADERS, _OTHER_HEADERS) + np.where(is_six, _IPV6_MORE, 0)
    has_syn = is_tcp & (flags != UNKNOWN) & (flags & SYN != 0)
    headers = np.clip(packets, 0, 1 << 40) * each + np.where(has_syn, _SYN_OPTIONS, 0)
    return pa.array(np.maximum(octets - headers, 0), mask=octets == UNKNOWN)


def _states(flows: Records) -> pa.DictionaryArray:
    """Zeek's conn_state as far as flags and counts tell; NULL where they do not."""
    out, back = flows["flags_out"], flows["flags_in"]
    out, back = np.where(out == UNKNOWN, 0, out), np.where(back == UNKNOWN, 0, back)
    is_tcp = flows["protocol"] == 6
    packets, octets = flows["packets_in"], flows["octets_in"]
    has_in = (packets > 0) | (octets > 0)
    has_out = (flows["packets_out"] > 0) | (flows["octets_out"] > 0)
    is_counted = (packets >= 0) | (octets >= 0)
    accepted = (out & SYN != 0) & (back & (SYN | ACK) == SYN | ACK)
    asked = out & SYN != 0
    tcp = np.select(
        [
            accepted & (out & FIN != 0) & (back & FIN != 0),
            accepted & (out & RST != 0),
            accepted & (back & RST != 0),
            accepted,
            asked & has_in & (back & RST != 0),
            asked & ~has_in & (out & ACK == 0),
        ],
        [_SF, _RSTO, _RSTR, _S1, _REJ, _S0],
        _OTH,
    )
    other = np.where(has_in, _SF, _S0)
    state = np.where(is_tcp, tcp, other)
    is_known = np.where(is_tcp, flows["flags_out"] != UNKNOWN, has_out & is_counted)
    outcome = flows["outcome"]
    told = np.array(_TOLD, dtype=np.int64)[np.minimum(outcome, len(_TOLD) - 1)]
    is_told = (told >= 0) & ((outcome == DROPPED) | ~is_known)
    return words(_STATES, np.where(is_told, told, state), ~(is_known | is_told))


def _uids(flows: Records, exporters: Sequence[str]) -> NDArray[np.uint64]:
    """Ids that rest on names, for the numbers of exporters differ between processes."""
    hashes = [blake2b(name.encode(), digest_size=8).digest() for name in exporters]
    names = np.frombuffer(bytearray(b"".join(hashes)), dtype=np.uint64)
    uids = np.empty(len(flows), dtype=np.uint64)
    _write_uids(flows, names, uids)
    return uids


@kernel
def _write_uids(flows: Records, names: NDArray[np.uint64], uids: NDArray[np.uint64]) -> None:
    for i in range(len(flows)):
        flow = flows[i]
        found = mix(flow.src_hi ^ mix(flow.src_lo ^ np.uint64(_SALT)))
        found = mix(found ^ flow.dst_hi ^ mix(flow.dst_lo ^ np.uint64(flow.protocol)))
        found = mix(found ^ np.uint64(flow.src_port << 32 | flow.dst_port & 0xFFFFFFFF))
        found = mix(found ^ np.uint64(flow.start_us) ^ mix(np.uint64(flow.frame)))
        uids[i] = mix(found ^ (names[flow.exporter] if flow.exporter < len(names) else found))
