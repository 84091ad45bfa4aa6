"""Who exports: one device and observation domain each, with what it said and what got lost."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field

import numpy as np

from netcordon.ingest.capture.exports.joining import Joining
from netcordon.ingest.capture.exports.options import Options
from netcordon.ingest.capture.exports.records import UNKNOWN
from netcordon.ingest.capture.layout import Records

_WRAP = 1 << 32
_RESTART = 1 << 20
"""A sequence number that leaps farther is not loss: the exporter started anew."""
_FEWEST_FOR_SIDES = 20
_ONE_SIDED_SHARE = 0.5
_ACK = 16
UNNAMED = "exporter"


@dataclass
class Sequence:
    """Follows sequence numbers; late and doubled datagrams cancel out.

    Attributes:
        missing: what the numbers say was sent and did not come.
        restarts: times the numbers began anew.
    """

    missing: int = 0
    restarts: int = 0
    _next: int | None = None

    def take(self, number: int, count: int) -> None:
        """A datagram that begins with ``number`` and holds ``count``; UNKNOWN when that is open."""
        if self._next is not None:
            gap = (number - self._next + _WRAP // 2) % _WRAP - _WRAP // 2
            if abs(gap) < _RESTART:
                self.missing += gap
            else:
                self.restarts += 1
        self._next = None if count == UNKNOWN else (number + count) % _WRAP

    @property
    def lost(self) -> int:
        """Never less than nothing: what came twice is no gain."""
        return max(self.missing, 0)


@dataclass
class Exporter:
    """One exporter and domain.

    Attributes:
        number: index in the reader's list.
        name: for ``network_activity.exporter``.
        version: of its protocol; 0 for sFlow.
        datagrams: that were read.
        flows: records of flows in them.
        by_datagram: sequence of version 9, which counts datagrams; some devices count records.
        by_record: sequence of the others.
        first_us: when it sent its first datagram, or its earliest flow began.
        last_us: when it sent its last, or its latest flow ended.
        clock_off_us: its clock less that of the capture, at the fastest datagram.
        longest_us: duration of its longest record.
    """

    number: int
    name: str
    version: int
    options: Options = field(default_factory=Options)
    joining: Joining = field(default_factory=Joining)
    by_datagram: Sequence = field(default_factory=Sequence)
    by_record: Sequence = field(default_factory=Sequence)
    datagrams: int = 0
    flows: int = 0
    unread_sets: int = 0
    clock_off_us: int | None = None
    first_us: int | None = None
    last_us: int | None = None
    longest_us: int = 0
    sampling: int = 0
    _answered: int = 0
    _unanswered: int = 0

    def was_heard(self, first_us: int, last_us: int) -> None:
        """It said something of these times."""
        self.first_us = first_us if self.first_us is None else min(self.first_us, first_us)
        self.last_us = last_us if self.last_us is None else max(self.last_us, last_us)

    @property
    def span_s(self) -> float | None:
        """From first to last, seconds."""
        if self.first_us is None or self.last_us is None:
            return None
        return (self.last_us - self.first_us) / 1e6

    @property
    def restarts(self) -> int:
        """Times its numbers began anew."""
        return max(self.by_record.restarts, self.by_datagram.restarts)

    @property
    def lost_datagrams(self) -> int:
        """Export datagrams that did not come, of a protocol that counts those."""
        return self.by_datagram.lost if self.version in (0, 9) and not self._counts_records else 0

    @property
    def lost_records(self) -> int:
        """Records that did not come, of a protocol that counts those."""
        return self.by_record.lost if self.version in (5, 7, 10) or self._counts_records else 0

    @property
    def _counts_records(self) -> bool:
        return self.version == 9 and abs(self.by_record.missing) < abs(self.by_datagram.missing)

    def settled(self, flows: Records) -> Records:
        """Flows with what the exporter as a whole shows of them: sampling, and what silence means.

        Where answers to connections that were accepted are as a rule not reported, or packets are
        sampled, a direction without a record is unknown and not silent.
        """
        if self.options.sampling or self.options.samplers:
            rates = [self.options.samplers.get(s, 0) for s in flows["sampler"].tolist()]
            said = np.where(np.array(rates, dtype=np.int64) > 0, rates, self.options.sampling)
            flows["sampling"] = np.where(flows["sampling"] == 0, said, flows["sampling"])
        if len(flows):
            self.sampling = max(self.sampling, int(flows["sampling"].max()))
        is_tcp = (flows["protocol"] == 6) & (flows["flags_out"] != UNKNOWN)
        talks = is_tcp & (flows["flags_out"] & _ACK != 0)
        is_alone = (flows["packets_in"] == UNKNOWN) & (flows["octets_in"] == UNKNOWN)
        self._answered += int(np.count_nonzero(talks & ~is_alone))
        self._unanswered += int(np.count_nonzero(talks & is_alone))
        is_silent = is_alone & ~talks & (flows["sampling"] <= 1) & (not self.is_one_sided)
        is_silent &= flows["packets_out"] != UNKNOWN
        flows["packets_in"][is_silent] = 0
        flows["octets_in"][is_silent] = 0
        return flows

    @property
    def is_one_sided(self) -> bool:
        """Whether it reports one direction of connections only, as far as that can be told."""
        all_ = self._answered + self._unanswered
        return all_ >= _FEWEST_FOR_SIDES and self._unanswered > _ONE_SIDED_SHARE * all_


def exporter_name(hi: int, lo: int, domain: int) -> str:
    """Address, and the observation domain behind a hash where it is not 0.

    Where the address is not known, a word stands for it.
    """
    address = ipaddress.IPv6Address(hi << 64 | lo)
    text = str(address.ipv4_mapped or address) if hi or lo else UNNAMED
    return f"{text}#{domain}" if domain else text
