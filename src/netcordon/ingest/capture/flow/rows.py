"""Settled flows become rows of ``network_activity``: whole columns, no object per flow."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from netcordon.ingest.capture.addresses import address_text, mac_text, uid_text
from netcordon.ingest.capture.events import SERVICES
from netcordon.ingest.capture.flow.burst_rows import burst_columns
from netcordon.ingest.capture.flow.history import history_text
from netcordon.ingest.capture.flow.states import conn_state_text
from netcordon.ingest.capture.layout import Records
from netcordon.ingest.capture.packet.options import layout_text
from netcordon.ingest.capture.protocols import IP_PROTOCOL_NAMES
from netcordon.ingest.capture.words import words
from netcordon.tables.arrow import arrow_schema

Column: TypeAlias = NDArray[Any] | pa.Array

PROTOCOLS = pa.array([IP_PROTOCOL_NAMES.get(n, str(n)) for n in range(256)], pa.string())
"""Text of each IP protocol, as in the column `protocol`."""
_SERVICES = pa.array(SERVICES, pa.string())
_PATTERNS = pa.array(["zero", "constant", "incremental", "random"], pa.string())
_REPORTED = tuple(
    arrow_schema("network_activity").field(name)
    for name in ("exporter", "sampling_interval", "flow_records")
)
"""Columns of flows that devices report."""
_SMALLEST_ID_SAMPLE = 4
_CLEAR_SHARE = 0.8
"""Share of steps between identifications that must agree to name a pattern."""


def flow_columns(
    flows: Records, sides: Records, bursts: Records, layouts: NDArray[np.uint8]
) -> dict[str, Column]:
    """Columns of n flows that ``settle`` has gone through.

    Args:
        flows: FLOW records, n of them.
        sides: SIDE records, (n, 2).
        bursts: BURSTS records of the flows that have several bursts, in the same order.
        layouts: distinct TCP option layouts, as ``FlowTable.layouts``.
    """
    protocol = np.ascontiguousarray(flows["protocol"])
    start_us, end_us = flows["start_ns"] // 1000, flows["end_ns"] // 1000
    is_tcp = protocol == 6
    columns: dict[str, Column] = {
        "uid": uid_text(flows["uid"]),
        "start_time": start_us,
        "end_time": end_us,
        "duration_s": (end_us - start_us) / 1e6,
        "protocol": words(PROTOCOLS, protocol),
        "service": words(_SERVICES, flows["service"], flows["service"] == 0),
        "conn_state": conn_state_text(protocol, sides["state"][:, 0], sides["state"][:, 1]),
        "history": history_text(flows, is_tcp | (protocol == 17)),
        "src_mac": mac_text(flows["src_mac"]),
        "dst_mac": mac_text(flows["dst_mac"]),
        "vlan": pa.array(flows["vlan"], mask=flows["vlan"] < 0),
        "is_fragment": flows["is_fragment"] != 0,
        "tunnel_parent": uid_text(flows["parent"], flows["parent"] != 0),
        "first_frame": flows["first_frame"].copy(),
        "last_frame": flows["last_frame"].copy(),
        **burst_columns(flows, bursts),
    }
    for end in ("src", "dst"):
        hi, lo = flows[f"{end}_hi"].copy(), flows[f"{end}_lo"].copy()
        columns[f"{end}_ip"] = address_text(hi, lo)
        columns[f"{end}_ip_hi"] = hi
        columns[f"{end}_ip_lo"] = lo
        columns[f"{end}_port"] = flows[f"{end}_port"].astype(np.int32)
    texts = pa.array([layout_text(row) for row in layouts], pa.string())
    for direction, suffix in enumerate(("out", "in")):
        columns |= _side_columns(suffix, sides[:, direction], is_tcp, texts)
    for field in _REPORTED:
        columns[field.name] = pa.nulls(len(flows), field.type)
    return columns


def _side_columns(
    suffix: str, side: Records, is_tcp: NDArray[np.bool_], texts: pa.StringArray
) -> dict[str, Column]:
    is_silent = side["packets"] == 0
    has_no_flags = ~is_tcp | is_silent
    options = side["options"].copy()
    window = side["window"].copy()
    return {
        f"packets_{suffix}": side["packets"].copy(),
        f"payload_bytes_{suffix}": side["payload_bytes"].copy(),
        f"ip_bytes_{suffix}": side["ip_bytes"].copy(),
        f"wire_bytes_{suffix}": side["wire_bytes"].copy(),
        f"missed_bytes_{suffix}": side["missed"].copy(),
        f"ttl_min_{suffix}": pa.array(side["ttl_min"].astype(np.int32), mask=is_silent),
        f"ttl_max_{suffix}": pa.array(side["ttl_max"].astype(np.int32), mask=is_silent),
        f"ip_id_pattern_{suffix}": _id_pattern(side),
        f"tcp_flags_{suffix}": pa.array(side["flags"].astype(np.int32), mask=has_no_flags),
        f"window_{suffix}": pa.array(window, mask=window < 0),
        f"tcp_options_{suffix}": words(texts, options, options < 0),
    }


def _id_pattern(side: Records) -> pa.DictionaryArray:
    """How the sender chooses IPv4 identifications; NULL where too few were seen to tell."""
    seen = side["ids"].astype(np.int64)
    zero = side["ids_zero"].astype(np.int64)
    same = side["ids_same"].astype(np.int64)
    step = side["ids_step"].astype(np.int64)
    steps = same + step + side["ids_jump"]
    clear = np.ceil(_CLEAR_SHARE * steps)
    # A host that sends zero now and then (Linux on SYN-ACK and RST) is judged by its other packets.
    is_zero = (seen - zero <= 1) & (zero > 0)
    pattern = np.where(same >= clear, 1, np.where(step >= clear, 2, 3))
    pattern = np.where(is_zero, 0, pattern)
    is_unknown = (seen < _SMALLEST_ID_SAMPLE) | (~is_zero & (steps < 2))
    return words(_PATTERNS, pattern, is_unknown)
