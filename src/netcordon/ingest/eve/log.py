"""EVE: events of all types in one log, each line an object."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from netcordon.ingest.eve import applications, findings, flows, windows
from netcordon.ingest.eve.fields import schema
from netcordon.ingest.eve.others import OTHERS
from netcordon.ingest.text.blocks import Block
from netcordon.ingest.text.columns import Columns, refuse_by_name
from netcordon.ingest.text.json_lines import json_columns
from netcordon.ingest.text.reading import Facts
from netcordon.ingest.text.rows import Rows
from netcordon.ingest.text.tally import Tally

_EVENTS: dict[str, Callable[[Columns], Iterable[Rows]]] = {
    "flow": flows.flow, "netflow": flows.netflow, "dns": applications.dns,
    "http": applications.http, "tls": applications.tls, "quic": applications.quic,
    "ssh": applications.ssh, "dhcp": applications.dhcp, "fileinfo": applications.fileinfo,
    "smb": windows.smb, "dcerpc": windows.dcerpc, "krb5": windows.krb5, "rdp": windows.rdp,
    "alert": findings.alert, "anomaly": findings.anomaly, **OTHERS,
}  # fmt: skip

MANY_BYTES = 1 << 20
"""Bytes of a block that are worth loading the compiled reader for."""
_KEY = np.frombuffer(b'"event_type":', dtype=np.uint8)

READ = frozenset((*_EVENTS, "stats"))
"""Types of events that become rows."""


class EveLog:
    """Reads lines of EVE."""

    def __init__(self) -> None:
        self.facts = Facts()

    def __call__(self, block: Block, tally: Tally) -> Iterable[Rows]:
        """Rows of a block, see ``text.reading.Format``.

        The type that a line seems to be of decides which fields of it are read; where it turns out
        to be of another, it is read once more.
        """
        waiting = list(_by_kind(block))
        while waiting:
            guess, part = waiting.pop(0)
            log = json_columns(part, schema(guess), tally)
            if set(log.words("event_type").dictionary.to_pylist()) - {guess}:
                kinds = np.array(log.text("event_type").to_pylist(), dtype=object)
                others = (kinds != guess) & pc.is_valid(log.text("event_type")).to_numpy(False)
                for kind in sorted(set(kinds[others].tolist()) & READ):
                    waiting.append((kind, log.block.select(others & (kinds == kind))))
                unknown = others & ~np.isin(kinds, sorted(READ))
                refuse_by_name(log.block, unknown, kinds, "no table for events of type", tally)
                log = log.where(~others)
            good = {
                "no event type": pc.is_valid(log.text("event_type")),
                "no time": pc.is_valid(log.time("timestamp")),
            }
            yield from self._rows(guess, log.required(tally, good), tally)

    def _rows(self, kind: str, log: Columns, tally: Tally) -> Iterable[Rows]:
        if kind in ("flow", "netflow"):
            good = {
                "src_ip is no address": pc.is_valid(log.address("src_ip").text),
                "dest_ip is no address": pc.is_valid(log.address("dest_ip").text),
            }
            log = log.required(tally, good)
        tally.read += len(log)
        self.facts.add(f"eve_{kind}_events", len(log))
        if not len(log):
            return
        yield from findings.stats(log, self.facts) if kind == "stats" else _EVENTS[kind](log)


def _by_kind(block: Block) -> Iterable[tuple[str, Block]]:
    """The lines of each type, as far as the text shows it; of unknown types together."""
    seen = _seen_by_kernel(block) if len(block.data) >= MANY_BYTES else _seen(block)
    names = [name if name in READ else "" for name in seen.dictionary.to_pylist()]
    places = {name: place for place, name in enumerate(sorted({*names, ""}))}
    numbers = np.array([*(places[name] for name in names), places[""]])
    kinds = numbers[seen.indices.fill_null(len(names)).to_numpy()]
    for name, place in places.items():
        if (chosen := kinds == place).any():
            yield name, block.select(chosen)


def _seen(block: Block) -> pa.DictionaryArray:
    found = pc.extract_regex(block.texts(), r'"event_type": ?"(?P<kind>[a-z0-9_-]{1,32})"')
    return found.field(0).dictionary_encode()


def _seen_by_kernel(block: Block) -> pa.DictionaryArray:
    from netcordon.ingest.text.cells import Cells
    from netcordon.ingest.text.template_kernels import words_after

    data = np.frombuffer(block.data, dtype=np.uint8)
    starts, ends = np.empty(len(block), dtype=np.int32), np.empty(len(block), dtype=np.int32)
    words_after(data, block.starts, block.ends, _KEY, starts, ends)
    return Cells(data, starts, ends).words
