"""Facts for the capture-quality verdict, gathered beside the decoding.

Duplicates are frames that a mirror port delivered twice: the same IP packet but for TTL and header
checksum, within 64 frames and 20 ms. TCP retransmissions carry a new IP identification; where the
identification is zero or absent, only packets with payload are compared.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netcordon.ingest.capture.compiled import kernel, subkernel
from netcordon.ingest.capture.container.reader import Container
from netcordon.ingest.capture.flow.flowtable import FlowTable
from netcordon.ingest.capture.hashing import mix
from netcordon.ingest.capture.layout import (
    CHECKSUM_ABSENT,
    CHECKSUM_BAD,
    CHECKSUM_ZERO,
    NOTE_JUMBOGRAM,
    NOTE_NO_LENGTH,
    SYN_ACK_SENT,
    SYN_SENT,
    Octets,
    Record,
    Records,
)
from netcordon.ingest.capture.octets import be64, wide
from netcordon.ingest.capture.packet import verdicts

_RING = 1024
_DUPLICATE_FRAMES = 64
_DUPLICATE_NS = 20_000_000
_HASHED_OCTETS = 40
_LARGEST_ETHERNET = 1514
_SAMPLE_EVERY = 64
"""One TCP packet in so many has its checksum verified."""
_BACK_NS = 1_000_000_000
_AHEAD_NS = 3_600_000_000_000

FACTS = np.dtype(
    [
        ("previous_ns", np.int64),
        ("tcp_over_mtu", np.int64),
        ("tcp_frames", np.int64),
        ("ipv4_frames", np.int64),
        ("ip_length_empty", np.int64),
        ("ipv6_jumbograms", np.int64),
        ("ip_checksum_zero", np.int64),
        ("ip_checksum_bad", np.int64),
        ("tcp_checksum_checked", np.int64),
        ("tcp_checksum_bad", np.int64),
        ("duplicates", np.int64),
        ("clock_back", np.int64),
        ("clock_ahead", np.int64),
        ("first_clock_back_frame", np.int64),
        ("first_clock_ahead_frame", np.int64),
        ("largest_back_ns", np.int64),
        ("largest_ahead_ns", np.int64),
    ],
    align=True,
)
_SEEN = np.dtype([("hash", np.uint64), ("frame", np.int64), ("time_ns", np.int64)], align=True)
FLOW_FACTS = np.dtype(
    [
        ("tcp_flows", np.int64),  # that got beyond an attempt
        ("tcp_midstream", np.int64),  # of these, began before the capture
        ("tcp_one_sided", np.int64),  # of these, seen in one direction only
        ("tcp_gap_flows", np.int64),
        ("missed_bytes", np.int64),
    ],
    align=True,
)


class Measurements:
    """Running facts of one capture."""

    def __init__(self) -> None:
        self._facts = np.zeros(1, dtype=FACTS)
        self._seen = np.zeros(_RING, dtype=_SEEN)
        self._flows = np.zeros(1, dtype=FLOW_FACTS)

    def take(self, block: Octets, packets: Records, count: int, first_frame: int) -> None:
        """Measure a chunk of parsed packets."""
        measure_packets(block, packets, count, first_frame, self._facts, self._seen)

    def take_flows(self, sides: Records, is_tcp: NDArray[np.bool_]) -> None:
        """Measure the sides, (n, 2), of n flows that are over, as ``rows.arrange`` leaves them."""
        measure_flows(sides, is_tcp, self._flows)

    def facts(
        self, table: FlowTable, container: Container, counts: NDArray[np.int64]
    ) -> dict[str, object]:
        """All facts, JSON-able, in a fixed order."""
        counters, state = table.counters[0], container.state[0]
        facts: dict[str, object] = {
            "container": container.kind,
            "frames": int(counters["frames"]),
            "wire_bytes": int(counters["bytes_wire"]),
            "ip_frames": int(counters["ip"]),
            "arp_frames": int(counters["arp"]),
            "wifi_frames": int(counts[list(verdicts.WIFI)].sum()),
            "refused_frames": int(counters["refused"] - counts[list(verdicts.WIFI)].sum()),
            "snaplen": int(state["snaplen"]),
            "largest_captured_bytes": int(state["largest_capture"]),
            "truncated_frames": int(state["truncated"]),
            "dropped_packets": container.drops,
            "is_complete": container.is_complete,
            "ip_verdicts": int(counts[verdicts.IP]),
            **container.annotations,
            **_numbers(self._facts),
            **self.flow_facts(table),
        }
        del facts["previous_ns"]
        return facts

    def flow_facts(self, table: FlowTable) -> dict[str, object]:
        """Those of the flows alone, which add up over the shares of a capture."""
        counters = table.counters[0]
        return {
            "flows": int(counters["serial"]),
            "flows_evicted": int(counters["evicted"]),
            "tcp_option_layouts_lost": int(counters["layouts_lost"]),
            **_numbers(self._flows),
        }


def _numbers(record: Records) -> dict[str, object]:
    return {name: int(record[name][0]) for name in record.dtype.names or ()}


@kernel
def measure_packets(
    data: Octets, packets: Records, count: int, first_frame: int, facts: Records, seen: Records
) -> None:
    """Add ``count`` parsed packets to ``facts``; ``seen`` remembers recent ones by hash."""
    f = facts[0]
    for i in range(count):
        packet = packets[i]
        frame = first_frame + i
        _measure_clock(f, packet.time_ns, frame)
        if packet.verdict != verdicts.IP:
            continue
        if packet.notes:
            f.ip_length_empty += wide(packet.notes & NOTE_NO_LENGTH != 0)
            f.ipv6_jumbograms += wide(packet.notes & NOTE_JUMBOGRAM != 0)
        if packet.ip_version == 4:
            f.ipv4_frames += 1
            f.ip_checksum_zero += wide(packet.header_checksum == CHECKSUM_ZERO)
            f.ip_checksum_bad += wide(packet.header_checksum == CHECKSUM_BAD)
        if packet.has_tcp:
            f.tcp_frames += 1
            f.tcp_over_mtu += wide(packet.ip_length + 14 > _LARGEST_ETHERNET)
            # Without payload nothing of it is missing, though the header's options may be cut off.
            is_whole = packet.transport + packet.transport_length <= packet.end
            if (
                is_whole
                and frame % _SAMPLE_EVERY == 0
                and packet.header_checksum != CHECKSUM_ABSENT
            ):
                f.tcp_checksum_checked += 1
                f.tcp_checksum_bad += wide(not _is_tcp_checksum_good(data, packet))
        f.duplicates += wide(_is_duplicate(data, packet, frame, seen))


@subkernel
def _measure_clock(f: Record, time_ns: int, frame: int) -> None:
    if frame > 1:
        step = time_ns - f.previous_ns
        if step < -_BACK_NS:
            f.clock_back += 1
            f.largest_back_ns = max(f.largest_back_ns, -step)
            if f.first_clock_back_frame == 0:
                f.first_clock_back_frame = frame
        elif step > _AHEAD_NS:
            f.clock_ahead += 1
            f.largest_ahead_ns = max(f.largest_ahead_ns, step)
            if f.first_clock_ahead_frame == 0:
                f.first_clock_ahead_frame = frame
    f.previous_ns = time_ns


@subkernel
def _is_tcp_checksum_good(data: Octets, packet: Record) -> bool:
    """Verify the checksum of an IPv4 TCP packet that was captured whole (RFC 9293, 3.1)."""
    total = np.uint64(6) + np.uint64(packet.transport_length)
    for address in (packet.src_lo, packet.dst_lo):
        total += (address & np.uint64(0xFFFF)) + ((address >> np.uint64(16)) & np.uint64(0xFFFF))
    at = packet.transport
    for k in range(packet.transport_length):
        octet = np.uint64(data[at + k])
        total += octet if k & 1 else octet << np.uint64(8)
    while total > np.uint64(0xFFFF):
        total = (total & np.uint64(0xFFFF)) + (total >> np.uint64(16))
    return bool(total == np.uint64(0xFFFF))


@subkernel
def _is_duplicate(data: Octets, packet: Record, frame: int, seen: Records) -> bool:
    if packet.ip_id <= 0 and packet.payload_length == 0:
        return False
    value = mix(packet.src_hi ^ mix(packet.src_lo)) ^ mix(packet.dst_hi + mix(packet.dst_lo))
    value = mix(
        value + np.uint64(packet.ip_length) + (np.uint64(packet.ip_id + 1) << np.uint64(32))
    )
    value ^= np.uint64(packet.protocol) + (np.uint64(packet.is_later_fragment) << np.uint64(8))
    stop = min(packet.transport + _HASHED_OCTETS, packet.end)
    for at in range(packet.transport, stop - 7, 8):
        value = mix(value ^ be64(data, at))
    for at in range(stop - (stop - packet.transport) % 8, stop):
        value = (value ^ np.uint64(data[at])) * np.uint64(1099511628211)
    entry = seen[wide(value & np.uint64(_RING - 1))]
    is_twin = (
        entry.hash == value
        and entry.frame > 0
        and frame - entry.frame <= _DUPLICATE_FRAMES
        and abs(packet.time_ns - entry.time_ns) <= _DUPLICATE_NS
    )
    entry.hash = value
    entry.frame = frame
    entry.time_ns = packet.time_ns
    return bool(is_twin)


@kernel
def measure_flows(sides: Records, is_tcp: NDArray[np.bool_], facts: Records) -> None:
    """Add the TCP flows among n to ``facts``; ``sides`` has the shape (n, 2)."""
    f = facts[0]
    for i in range(len(is_tcp)):
        if not is_tcp[i]:
            continue
        out = sides[i, 0]
        back = sides[i, 1]
        missed = out.missed + back.missed
        f.missed_bytes += missed
        f.tcp_gap_flows += wide(missed > 0)
        # An unanswered SYN or a lone reset is one-sided by nature; established talk is not.
        is_attempt = (out.state == SYN_SENT and back.packets == 0) or (
            back.state == SYN_ACK_SENT and out.packets == 0
        )
        is_talk = out.payload_bytes + back.payload_bytes > 0 or out.packets + back.packets > 2
        if is_attempt or not is_talk:
            continue
        f.tcp_flows += 1
        f.tcp_midstream += wide(out.has_syn == 0 and back.has_syn == 0)
        f.tcp_one_sided += wide(out.packets == 0 or back.packets == 0)
