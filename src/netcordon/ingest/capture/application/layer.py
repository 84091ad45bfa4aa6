"""The application layer: events of the packet kernel in, rows and wishes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netcordon.ingest.capture.application import arp
from netcordon.ingest.capture.application.datagram.datagrams import Datagrams
from netcordon.ingest.capture.application.files.tracker import BEYOND, Copies
from netcordon.ingest.capture.application.http.plain import PlainExchanges
from netcordon.ingest.capture.application.stream.begin import begin
from netcordon.ingest.capture.application.stream.connections import Connections
from netcordon.ingest.capture.application.stream.conversation import Context, Conversation
from netcordon.ingest.capture.application.stream.identify import Identify
from netcordon.ingest.capture.application.stream.reassembly import Budget
from netcordon.ingest.capture.application.stream.runs import Runs
from netcordon.ingest.capture.events import ARP, FEEDBACK, FLOW_END, TCP_DATA, chosen
from netcordon.model.evidence import IngestWarning
from netcordon.model.parser import RowSink
from netcordon.settings import DecodeLimits

Array = NDArray[Any]
_UDP = 17
_ARP_FIELDS = ("offset", "length", "time_ns", "frame", "sender_mac", "receiver_mac")
_FINISHED_AT_ONCE = 1 << 12
"""Connections open at the end of the capture that are finished before their rows are handed on."""
_END_FIELDS = ("flow", "direction", "position", "offset")
_CODES = {
    "packet cut off by the capture": ("NC-240", "Packets are cut off; messages in them are lost."),
    "gap in a TCP stream": ("NC-241", "TCP streams have gaps; messages in them are lost."),
    "message longer than a parser accepts": ("NC-242", "Messages over TCP are too long to read."),
    "HTTP header block too long": ("NC-243", "HTTP header blocks are longer than 64 KiB."),
    "DNS message malformed": ("NC-244", "Datagrams on DNS ports hold no readable DNS message."),
    "contradicting TCP segments": (
        "NC-245", "TCP segments overlap with different bytes; those that came first count."),
    "host identities beyond the bound": (
        "NC-246", "More host identities were claimed than are kept."),
    "SMB message encrypted": (
        "NC-265", "SMB messages are encrypted; shares and files in them are not visible."),
    "SMB message compressed": (
        "NC-266", "SMB messages are compressed; what they ask is not read."),
    BEYOND: ("NC-250", "More files were carried at once than are hashed."),
    "QUIC handshake not readable": (
        "NC-261", "Initial packets of QUIC could not be opened; their handshakes are missing."),
    "handshakes beyond the bound": (
        "NC-262", "More handshakes over UDP were unfinished at once than are kept."),
    "certificate malformed": (
        "NC-260", "X.509 certificates of TLS handshakes are malformed."),
    "checksum wrong in a control message": (
        "NC-249", "Messages to control devices have wrong checksums and were not read."),
    "control requests beyond the bound": (
        "NC-251", "More requests read values of control devices than become rows."),
    "connections beyond the bound": (
        "NC-252", "More TCP connections or UDP flows were read at once than are kept; messages of "
        "those that were silent longest are incomplete."),
    "parser failed": ("NC-247", "A parser failed on a flow; the rest of the flow is not read."),
    "flow export cut off or malformed": (
        "NC-220", "Datagrams of NetFlow, IPFIX or sFlow are malformed or cut off; flows in them "
        "are lost."),
    "flow export without a template": (
        "NC-221", "Records of reported flows came without the template that says what they hold."),
    "sampled packets without IP": (
        "NC-224", "Packets that sFlow sampled hold no IP, or their headers are cut off."),
    "exporters beyond the bound": (
        "NC-222", "More devices report flows than are told apart; those of the others are lost."),
    "datagram malformed": (
        "NC-248", "Datagrams of recognised protocols are malformed or cut off and were not read."),
}  # fmt: skip
"""Reason -> code of its warning, and the warning."""


class ApplicationLayer:
    """Reads application protocols of one capture. Not to be shared between threads.

    Args:
        limits: bounds of memory.
        copies: takes the content of carried files; by default nobody does.
    """

    def __init__(self, limits: DecodeLimits | None = None, copies: Copies | None = None) -> None:
        limits = limits or DecodeLimits()
        budget = Budget(limits.stream_buffer_bytes, limits.stream_total_bytes)
        self._context = Context(
            budget, begin, hashed_file_bytes=limits.hashed_file_bytes, copies=copies
        )
        self._datagrams = Datagrams(self._context, limits.max_conversations)
        self._connections = Connections(limits.max_conversations, limits.stream_total_bytes)
        self._changed: dict[int, Conversation] = {}

    def on_block(self, buffer: NDArray[np.uint8], events: Array) -> Array:
        """Read the events of one block.

        Args:
            buffer: the block, uint8; only valid during the call.
            events: ``EVENT`` rows in the order of frames.

        Returns:
            ``FEEDBACK`` rows, at most one a flow.
        """
        kinds = events["kind"]
        is_end = kinds == FLOW_END
        is_udp = events["ip_protocol"] == _UDP
        wishes = self._datagrams.read(buffer, events)
        self._datagrams.end_flows(events["flow"][is_end & is_udp].tolist())
        self._read_arp(buffer, chosen(events, kinds == ARP))
        runs = Runs(buffer, chosen(events, kinds == TCP_DATA))
        ends = chosen(events, is_end & ~is_udp)
        plain = PlainExchanges(self._context, runs, ends, self._connections)
        self._read_streams(runs, plain)
        self._end_flows(ends)
        self._datagrams.read_from_streams()
        return np.concatenate([wishes, plain.write(), self._feedback()])

    def flush(self, sink: RowSink) -> None:
        """Hand finished rows to the sink."""
        self._context.rows.hand_on(sink)
        self._datagrams.hand_on(sink)

    def finish(self, sink: RowSink) -> None:
        """End every open flow and hand on everything."""
        for number, conversation in enumerate(self._connections.leave_all(), 1):
            self._finish(conversation)
            if number % _FINISHED_AT_ONCE == 0:
                self.flush(sink)
        self._datagrams.finish()
        self._datagrams.read_from_streams()
        self.flush(sink)
        self._context.identities.hand_on(sink)

    @property
    def refused(self) -> Mapping[str, int]:
        """Reason -> how often something was given up."""
        context = self._context
        found = dict(context.given_up)
        found["contradicting TCP segments"] = context.budget.conflicts
        found["host identities beyond the bound"] = context.identities.refused
        return {reason: count for reason, count in sorted(found.items()) if count}

    @property
    def warnings(self) -> Sequence[IngestWarning]:
        """What was given up, as warnings in the order of their codes."""
        first = self._context.first_given_up
        return sorted(
            (
                IngestWarning(code=_CODES[reason][0], what=_CODES[reason][1], count=count,
                              frame=first.get(reason))
                for reason, count in self.refused.items()
            ),
            key=lambda warning: warning.code,
        )  # fmt: skip

    @property
    def facts(self) -> Mapping[str, object]:
        """Statistics for the quality verdict."""
        return {
            "dns_messages": self._datagrams.dns_messages,
            "stream_gaps": self._context.budget.gaps,
            "stream_conflicts": self._context.budget.conflicts,
            **self._datagrams.facts,
        }

    def _read_arp(self, buffer: NDArray[np.uint8], events: Array) -> None:
        view = memoryview(np.ascontiguousarray(buffer).data)
        size = len(view)
        for offset, length, time_ns, frame, sender, receiver in zip(
            *(events[name].tolist() for name in _ARP_FIELDS), strict=True
        ):
            if offset >= 0 and length >= 0 and offset + length <= size:
                packet = bytes(view[offset : offset + length])
                arp.read_packet(self._context, packet, (sender, receiver), time_ns, frame)

    def _read_streams(self, runs: Runs, plain: PlainExchanges) -> None:
        """Read flow by flow; one that announces another began before it, so it is read before."""
        for number, (flow, slot, ends, starts) in enumerate(runs.flows()):
            if self._connections.is_over(flow, slot):
                continue
            conversation = self._connections.heard(flow)
            taken = plain.take(number, ends, len(starts) - 1, is_new=conversation is None)
            if taken < 0:
                continue
            if conversation is None:
                conversation = Conversation(self._context, flow, slot, ends)
                self._connections.enter(conversation)
            if taken:
                plain.go_on(number, conversation, starts[taken] - 1)
                del starts[:taken]
            try:
                conversation.take(runs, starts)
            except Exception:  # noqa: BLE001 - one flow may not take the capture down
                self._give_up(conversation)
            self._connections.measure(conversation)
            if conversation.changed:
                self._changed[flow] = conversation
                if conversation.is_over():
                    self._finish(conversation)
                    self._connections.let_be(conversation)
            while (silent := self._connections.over_bounds()) is not None:
                self._context.give_up("connections beyond the bound", silent.frame)
                self._connections.let_be(silent)
                self._finish(silent)
                self._changed[silent.flow] = silent

    def _end_flows(self, events: Array) -> None:
        """Close the flows that are over; no segment of theirs comes any more."""
        columns = [events[name].tolist() for name in _END_FIELDS]
        for flow, ended, *ends in zip(*columns, strict=True):
            conversation = self._connections.leave(flow)
            if conversation is not None:
                conversation.ended = ended
                self._finish(conversation, (ends[0], ends[1]))
                if conversation.changed:
                    self._changed[flow] = conversation

    def _finish(self, conversation: Conversation, ends: tuple[int, int] = (0, 0)) -> None:
        try:
            conversation.finish(ends)
        except Exception:  # noqa: BLE001 - one flow may not take the capture down
            self._give_up(conversation)
        conversation.let_go()

    def _give_up(self, conversation: Conversation) -> None:
        self._context.give_up("parser failed", conversation.frame)
        conversation.stop_all()
        conversation.parser = Identify(conversation)

    def _feedback(self) -> Array:
        changed = list(self._changed.values())
        rows = np.zeros(len(changed), dtype=FEEDBACK)
        for name in ("flow", "slot", "want", "flip", "service"):
            rows[name] = [getattr(conversation, name) for conversation in changed]
        for direction, name in enumerate(("skip_orig", "skip_resp")):
            rows[name] = [conversation.streams[direction].start for conversation in changed]
        for conversation in changed:
            conversation.changed = False
        self._changed.clear()
        return rows
