"""Datagrams of exporters become the flows that they report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netcordon.ingest.capture.exports.elements import MEANINGS
from netcordon.ingest.capture.exports.exporters import Exporter, exporter_name
from netcordon.ingest.capture.exports.framing import MOST_SETS, read_datagrams
from netcordon.ingest.capture.exports.late import LateSets
from netcordon.ingest.capture.exports.reading import MOST_RECORDS, read_flows
from netcordon.ingest.capture.exports.records import EXPORTED, HEAD, SET, UNKNOWN, copied
from netcordon.ingest.capture.exports.templates import Template, Templates

Array = NDArray[Any]
MOST_EXPORTERS = 1 << 12
_HEADS = 1 << 12


@dataclass(frozen=True)
class Datagrams:
    """Datagrams in a block.

    Attributes:
        block: bytes.
        offsets: int64, of each payload.
        lengths: int32.
        frames: number of each frame, int64.
        times_us: when each was captured; ``None`` where nobody knows.
        ends: for each the sender and the receiver, upper and lower halves, in a tuple.
    """

    block: Array
    offsets: Array
    lengths: Array
    frames: Array
    times_us: Array | None
    ends: Sequence[tuple[int, int, int, int]]


class Collector:
    """Reads NetFlow 5, 7, 9 and IPFIX of many exporters.

    Attributes:
        exporters: in the order in which they were first heard.
        refused: reason -> datagrams or sets that were not read.
    """

    def __init__(self) -> None:
        self.exporters: list[Exporter] = []
        self.templates = Templates()
        self.refused: Counter[str] = Counter()
        self._by_ends: dict[tuple[object, ...], Exporter] = {}
        self._late = LateSets()
        self._heads = np.empty(_HEADS, dtype=HEAD)
        self._sets = np.empty(2 * MOST_SETS, dtype=SET)
        self._flows = np.empty(2 * MOST_RECORDS, dtype=EXPORTED)
        self._values = np.empty(MEANINGS, dtype=np.int64)

    @property
    def names(self) -> list[str]:
        """Names of the exporters, by number."""
        return [exporter.name for exporter in self.exporters]

    def take(self, datagrams: Datagrams) -> tuple[list[Array], NDArray[np.bool_]]:
        """Read datagrams; returns flows that are over, and which datagrams are none of these."""
        done: list[Array] = []
        is_other = np.zeros(len(datagrams.offsets), dtype=np.bool_)
        at = 0
        while at < len(datagrams.offsets):
            at, count, used = read_datagrams(
                datagrams.block, datagrams.offsets, datagrams.lengths, at, self._heads, self._sets
            )
            heads, sets = self._heads[:count], self._sets[:used]
            is_other[heads["event"][heads["version"] == 0]] = True
            done += self._take(datagrams, heads, sets)
        return done, is_other

    def finish(self) -> Iterator[Array]:
        """The flows that are left."""
        for exporter in self.exporters:
            yield exporter.settled(exporter.joining.finish())

    def _take(self, datagrams: Datagrams, heads: Array, sets: Array) -> list[Array]:
        who = self._exporters(datagrams, heads)
        counts = np.zeros(len(heads), dtype=np.int64)
        done = self._resolve(datagrams, heads, sets, who, counts)
        chosen = sets.take(np.flatnonzero(sets["plan"] != UNKNOWN))
        frames = datagrams.frames[heads["event"]]
        numbers = np.array([UNKNOWN if w is None else w.number for w in who], dtype=np.int32)
        done += self.read(datagrams.block, heads, chosen, counts, (frames, numbers))
        for head, exporter, records in zip(
            zip(*(heads[name].tolist() for name in ("sequence", "count")), strict=True),
            who, counts.tolist(), strict=True,
        ):  # fmt: skip
            if exporter is not None:
                _follow(exporter, head, records)
        return done

    def read(
        self, block: Array, heads: Array, sets: Array, counts: Array, of_heads: tuple[Array, Array]
    ) -> list[Array]:
        """Read sets that have plans; returns flows that are over.

        Args:
            block: bytes.
            heads: headers of the datagrams.
            sets: those to read.
            counts: by head, grows by the records read.
            of_heads: frame and number of the exporter of each head.
        """
        done, at = [], 0
        plans, fields = self.templates.plans, self.templates.fields
        while at < len(sets):
            at, count = read_flows(
                block, heads, sets, at, plans, fields, self._values, counts, self._flows
            )
            flows = copied(self._flows[:count])
            head = flows["frame"].copy()
            flows["frame"], flows["exporter"] = of_heads[0][head], of_heads[1][head]
            for number in np.unique(flows["exporter"]).tolist():
                exporter = self.exporters[number]
                mine = flows.take(np.flatnonzero(flows["exporter"] == number))
                exporter.flows += len(mine)
                longest = int((mine["end_us"] - mine["start_us"]).max())
                exporter.longest_us = max(exporter.longest_us, longest)
                over = exporter.joining.add(mine)
                if len(over):
                    done.append(exporter.settled(over))
        return done

    def _exporters(self, datagrams: Datagrams, heads: Array) -> list[Exporter | None]:
        who: list[Exporter | None] = []
        names = ("event", "version", "domain", "export_us", "is_sound")
        for event, version, domain, export_us, is_sound in zip(
            *(heads[name].tolist() for name in names), strict=True
        ):
            exporter = self._exporter(datagrams.ends[event], version, domain) if version else None
            who.append(exporter)
            if exporter is None:
                continue
            exporter.datagrams += 1
            exporter.was_heard(export_us, export_us)
            self.refused["flow export cut off or malformed"] += not is_sound
            if datagrams.times_us is not None:
                off = export_us - int(datagrams.times_us[event])
                before = exporter.clock_off_us
                exporter.clock_off_us = off if before is None else max(before, off)
        return who

    def _exporter(
        self, ends: tuple[int, int, int, int], version: int, domain: int
    ) -> Exporter | None:
        key = (ends, version, domain)
        known = self._by_ends.get(key)
        if known is None:
            if len(self.exporters) >= MOST_EXPORTERS:
                self.refused["exporters beyond the bound"] += 1
                return None
            known = Exporter(len(self.exporters), exporter_name(ends[0], ends[1], domain), version)
            self.exporters.append(known)
            self._by_ends[key] = known
        return known

    def _resolve(
        self,
        datagrams: Datagrams,
        heads: Array,
        sets: Array,
        who: Sequence[Exporter | None],
        counts: Array,
    ) -> list[Array]:
        """Give each data set its plan; read templates, options, and sets that waited for them."""
        done: list[Array] = []
        names = ("head", "id", "offset", "length")
        plans = np.full(len(sets), UNKNOWN, dtype=np.int32)
        for place, (head, set_id, offset, length) in enumerate(
            zip(*(sets[name].tolist() for name in names), strict=True)
        ):
            exporter = who[head]
            if exporter is None:
                continue
            if set_id >= 256 or set_id < 0:
                template = self.templates.find(exporter.number, set_id)
                if template is None:
                    content = datagrams.block[offset : offset + length].tobytes()
                    frame = int(datagrams.frames[heads["event"][head]])
                    self._late.keep(exporter.number, set_id, content, heads[head], frame)
                    counts[head] = -(1 << 40)
                elif template.is_options:
                    content = datagrams.block[offset : offset + length].tobytes()
                    counts[head] += self._options(exporter, template, content)
                else:
                    plans[place] = template.plan
            elif set_id <= 3 and heads["version"][head] == (9 if set_id < 2 else 10):
                content = datagrams.block[offset : offset + length].tobytes()
                for number in self.templates.take(exporter.number, set_id, content):
                    done += self._take_late(exporter, number)
        sets["plan"] = plans
        self._set_uptimes(heads, who)
        return done

    def _options(self, exporter: Exporter, template: Template, content: bytes) -> int:
        return exporter.options.take(template, content)

    def _set_uptimes(self, heads: Array, who: Sequence[Exporter | None]) -> None:
        """IPFIX counts from a moment that options tell, where it counts milliseconds at all."""
        for place in np.flatnonzero(heads["version"] == 10).tolist():
            exporter = who[place]
            boot_us = None if exporter is None else exporter.options.boot_us
            if boot_us is not None:
                up = int(heads["export_us"][place]) - boot_us
                heads["uptime_ms"][place] = max(up // 1000, 0)

    def _take_late(self, exporter: Exporter, set_id: int) -> list[Array]:
        """Read the sets that came before their template."""
        late = self._late.pop(exporter.number, set_id)
        template = self.templates.find(exporter.number, set_id)
        if late is None or template is None:
            return []
        if template.is_options:
            for content in late.contents():
                self._options(exporter, template, content)
            return []
        late.sets["plan"] = template.plan
        counts = np.zeros(len(late.heads), dtype=np.int64)
        self._set_uptimes(late.heads, [exporter] * len(late.heads))
        numbers = np.full(len(late.heads), exporter.number, dtype=np.int32)
        return self.read(late.block, late.heads, late.sets, counts, (late.frames, numbers))

    def close(self) -> None:
        """Count the sets that no template ever came for."""
        for number, count in self._late.left().items():
            self.exporters[number].unread_sets += count
        self.refused["flow export without a template"] += self._late.count


def _follow(exporter: Exporter, head: tuple[int, int], records: int) -> None:
    """Sequence numbers: version 9 counts datagrams, the others records; see RFC 7011, 3.1."""
    sequence, count = head
    held = records if records >= 0 else UNKNOWN
    if exporter.version in (5, 7):
        held = count
    if exporter.version == 9:
        exporter.by_datagram.take(sequence, 1)
    exporter.by_record.take(sequence, held)
