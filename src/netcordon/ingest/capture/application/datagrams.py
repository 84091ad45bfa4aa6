"""Datagrams by port and structure: DNS and its kin in bulk, DHCP and Kerberos one by one."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from netcordon.ingest.capture.application import dhcp, kerberos
from netcordon.ingest.capture.application.conversation import Context
from netcordon.ingest.capture.application.dns import DnsDecoder, asked_by_responder, services_of
from netcordon.ingest.capture.application.dns_kernel import DNS
from netcordon.ingest.capture.application.rows import Ends
from netcordon.ingest.capture.events import EVENT, FEEDBACK, ORIG, SERVICES
from netcordon.model.parser import RowSink

Array = NDArray[Any]
_DHCP, _KERBEROS = SERVICES.index("dhcp"), SERVICES.index("kerberos")
_DHCP_PORTS = (67, 68)
_KERBEROS_PORT = 88
_FIELDS = (
    "flow", "slot", "direction", "offset", "length", "time_ns", "frame", "uid", "src_hi", "src_lo",
    "src_port", "dst_hi", "dst_lo", "dst_port",
)  # fmt: skip


class Datagrams:
    """Reads datagrams, and the DNS messages that came over TCP."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._dns = DnsDecoder(context)

    @property
    def dns_messages(self) -> int:
        """Messages decoded so far."""
        return self._dns.messages

    def read(self, buffer: NDArray[np.uint8], events: Array) -> Array:
        """Read the ``UDP_DATA`` events of a block; returns what they show of their flows."""
        services = services_of(events)
        is_dns = services > 0
        wishes = [self._read_dns(buffer, events[is_dns], services[is_dns])]
        rest = events[~is_dns]
        rest = rest[_is_read_singly(rest)]
        if len(rest):
            wishes.append(self._read_single(buffer, rest))
        return np.concatenate(wishes)

    def read_from_streams(self) -> None:
        """Decode the DNS messages that streams have collected."""
        waiting = self._context.dns_messages
        if not waiting:
            return
        events = np.zeros(len(waiting), dtype=EVENT)
        offset = 0
        for event, (ends, direction, message, time_ns, frame) in zip(events, waiting, strict=True):
            event["direction"], event["time_ns"], event["frame"] = direction, time_ns, frame
            event["offset"], event["length"] = offset, len(message)
            event["wire_length"], event["uid"] = len(message), ends.uid
            event["src_hi"], event["src_lo"] = ends.src_ip
            event["dst_hi"], event["dst_lo"] = ends.dst_ip
            event["src_port"], event["dst_port"] = ends.src_port, ends.dst_port
            event["sender_mac"] = 1 << 63
            offset += len(message)
        block = np.frombuffer(b"".join(item[2] for item in waiting), dtype=np.uint8)
        self._decode(block, events, np.full(len(events), DNS, dtype=np.uint8), "tcp")
        waiting.clear()

    def hand_on(self, sink: RowSink) -> None:
        """Hand finished rows to the sink."""
        self._dns.hand_on(sink)

    def _decode(
        self, block: NDArray[np.uint8], events: Array, services: NDArray[np.uint8], protocol: str
    ) -> NDArray[np.bool_]:
        is_message = self._dns.decode(block, events, services, protocol)
        for frame in events["frame"][~is_message].tolist():
            self._context.give_up("DNS message malformed", frame)
        return is_message

    def _read_dns(self, buffer: NDArray[np.uint8], events: Array, services: Array) -> Array:
        is_message = self._decode(buffer, events, services, "udp")
        of, service = events[is_message], services[is_message]
        _, last = np.unique(of["flow"][::-1], return_index=True)
        last = len(of) - 1 - last
        flags = buffer[of["offset"] + 2] & 0x80 != 0
        wishes = np.zeros(len(last), dtype=FEEDBACK)
        wishes["flow"], wishes["slot"] = of["flow"][last], of["slot"][last]
        wishes["want"], wishes["service"] = 3, service[last]
        wishes["flip"] = asked_by_responder(of, service, flags)[last]
        return wishes

    def _read_single(self, buffer: NDArray[np.uint8], events: Array) -> Array:
        found: dict[int, tuple[int, int, bool]] = {}
        view, size = memoryview(np.ascontiguousarray(buffer).data), len(buffer)
        for (flow, slot, direction, offset, length, time_ns, frame, uid, src_hi, src_lo, src_port,
             dst_hi, dst_lo, dst_port) in zip(
                *(events[name].tolist() for name in _FIELDS), strict=True):  # fmt: skip
            if offset < 0 or length < 0 or offset + length > size:
                continue
            data = bytes(view[offset : offset + length])
            ends = Ends(uid, (src_hi, src_lo), src_port, (dst_hi, dst_lo), dst_port)
            service, flip = self._read_one(data, ends, direction == ORIG, (time_ns, frame))
            if service:
                found[flow] = slot, service, flip
        wishes = np.zeros(len(found), dtype=FEEDBACK)
        wishes["flow"] = list(found)
        wishes["want"] = 3
        for at, name in enumerate(("slot", "service", "flip")):
            wishes[name] = [answer[at] for answer in found.values()]
        return wishes

    def _read_one(
        self, data: bytes, ends: Ends, sent_by_orig: bool, place: tuple[int, int]
    ) -> tuple[int, bool]:
        if ends.src_port in _DHCP_PORTS and ends.dst_port in _DHCP_PORTS:
            by_client = data[:1] == b"\x01"
            flip = (
                ends.src_port == 67 if ends.src_port != ends.dst_port else sent_by_orig != by_client
            )
            found = dhcp.read_message(self._context, data, ends.swapped() if flip else ends, *place)
            return (_DHCP if found else 0), flip
        flip = ends.dst_port != _KERBEROS_PORT
        found = kerberos.read_message(self._context, data, ends.swapped() if flip else ends, *place)
        return (_KERBEROS if found else 0), flip


def _is_read_singly(events: Array) -> NDArray[np.bool_]:
    """Whether the ports of each datagram are those of DHCP or Kerberos."""
    src, dst = events["src_port"], events["dst_port"]
    is_dhcp = np.isin(src, _DHCP_PORTS) & np.isin(dst, _DHCP_PORTS)
    return np.asarray(is_dhcp | (src == _KERBEROS_PORT) | (dst == _KERBEROS_PORT))
