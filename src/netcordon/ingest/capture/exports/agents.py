"""Agents of sFlow: packets that they sampled become flows, a record a packet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netcordon.ingest.capture.exports.exporters import Exporter, exporter_name
from netcordon.ingest.capture.exports.records import UNKNOWN, new_flows
from netcordon.ingest.capture.exports.sflow import AGENT, MOST_SAMPLES, SAMPLE, read_sflow
from netcordon.ingest.capture.layout import MOST_INNER, PACKET, TALLY
from netcordon.ingest.capture.packet import verdicts
from netcordon.ingest.capture.packet.parse import parse_packets

Array = NDArray[Any]
MOST_AGENTS = 1 << 12
_HEADS = 1 << 10
_PARSED = 1 << 10
"""Sampled packets that are parsed at a time."""
_HIGHEST_RATE = (1 << 31) - 1


class Agents:
    """Reads sFlow of many agents.

    Attributes:
        exporters: agents in the order in which they were first heard.
        refused: reason -> datagrams or packets that were not read.
    """

    def __init__(self) -> None:
        self.exporters: list[Exporter] = []
        self.refused: Counter[str] = Counter()
        self._by_address: dict[tuple[int, int, int], Exporter] = {}
        self._agents = np.empty(_HEADS, dtype=AGENT)
        self._samples = np.empty(2 * MOST_SAMPLES, dtype=SAMPLE)
        self._packets = np.zeros(2 * MOST_SAMPLES, dtype=PACKET)
        self._parsed = np.zeros((1 + MOST_INNER) * _PARSED, dtype=PACKET)
        self._verdicts = np.zeros(verdicts.SIZE, dtype=np.int64)
        self._tally = np.zeros(1, dtype=TALLY)

    def take(
        self, block: Array, offsets: Array, lengths: Array, times_ns: Array, frames: Array
    ) -> tuple[list[Array], NDArray[np.bool_]]:
        """Read datagrams; returns flows that are over, and which datagrams are none of sFlow."""
        done: list[Array] = []
        is_other = np.zeros(len(offsets), dtype=np.bool_)
        at = 0
        while at < len(offsets):
            at, heads, used = read_sflow(
                block, offsets, lengths, times_ns, at, self._agents, self._packets, self._samples
            )
            agents = self._agents[:heads]
            is_other[agents["event"][agents["is_sound"] == 2]] = True
            who = [self._heard(*row, times_ns) for row in _rows(agents)]
            for begin in range(0, used, _PARSED):
                stop = min(begin + _PARSED, used)
                flows = self._flows(block, begin, stop, agents, frames, who)
                done += self._join(flows)
        return done, is_other

    def finish(self) -> Iterator[Array]:
        """The flows that are left."""
        for exporter in self.exporters:
            yield exporter.settled(exporter.joining.finish())

    def _heard(
        self, event: int, sound: int, hi: int, lo: int, sub_agent: int, sequence: int,
        times_ns: Array,
    ) -> int:  # fmt: skip
        """The number of the agent of a datagram, UNKNOWN where there is none."""
        if sound == 2:
            return UNKNOWN
        key = hi, lo, sub_agent
        known = self._by_address.get(key)
        if known is None:
            if len(self.exporters) >= MOST_AGENTS:
                self.refused["exporters beyond the bound"] += 1
                return UNKNOWN
            known = Exporter(len(self.exporters), exporter_name(hi, lo, sub_agent), 0)
            self.exporters.append(known)
            self._by_address[key] = known
        known.datagrams += 1
        known.by_datagram.take(sequence, 1)
        when = int(times_ns[event]) // 1000
        known.was_heard(when, when)
        self.refused["flow export cut off or malformed"] += not sound
        return known.number

    def _flows(
        self,
        block: Array,
        begin: int,
        stop: int,
        agents: Array,
        frames: Array,
        who: Sequence[int],
    ) -> Array:
        """``EXPORTED`` records of sampled packets."""
        count = stop - begin
        packets = self._parsed
        packets[:count] = self._packets[begin:stop]
        parse_packets(block, packets, count, self._verdicts, self._tally)
        found, samples = packets[:count], self._samples[begin:stop]
        numbers = np.array(who, dtype=np.int32)[samples["head"]]
        is_flow = (found["verdict"] == verdicts.IP) & (found["is_later_fragment"] == 0)
        chosen = np.flatnonzero(is_flow & (numbers != UNKNOWN))
        self.refused["sampled packets without IP"] += count - len(chosen)
        found, samples = found.take(chosen), samples.take(chosen)
        flows = new_flows(len(chosen))
        for name in ("src_hi", "src_lo", "dst_hi", "dst_lo", "src_port", "dst_port", "protocol"):
            flows[name] = found[name]
        for name in ("src_mac", "dst_mac", "vlan"):
            flows[name] = found[name]
        rate = samples["rate"]
        flows["sampling"] = np.where((rate > 0) & (rate <= _HIGHEST_RATE), rate, 0)
        flows["start_us"] = flows["end_us"] = found["time_ns"] // 1000
        # Of a reply of ICMP the ends are those of the request.
        is_back = found["is_reply"] != 0
        is_tcp, flags = found["has_tcp"] != 0, found["tcp_flags"].astype(np.int32)
        for way, goes in (("out", ~is_back), ("in", is_back)):
            flows[f"packets_{way}"] = np.where(goes, 1, UNKNOWN)
            flows[f"octets_{way}"] = np.where(goes, found["ip_length"], UNKNOWN)
            flows[f"start_{way}_us"] = np.where(goes, flows["start_us"], UNKNOWN)
            flows[f"flags_{way}"] = np.where(goes & is_tcp, flags, UNKNOWN)
        flows["exporter"] = numbers[chosen]
        flows["frame"] = frames[agents["event"][samples["head"]]]
        return flows

    def _join(self, flows: Array) -> Iterator[Array]:
        for number in np.unique(flows["exporter"]).tolist():
            exporter = self.exporters[number]
            mine = flows.take(np.flatnonzero(flows["exporter"] == number))
            exporter.flows += len(mine)
            over = exporter.joining.add(mine)
            if len(over):
                yield exporter.settled(over)


def _rows(agents: Array) -> Iterator[tuple[int, int, int, int, int, int]]:
    names = ("event", "is_sound", "hi", "lo", "sub_agent", "sequence")
    return zip(*(agents[name].tolist() for name in names), strict=True)
