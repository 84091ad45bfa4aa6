"""Parsed packets become rows of ``packet``: whole columns, no object per packet.

Each packet of a frame is a row: that of the frame, and behind it those that it carries in tunnels.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from netcordon.ingest.capture.addresses import address_text, mac_text
from netcordon.ingest.capture.container.stretches import Part
from netcordon.ingest.capture.flow.rows import PROTOCOLS, Column
from netcordon.ingest.capture.layout import INSIDE, Octets, Records
from netcordon.ingest.capture.packet import verdicts
from netcordon.ingest.capture.words import words

_WITH_PORTS = (6, 17)
_ICMP = (1, 58)
_NO_PORT = -1


def packets_of(part: Part, picked: NDArray[np.int64]) -> tuple[Records, NDArray[np.int64]]:
    """The packets of picked frames, frame by frame, the outer ones first.

    Args:
        part: frames read again.
        picked: places in ``part.frames``, rising.

    Returns:
        PACKET records, and the number of the frame of each.
    """
    found, owners = [picked], [picked]
    while len(found[-1]):
        following = part.packets["next"][found[-1]]
        is_inner = (following >= len(part.frames)) & (following < len(part.packets))
        owners.append(owners[-1][is_inner])
        found.append(following[is_inner].astype(np.int64))
    owner = np.concatenate(owners)
    order = np.argsort(owner, kind="stable")
    return part.packets.take(np.concatenate(found)[order]), part.first_frame + owner[order]


def packet_columns(
    block: Octets, packets: Records, frames: NDArray[np.int64], uids: pa.StringArray
) -> dict[str, Column]:
    """Columns of n packets.

    Args:
        block: octets they refer to.
        packets: PACKET records, n of them.
        frames: number of the frame of each.
        uids: of the flow of each, NULL where it is not known.
    """
    verdict = packets["verdict"]
    is_ip = verdict == verdicts.IP
    no_ip, no_tcp = ~is_ip, ~(is_ip & (packets["has_tcp"] != 0))
    times = packets["time_ns"].astype(np.int64)
    columns: dict[str, Column] = {
        "time": times // 1000,
        "time_ns": times,
        "frame": frames,
        "uid": uids,
        "protocol": words(PROTOCOLS, packets["protocol"], no_ip),
        "wire_bytes": packets["wire_length"].astype(np.int64),
        "captured_bytes": packets["end"].astype(np.int64) - packets["offset"],
        "payload_bytes": _nullable(packets["payload_length"], np.int64, no_ip),
        "ttl": _nullable(packets["ttl"], np.int32, no_ip),
        "ip_id": _nullable(packets["ip_id"], np.int32, no_ip | (packets["ip_id"] < 0)),
        "tcp_flags": _nullable(packets["tcp_flags"], np.int32, no_tcp),
        "tcp_seq": _nullable(packets["sequence"], np.int64, no_tcp),
        "tcp_ack": _nullable(packets["acknowledgment"], np.int64, no_tcp),
        "window": _nullable(packets["window"], np.int32, no_tcp),
        "src_mac": mac_text(packets["src_mac"].copy()),
        "dst_mac": mac_text(packets["dst_mac"].copy()),
        "vlan": _nullable(packets["vlan"], np.int32, packets["vlan"] < 0),
        "not_decoded": pa.array(
            [None if v in (verdicts.IP, verdicts.ARP) else verdicts.reason(v) for v in verdict],
            pa.string(),
        ),
    }
    is_turned = packets["is_reply"] != 0
    for end, other in (("src", "dst"), ("dst", "src")):
        hi = np.where(is_turned, packets[f"{other}_hi"], packets[f"{end}_hi"])
        lo = np.where(is_turned, packets[f"{other}_lo"], packets[f"{end}_lo"])
        text = address_text(hi, lo)
        columns[f"{end}_ip"] = pa.compute.if_else(pa.array(is_ip), text, pa.scalar(None))
        columns[f"{end}_ip_hi"] = _nullable(hi, np.uint64, no_ip)
        columns[f"{end}_ip_lo"] = _nullable(lo, np.uint64, no_ip)
    for end, ports in zip(("src", "dst"), _ports(block, packets, is_ip), strict=True):
        columns[f"{end}_port"] = _nullable(ports, np.int32, ports == _NO_PORT)
    return columns


def inside_previous(packets: Records) -> NDArray[np.bool_]:
    """Which packets, in the order of ``packets_of``, the one before carries."""
    return np.asarray(packets["relation"] == INSIDE)


def _ports(
    block: Octets, packets: Records, is_ip: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Ports, or type and code of ICMP as they were sent; ``_NO_PORT`` where there are none."""
    protocol, at = packets["protocol"], packets["transport"].astype(np.int64)
    is_first = is_ip & (packets["is_later_fragment"] == 0)
    end = np.minimum(packets["end"].astype(np.int64), len(block))
    has_ports = is_first & np.isin(protocol, _WITH_PORTS) & (at + 4 <= end)
    has_kind = is_first & np.isin(protocol, _ICMP) & (at + 2 <= end)
    # The record of an ICMP reply holds the type of its request, by which the flow is found.
    kind = block[np.where(has_kind, at, 0)].astype(np.int64) if len(block) else at
    src_port, dst_port = (packets[f"{end}_port"].astype(np.int64) for end in ("src", "dst"))
    src = np.where(has_kind, kind, np.where(has_ports, src_port, _NO_PORT))
    return src, np.where(has_kind | has_ports, dst_port, _NO_PORT)


def _nullable(values: NDArray[np.generic], kind: type, is_null: NDArray[np.bool_]) -> pa.Array:
    return pa.array(values.astype(kind), mask=np.asarray(is_null))
