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
from netcordon.ingest.capture.events import EVENT, FEEDBACK, SERVICES, chosen
from netcordon.model.parser import RowSink

Array = NDArray[Any]
_DHCP, _KERBEROS = SERVICES.index("dhcp"), SERVICES.index("kerberos")
_DHCP_PORTS = (67, 68)
_KERBEROS_PORT = 88


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
        wishes = [self._read_dns(buffer, chosen(events, is_dns), services[is_dns])]
        rest = chosen(events, ~is_dns)
        src, dst = rest["src_port"], rest["dst_port"]
        is_dhcp = np.isin(src, _DHCP_PORTS) & np.isin(dst, _DHCP_PORTS)
        is_kerberos = ((src == _KERBEROS_PORT) | (dst == _KERBEROS_PORT)) & ~is_dhcp
        if is_dhcp.any():
            wishes.append(self._read_dhcp(buffer, chosen(rest, is_dhcp)))
        if is_kerberos.any():
            wishes.append(self._read_kerberos(buffer, chosen(rest, is_kerberos)))
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
        of, service = chosen(events, is_message), services[is_message]
        flags = buffer[of["offset"] + 2] & 0x80 != 0
        return _wishes(of, service, asked_by_responder(of, service, flags))

    def _read_dhcp(self, buffer: NDArray[np.uint8], events: Array) -> Array:
        of, flip = dhcp.read_messages(self._context, buffer, events)
        return _wishes(of, np.full(len(of), _DHCP), flip)

    def _read_kerberos(self, buffer: NDArray[np.uint8], events: Array) -> Array:
        events = events[(events["length"] >= 0) & (events["offset"] >= 0)]
        events = events[events["offset"] + events["length"] <= len(buffer)]
        swap = events["dst_port"] != _KERBEROS_PORT
        is_message = np.zeros(len(events), dtype=np.bool_)
        for i, event in enumerate(events):
            offset = int(event["offset"])
            data = buffer[offset : offset + int(event["length"])].tobytes()
            ends = Ends(
                int(event["uid"]),
                (int(event["src_hi"]), int(event["src_lo"])),
                int(event["src_port"]),
                (int(event["dst_hi"]), int(event["dst_lo"])),
                int(event["dst_port"]),
            )
            is_message[i] = kerberos.read_message(
                self._context,
                data,
                ends.swapped() if swap[i] else ends,
                int(event["time_ns"]),
                int(event["frame"]),
            )
        of = chosen(events, is_message)
        return _wishes(of, np.full(len(of), _KERBEROS), swap[is_message])


def _wishes(of: Array, service: Array, flip: Array) -> Array:
    """Feedback of the flows of messages; the last message of each counts."""
    _, last = np.unique(of["flow"][::-1], return_index=True)
    last = len(of) - 1 - last
    wishes = np.zeros(len(last), dtype=FEEDBACK)
    wishes["flow"], wishes["slot"] = of["flow"][last], of["slot"][last]
    wishes["want"], wishes["service"], wishes["flip"] = 3, service[last], flip[last]
    return wishes
