"""The first datagrams of a UDP flow against every protocol, the surest first."""

from __future__ import annotations

import numpy as np

from netcordon.ingest.capture.compiled import subkernel
from netcordon.ingest.capture.events import SERVICES
from netcordon.ingest.capture.layout import Octets, Record
from netcordon.ingest.capture.octets import be32, be64, u8, wide
from netcordon.ingest.capture.recognise.agreement import agreed_service
from netcordon.ingest.capture.recognise.device import device_service
from netcordon.ingest.capture.recognise.directory import directory_service
from netcordon.ingest.capture.recognise.export import export_service
from netcordon.ingest.capture.recognise.names import is_name_header, name_service
from netcordon.ingest.capture.recognise.peer import peer_service
from netcordon.ingest.capture.recognise.realtime import realtime_service
from netcordon.ingest.capture.recognise.secure import secure_service
from netcordon.ingest.capture.recognise.telling import service_by_port
from netcordon.ingest.capture.recognise.text import framed_text_service, text_service
from netcordon.ingest.capture.recognise.tunnel import tunnel_service

MOST_TRIED = 12
"""Datagrams of a direction that are looked at."""
_STUN, _RTCP = SERVICES.index("stun"), SERVICES.index("rtcp")


@subkernel
def may_be_renamed(service: int) -> bool:
    """Whether a flow is not named yet, or only by what opened the way for something else."""
    return service in (0, _STUN, _RTCP)


@subkernel
def recognise_datagram(data: Octets, packet: Record, flow: Record, me: Record, peer: Record) -> int:
    """The service that a datagram and the ones before it prove, or 0.

    Args:
        data: the block.
        packet: the datagram; at least one octet of payload is captured.
        flow: its flow.
        me: side of the flow that sent it; remembers its head.
        peer: the other side.
    """
    at, size = wide(packet.payload), wide(packet.payload_captured)
    wire = wide(packet.payload_length)
    expected = service_by_port(flow)
    found = 0
    if expected == 0 or not is_name_header(data, at, size):
        found = _by_structure(data, at, size, wire, flow)
        if found == 0:
            found = agreed_service(data, at, size, wire, flow, me, peer)
    _remember(data, at, size, wire, me)
    return found


@subkernel
def _by_structure(data: Octets, at: int, size: int, wire: int, flow: Record) -> int:
    first = u8(data, at)
    found = 0
    if 0x20 <= first < 0x7F:
        found = text_service(data, at, size, flow)
    if found == 0 and first == 0:
        found = export_service(data, at, size, wire)
    if found == 0:
        found = peer_service(data, at, size, wire)
    if found == 0:
        found = realtime_service(data, at, size, wire)
    if found == 0:
        found = secure_service(data, at, size, wire, flow)
    if found == 0:
        found = directory_service(data, at, size, wire, flow)
    if found == 0:
        found = framed_text_service(data, at, size)
    if found == 0:
        found = device_service(data, at, size, wire, flow)
    if found == 0:
        found = tunnel_service(data, at, size, wire, flow)
    if found == 0:
        found = name_service(data, at, size, wire)
    return found


@subkernel
def _remember(data: Octets, at: int, size: int, wire: int, me: Record) -> None:
    me.head_length = wire
    me.head_a = np.uint64(0)
    if size >= 8:
        me.head_a = be64(data, at)
    elif size >= 4:
        me.head_a = np.uint64(be32(data, at)) << np.uint64(32)
    me.head_b = be64(data, at + 8) if size >= 16 else np.uint64(0)
