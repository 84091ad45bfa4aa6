"""DHCPv4 (RFC 2131) into `dhcp_activity` and identities, a chunk's messages at a time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from netcordon.ingest.capture.addresses import address_text
from netcordon.ingest.capture.application.datagram.within import within
from netcordon.ingest.capture.application.dhcp.options import Said, read_options, read_overloaded
from netcordon.ingest.capture.application.record.rows import ends_columns
from netcordon.ingest.capture.application.record.text import hardware_address
from netcordon.ingest.capture.application.stream.conversation import Context
from netcordon.ingest.capture.events import ORIG, chosen

Array = NDArray[Any]
_SERVER_PORT = 67
_COOKIE = np.array([0x63, 0x82, 0x53, 0x63], dtype=np.uint8)
_FIXED = 240
"""Octets of a message up to its options."""
_READ = np.r_[0:24, _FIXED - 4 : _FIXED]
"""Those of them that are looked at in columns."""
_MAPPED = np.uint64(0xFFFF << 32)


def read_messages(
    context: Context, buffer: NDArray[np.uint8], events: Array
) -> tuple[Array, NDArray[np.bool_]]:
    """Write the rows of the messages among datagrams between the ports of DHCP.

    Args:
        context: takes rows and identities.
        buffer: the block.
        events: ``EVENT`` rows of the datagrams.

    Returns:
        The events that are messages, and of each whether the flow's responder is the client.
    """
    events = within(buffer, events, _FIXED)
    fixed = buffer[events["offset"][:, None] + _READ]
    is_message = ((fixed[:, 0] == 1) | (fixed[:, 0] == 2)) & (fixed[:, -4:] == _COOKIE).all(axis=1)
    events, fixed = chosen(events, is_message), fixed[is_message]
    is_equal = events["src_port"] == events["dst_port"]
    by_sender = (events["direction"] == ORIG) != (fixed[:, 0] == 1)
    swap = np.where(is_equal, by_sender, events["src_port"] == _SERVER_PORT)
    if len(events):
        _write(context, buffer, events, fixed, swap)
    return events, swap


def _write(
    context: Context, buffer: NDArray[np.uint8], events: Array, fixed: Array, swap: Array
) -> None:
    view = memoryview(np.ascontiguousarray(buffer).data)
    starts = events["offset"].tolist()
    stops = (events["offset"] + events["length"]).tolist()
    said, kinds, kind = _all_said(view, starts, stops)
    macs = [
        hardware_address(bytes(view[start + 28 : start + 28 + size]))
        for start, size in zip(starts, np.minimum(fixed[:, 2], 16).tolist(), strict=True)
    ]
    client, offered, siaddr = (_numbers(fixed, at) for at in (12, 16, 20))
    requested = np.array([s.requested for s in said], dtype=np.uint64)
    named = np.array([-1 if s.server is None else s.server for s in said], dtype=np.int64)
    assigned = np.where(offered != 0, offered, np.where(requested != 0, requested, client))
    context.rows.add_columns(
        "dhcp_activity",
        {
            **ends_columns(events, swap),
            "transaction_id": _numbers(fixed, 4).astype(np.int64),
            "client_mac": [mac or None for mac in macs],
            "assigned_ip": _dotted(assigned),
            "server_ip": _dotted(np.where(named < 0, siaddr, named.astype(np.uint64))),
            **_options(kinds, kind),
        },
    )
    _say(context, events, fixed[:, 0], said, macs, client, offered)


def _all_said(
    view: memoryview, starts: list[int], stops: list[int]
) -> tuple[list[Said], list[Said], list[int]]:
    """What each message says, the different ones among them, and which of these each is."""
    places: dict[bytes, int] = {}
    kinds: list[Said] = []
    kind = []
    for start, stop in zip(starts, stops, strict=True):
        block = bytes(view[start + _FIXED : stop])
        place = places.get(block)
        if place is None:
            place = len(kinds)
            said = read_options(block)
            if said.overload:
                said = read_overloaded(block, bytes(view[start + 44 : start + 236]))
            else:
                places[block] = place
            kinds.append(said)
        kind.append(place)
    return [kinds[place] for place in kind], kinds, kind


def _options(kinds: list[Said], kind: list[int]) -> dict[str, object]:
    place, names, lists = pa.array(kind, pa.int64()), pa.string(), pa.list_(pa.string())
    columns = {
        "message_type": pa.array([s.type for s in kinds], names),
        "host_name": pa.array([s.host for s in kinds], names),
        "fqdn": pa.array([s.fqdn for s in kinds], names),
        "vendor_class": pa.array([s.vendor for s in kinds], names),
        "routers": pa.array([s.routers for s in kinds], lists),
        "dns_servers": pa.array([s.dns_servers for s in kinds], lists),
        "domain": pa.array([s.domain for s in kinds], names),
        "lease_s": pa.array([s.lease_s for s in kinds], pa.int64()),
    }
    return {name: column.take(place) for name, column in columns.items()}


def _say(
    context: Context, events: Array, operation: Array, said: list[Said], macs: list[str],
    client: Array, offered: Array,
) -> None:  # fmt: skip
    # What a client asks for is its own only once the server says so; a request in use is (ciaddr).
    for op, words, mac, used, given, time_ns, frame in zip(
        operation.tolist(), said, macs, client.tolist(), offered.tolist(),
        events["time_ns"].tolist(), events["frame"].tolist(), strict=True,
    ):  # fmt: skip
        is_granted = words.type == "ACK"
        if op != 1 and not is_granted:
            continue
        own = used or (given if is_granted else None)
        context.identities.say(
            "dhcp",
            time_ns,
            frame,
            ip=None if own is None else (0, 0xFFFF << 32 | own),
            mac=mac,
            host_name=words.short_name,
            domain=words.own_domain if op == 1 else words.domain or "",
            os_hint=words.vendor or "",
        )


def _numbers(fixed: Array, at: int) -> NDArray[np.uint64]:
    """Big-endian 32-bit field of each message."""
    return np.ascontiguousarray(fixed[:, at : at + 4]).view(">u4")[:, 0].astype(np.uint64)


def _dotted(addresses: NDArray[np.uint64]) -> pa.Array:
    """Text of IPv4 addresses; NULL for 0.0.0.0."""
    texts = address_text(np.zeros(len(addresses), dtype=np.uint64), addresses | _MAPPED)
    return pc.if_else(pa.array(addresses != 0), texts, pa.scalar(None, pa.string()))
