"""Flows that are over become rows of ``network_activity``: whole columns, no object per flow."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from netcordon.ingest.capture.addresses import address_text, mac_text, uid_text
from netcordon.ingest.capture.events import SERVICES
from netcordon.ingest.capture.history import history_text
from netcordon.ingest.capture.layout import Records
from netcordon.ingest.capture.options import layout_text
from netcordon.ingest.capture.states import conn_state_text

_PROTOCOLS = pa.array(
    [{6: "tcp", 17: "udp", 1: "icmp", 58: "icmp6"}.get(n, str(n)) for n in range(256)], pa.string()
)
_SERVICES = pa.array([name or None for name in SERVICES], pa.string())
_PATTERNS = pa.array(["zero", "constant", "incremental", "random"], pa.string())
_SMALLEST_ID_SAMPLE = 4
_CLEAR_SHARE = 0.8
"""Share of steps between identifications that must agree to name a pattern."""


def flow_columns(
    flows: Records, sides: Records, layouts: NDArray[np.uint8]
) -> dict[str, NDArray[np.generic] | pa.Array]:
    """Columns of n flows, in the order of ``NETWORK_ACTIVITY.sort``.

    Args:
        flows: FLOW records, n of them.
        sides: SIDE records, (n, 2).
        layouts: distinct TCP option layouts, as ``FlowTable.layouts``.
    """
    order = _order(flows)
    flows, sides = flows[order], sides[order]
    turned = flows["flip"] != 0
    src = np.where(turned, 1, 0)
    rows = np.arange(len(flows))
    out, back = sides[rows, src], sides[rows, 1 - src]
    start_us, end_us = flows["start_ns"] // 1000, flows["end_ns"] // 1000
    is_tcp = flows["protocol"] == 6
    has_history = is_tcp | (flows["protocol"] == 17)
    columns: dict[str, NDArray[np.generic] | pa.Array] = {
        "uid": uid_text(flows["uid"]),
        "start_time": start_us,
        "end_time": end_us,
        "duration_s": (end_us - start_us) / 1e6,
        "protocol": _PROTOCOLS.take(pa.array(flows["protocol"])),
        "service": _SERVICES.take(pa.array(flows["service"])),
        "conn_state": conn_state_text(flows["protocol"], out["state"], back["state"]),
        "history": history_text(flows, has_history),
        "src_mac": mac_text(np.where(turned, flows["dst_mac"], flows["src_mac"])),
        "dst_mac": mac_text(np.where(turned, flows["src_mac"], flows["dst_mac"])),
        "vlan": pa.array(flows["vlan"], mask=flows["vlan"] < 0),
        "is_fragment": flows["is_fragment"] != 0,
        "tunnel_parent": pa.nulls(len(flows), pa.string()),
        "first_frame": flows["first_frame"],
        "last_frame": flows["last_frame"],
    }
    for name, end, other in (("src", "src", "dst"), ("dst", "dst", "src")):
        hi = np.where(turned, flows[f"{other}_hi"], flows[f"{end}_hi"])
        lo = np.where(turned, flows[f"{other}_lo"], flows[f"{end}_lo"])
        port = np.where(turned, flows[f"{other}_port"], flows[f"{end}_port"])
        columns[f"{name}_ip"] = address_text(hi, lo)
        columns[f"{name}_ip_hi"] = hi
        columns[f"{name}_ip_lo"] = lo
        columns[f"{name}_port"] = port.astype(np.int32)
    texts = pa.array([layout_text(row) for row in layouts], pa.string())
    for suffix, side in (("out", out), ("in", back)):
        columns |= _side_columns(suffix, side, is_tcp, texts)
    return columns


def missed_bytes(side: Records) -> NDArray[np.int64]:
    """TCP bytes proven missing: holes that were never filled, and bytes acknowledged but not seen.

    The octet that a FIN takes in the sequence space is not counted.
    """
    unseen = np.maximum(side["highest_ack"] - side["next"] - 1, 0)
    return np.where(side["packets"] > 0, side["missed"] + unseen, 0)


def _order(flows: Records) -> NDArray[np.int64]:
    """Order of ``NETWORK_ACTIVITY.sort``, by the ends as they will be written."""
    turned = flows["flip"] != 0
    keys = []
    for end, other in (("src", "dst"), ("dst", "src")):
        for part in ("hi", "lo"):
            keys.append(np.where(turned, flows[f"{other}_{part}"], flows[f"{end}_{part}"]))
    keys.append(np.where(turned, flows["src_port"], flows["dst_port"]))
    keys.append(flows["start_ns"] // 1000)
    keys.append(flows["first_frame"])
    return np.lexsort(keys[::-1])


def _side_columns(
    suffix: str, side: Records, is_tcp: NDArray[np.bool_], texts: pa.StringArray
) -> dict[str, NDArray[np.generic] | pa.Array]:
    is_silent = side["packets"] == 0
    no_options = side["options"] < 0
    return {
        f"packets_{suffix}": side["packets"],
        f"payload_bytes_{suffix}": side["payload_bytes"],
        f"ip_bytes_{suffix}": side["ip_bytes"],
        f"wire_bytes_{suffix}": side["wire_bytes"],
        f"missed_bytes_{suffix}": missed_bytes(side),
        f"ttl_min_{suffix}": pa.array(side["ttl_min"].astype(np.int32), mask=is_silent),
        f"ttl_max_{suffix}": pa.array(side["ttl_max"].astype(np.int32), mask=is_silent),
        f"ip_id_pattern_{suffix}": _id_pattern(side),
        f"tcp_flags_{suffix}": pa.array(side["flags"].astype(np.int32), mask=~is_tcp | is_silent),
        f"window_{suffix}": pa.array(side["window"], mask=side["window"] < 0),
        f"tcp_options_{suffix}": texts.take(pa.array(side["options"], mask=no_options)),
    }


def _id_pattern(side: Records) -> pa.StringArray:
    """How the sender chooses IPv4 identifications; NULL where too few were seen to tell."""
    seen = side["ids"].astype(np.int64)
    zero = side["ids_zero"].astype(np.int64)
    same = side["ids_same"].astype(np.int64)
    step = side["ids_step"].astype(np.int64)
    steps = same + step + side["ids_jump"]
    clear = np.ceil(_CLEAR_SHARE * steps)
    # A host that sends zero now and then (Linux on SYN-ACK and RST) is judged by its other packets.
    is_zero = seen - zero <= 1
    pattern = np.where(same >= clear, 1, np.where(step >= clear, 2, 3))
    pattern = np.where(is_zero & (zero > 0), 0, pattern)
    is_unknown = (seen < _SMALLEST_ID_SAMPLE) | (~is_zero & (steps < 2))
    return _PATTERNS.take(pa.array(pattern, mask=is_unknown))
