"""Datagrams by service: DNS and its kin in bulk, DHCP and Kerberos alike, the others by flow."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netcordon.ingest.capture.application.datagram.bulk import BulkReader
from netcordon.ingest.capture.application.datagram.flow import (
    Datagram,
    DatagramFlow,
    DatagramReader,
    datagram_of,
)
from netcordon.ingest.capture.application.datagram.readers import BULK_READERS, READERS
from netcordon.ingest.capture.application.dhcp import reader as dhcp
from netcordon.ingest.capture.application.dns.decoder import DnsDecoder, asked_by_responder
from netcordon.ingest.capture.application.dns.kernel import DNS, LLMNR, MDNS, NBNS
from netcordon.ingest.capture.application.kerberos import reader as kerberos
from netcordon.ingest.capture.application.record.ends import columns, ends_of_events
from netcordon.ingest.capture.application.stream.conversation import Context
from netcordon.ingest.capture.events import EVENT, FEEDBACK, SERVICES, UDP_DATA, chosen
from netcordon.model.parser import RowSink

Array = NDArray[Any]
_DHCP, _KERBEROS = SERVICES.index("dhcp"), SERVICES.index("kerberos")
_READ_BY_FLOW = {SERVICES.index(name): make for name, make in READERS.items()}
_BULK = {SERVICES.index(name): make for name, make in BULK_READERS.items()}
_MOST_FLOWS = 1 << 16
_FIELDS = (
    "direction", "service", "flow", "slot", "offset", "wire_length", "time_ns", "frame",
)  # fmt: skip


class Datagrams:
    """Reads datagrams, and the DNS messages that came over TCP."""

    def __init__(self, context: Context, most_flows: int = _MOST_FLOWS) -> None:
        self._context = context
        self._dns = DnsDecoder(context)
        self._most_flows = most_flows
        # With the flow that was silent longest in front.
        self._flows: OrderedDict[int, tuple[DatagramFlow, DatagramReader]] = OrderedDict()
        self._bulk = {number: make(context, most_flows) for number, make in _BULK.items()}

    @property
    def dns_messages(self) -> int:
        """Messages decoded so far."""
        return self._dns.messages

    def read(self, buffer: NDArray[np.uint8], events: Array) -> Array:
        """Read the datagrams among the events of a block; returns what they show of their flows."""
        is_data = events["kind"] == UDP_DATA
        services = np.where(is_data, events["service"], 0).astype(np.uint8)
        is_dns = np.isin(services, (DNS, MDNS, LLMNR, NBNS))
        is_dhcp, is_kerberos = services == _DHCP, services == _KERBEROS
        wishes = [self._read_dns(buffer, chosen(events, is_dns), services[is_dns])]
        if is_dhcp.any():
            wishes.append(self._read_dhcp(buffer, chosen(events, is_dhcp)))
        if is_kerberos.any():
            wishes.append(self._read_kerberos(buffer, chosen(events, is_kerberos)))
        rest = is_data & ~(is_dns | is_dhcp | is_kerberos)
        if rest.any():
            wishes += self._read_others(buffer, chosen(events, rest), services[rest])
        return np.concatenate(wishes)

    def end_flows(self, flows: list[int]) -> None:
        """Close the readers of flows that are over."""
        for reader in self._bulk.values():
            reader.end(flows)
        for flow in flows:
            self._end(flow)

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

    def finish(self) -> None:
        """Close the readers of all flows."""
        while self._flows:
            self._end(next(iter(self._flows)))
        for reader in self._bulk.values():
            reader.finish()

    @property
    def facts(self) -> Mapping[str, object]:
        """Statistics of the readers that read many flows at once."""
        return {
            name: value for reader in self._bulk.values() for name, value in reader.facts.items()
        }

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
        of, flip = kerberos.read_datagrams(self._context, buffer, events)
        return _wishes(of, np.full(len(of), _KERBEROS), flip)

    def _read_others(
        self, buffer: NDArray[np.uint8], events: Array, services: Array
    ) -> list[Array]:
        sound = (events["offset"] >= 0) & (events["length"] >= 0)
        sound &= events["offset"] + events["length"] <= len(buffer)
        if not sound.all():
            events, services = chosen(events, sound), services[sound]
        wishes, is_bulk = [], np.zeros(len(events), dtype=np.bool_)
        for number, reader in self._bulk.items():
            is_of = services == number
            if is_of.any():
                wishes.append(self._read_bulk(reader, buffer, chosen(events, is_of)))
                is_bulk |= is_of
        rest = chosen(events, ~is_bulk) if wishes else events
        return [*wishes, self._read_by_flow(buffer, rest)]

    def _read_bulk(
        self, reader: BulkReader[Any], buffer: NDArray[np.uint8], events: Array
    ) -> Array:
        try:
            return reader.read(buffer, events)
        except Exception:  # noqa: BLE001 - one chunk may not take the capture down
            self._context.give_up("parser failed", int(events["frame"][0]))
            return np.zeros(0, dtype=FEEDBACK)

    def _read_by_flow(self, buffer: NDArray[np.uint8], events: Array) -> Array:
        view = memoryview(np.ascontiguousarray(buffer).data)
        flows = self._flows
        changed: dict[int, DatagramFlow] = {}
        stops = (events["offset"] + events["length"]).tolist()
        for (direction, service, flow, slot, start, wire, time_ns, frame), stop, ends in zip(
            columns(events, _FIELDS), stops, ends_of_events(events), strict=True
        ):
            known = flows.get(flow)
            if known is None or known[0].service != service:
                known = self._begin(
                    flow, DatagramFlow(self._context, flow, slot, ends, service), frame
                )
            else:
                flows.move_to_end(flow)
            state, reader = known
            if state.want >> direction & 1:
                payload = bytes(view[start:stop])
                self._take(reader, datagram_of((payload, wire, direction, time_ns, frame)))
                if state.changed:
                    changed[flow] = state
        return _answers(list(changed.values()))

    def _begin(
        self, flow: int, state: DatagramFlow, frame: int
    ) -> tuple[DatagramFlow, DatagramReader]:
        """A reader for a flow that is new, or that turned out to carry another protocol."""
        self._end(flow)
        if len(self._flows) >= self._most_flows:
            self._end(next(iter(self._flows)))
            self._context.give_up("connections beyond the bound", frame)
        begun = state, _READ_BY_FLOW[state.service](state)
        self._flows[flow] = begun
        return begun

    def _take(self, reader: DatagramReader, datagram: Datagram) -> None:
        try:
            if not reader.read(datagram):
                self._context.give_up("datagram malformed", datagram.frame)
        except Exception:  # noqa: BLE001 - one datagram may not take the capture down
            self._context.give_up("parser failed", datagram.frame)

    def _end(self, flow: int) -> None:
        known = self._flows.pop(flow, None)
        if known is None:
            return
        try:
            known[1].finish()
        except Exception:  # noqa: BLE001 - one flow may not take the capture down
            self._context.give_up("parser failed", 0)


def _answers(changed: list[DatagramFlow]) -> Array:
    wishes = np.zeros(len(changed), dtype=FEEDBACK)
    for name in ("flow", "slot", "want", "flip", "service"):
        wishes[name] = [getattr(state, name) for state in changed]
    for state in changed:
        state.changed = False
    return wishes


def _wishes(of: Array, service: Array, flip: Array) -> Array:
    """Feedback of the flows of messages; the last message of each counts."""
    _, last = np.unique(of["flow"][::-1], return_index=True)
    last = len(of) - 1 - last
    wishes = np.zeros(len(last), dtype=FEEDBACK)
    wishes["flow"], wishes["slot"] = of["flow"][last], of["slot"][last]
    wishes["want"], wishes["service"], wishes["flip"] = 3, service[last], flip[last]
    return wishes
