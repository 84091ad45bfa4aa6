"""What an exporter says of itself in options: how it samples, when it cuts flows, when it started.

Sources: RFC 3954 section 6.1; RFC 7011 section 4; RFC 5477 (sampling); IANA's registry of IPFIX.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from netcordon.ingest.capture.exports import elements as e
from netcordon.ingest.capture.exports.records import VARIABLE
from netcordon.ingest.capture.exports.templates import Template

_MOST_RECORDS = 1024
_MOST_SAMPLERS = 4096
_HIGHEST_RATE = (1 << 31) - 1


@dataclass
class Options:
    """What one exporter said of itself.

    Attributes:
        samplers: id -> one of how many packets it takes.
        sampling: the rate where it names no sampler, 0 where it says none.
        active_s: seconds after which a flow that goes on is cut and reported.
        idle_s: seconds of silence after which a flow is over.
        boot_us: when it started, microseconds since 1970; ``None`` unless it said so.
    """

    samplers: dict[int, int] = field(default_factory=dict)
    sampling: int = 0
    active_s: int | None = None
    idle_s: int | None = None
    boot_us: int | None = None

    def take(self, template: Template, content: bytes) -> int:
        """Read a set of options; returns how many records it held."""
        count = 0
        for values in _records(template, content):
            count += 1
            self._take(values)
        return count

    def _take(self, values: Mapping[int, int]) -> None:
        rate = values.get(e.SAMPLING, 0)
        if e.SPACE in values and rate:
            rate = round((rate + values[e.SPACE]) / rate)
        if values.get(e.SAMPLE_SIZE) and values.get(e.POPULATION):
            rate = round(values[e.POPULATION] / values[e.SAMPLE_SIZE])
        if 0 < rate <= _HIGHEST_RATE:
            sampler = values.get(e.SAMPLER)
            if sampler is None:
                self.sampling = rate
            elif sampler in self.samplers or len(self.samplers) < _MOST_SAMPLERS:
                self.samplers[sampler & 0x7FFFFFFF] = rate
        if 0 < values.get(e.ACTIVE_S, 0) < 1 << 16:
            self.active_s = values[e.ACTIVE_S]
        if 0 < values.get(e.IDLE_S, 0) < 1 << 16:
            self.idle_s = values[e.IDLE_S]
        if 0 < values.get(e.BOOT_MS, 0) < 1 << 43:
            self.boot_us = values[e.BOOT_MS] * 1000


def _records(template: Template, content: bytes) -> Iterator[dict[int, int]]:
    """Numbers that the records of a set hold, by meaning; the first 1024 records."""
    at = 0
    least = sum(1 if length == VARIABLE else length for _, length in template.fields)
    for _ in range(_MOST_RECORDS):
        if at + least > len(content):
            return
        values = {}
        for meaning, size in template.fields:
            length = size
            if length == VARIABLE:
                length = content[at] if at < len(content) else 0
                at += 1
                if length == 255:
                    length = int.from_bytes(content[at : at + 2], "big")
                    at += 2
            if at + length > len(content):
                return
            if meaning != e.SKIP and meaning not in e.ADDRESS_OCTETS and length <= 8:
                values[meaning] = int.from_bytes(content[at : at + length], "big")
            at += length
        yield values
