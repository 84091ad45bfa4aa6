"""Columns of a flow log become flows, like those that exporters report in datagrams."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from netcordon.ingest.capture.exports.exporters import Exporter
from netcordon.ingest.capture.exports.joining import Joining
from netcordon.ingest.capture.exports.records import UNKNOWN, new_flows
from netcordon.ingest.capture.exports.rows import flow_columns
from netcordon.ingest.capture.protocols import IP_PROTOCOL_NAMES
from netcordon.ingest.text.addresses import Addresses
from netcordon.ingest.text.reading import Facts
from netcordon.ingest.text.rows import Rows

Array = NDArray[Any]
_MOST_EXPORTERS = 1 << 16
_OTHERS = "other exporters"
_NUMBERS = {name: number for number, name in IP_PROTOCOL_NAMES.items()} | {
    "icmpv6": 58, "ipv6-icmp": 58, "ospfigp": 89, "rtp": 17, "rtcp": 17, "udt": 17, "t": 6, "u": 17,
    "ip": 0, "ah": 51, "esp": 50, "pim": 103, "udplite": 136,
}  # fmt: skip


class Reported:
    """Flows of one log.

    Args:
        fact: name of the fact that counts them.
        silence_us: of TCP and of other protocols, see ``Joining``.
    """

    def __init__(self, fact: str, silence_us: tuple[int, int] | None = None) -> None:
        self.facts = Facts()
        self._fact = fact
        self._names: dict[str, int] = {}
        self._whole = Exporter(0, fact, 0)
        if silence_us is not None:
            self._whole.joining = Joining(*silence_us)

    def numbers(self, names: pa.Array) -> Array:
        """The exporter's number for each name; NULL is a name of its own."""
        words = pc.fill_null(names, "").dictionary_encode()
        known = []
        for name in words.dictionary.to_pylist():
            if name not in self._names and len(self._names) >= _MOST_EXPORTERS:
                name = _OTHERS
            known.append(self._names.setdefault(name, len(self._names)))
        found: Array = np.array(known, dtype=np.int32)[words.indices.to_numpy()]
        return found

    def add(self, flows: Array) -> Iterable[Rows]:
        """Take ``EXPORTED`` records; gives the rows of flows that are over."""
        self.facts.add(self._fact, len(flows))
        yield from self._rows(self._whole.joining.add(flows))

    def finish(self) -> Iterable[Rows]:
        """The rows of the flows that are left."""
        yield from self._rows(self._whole.joining.finish())
        if self._whole.is_one_sided:
            self.facts.add("one_sided_flows", 1)

    def _rows(self, flows: Array) -> Iterable[Rows]:
        if len(flows):
            columns = flow_columns(self._whole.settled(flows), list(self._names))
            yield Rows("network_activity", columns)


def records(
    numbers: Array,
    src: Addresses,
    dst: Addresses,
    columns: Mapping[str, pa.Array | Array],
) -> Array:
    """``EXPORTED`` records of columns.

    Args:
        numbers: of the lines.
        src: sender.
        dst: receiver.
        columns: name of a field -> its values, NULL where they are not told; ``start_us`` is a
            must.
    """
    flows = new_flows(len(numbers))
    flows["frame"] = numbers
    for end, found in (("src", src), ("dst", dst)):
        flows[f"{end}_hi"] = pc.fill_null(found.hi, 0).to_numpy(zero_copy_only=False)
        flows[f"{end}_lo"] = pc.fill_null(found.lo, 0).to_numpy(zero_copy_only=False)
    for name, values in columns.items():
        flows[name] = whole(values)
    flows["end_us"] = np.maximum(flows["end_us"], flows["start_us"])
    flows["start_out_us"] = np.where(flows["packets_out"] == 0, UNKNOWN, flows["start_us"])
    has_back = (flows["packets_in"] > 0) | (flows["octets_in"] > 0)
    flows["start_in_us"] = np.where(
        has_back & (flows["start_in_us"] == UNKNOWN), flows["start_us"], flows["start_in_us"]
    )
    return flows


def whole(values: pa.Array | Array) -> Array:
    """Numbers as an array, ``UNKNOWN`` where they are NULL or beyond 62 bits."""
    if isinstance(values, np.ndarray):
        return values
    found: Array = pc.fill_null(values, UNKNOWN).to_numpy(zero_copy_only=False)
    return np.where((found < 0) | (found >= 1 << 62), UNKNOWN, found)


def protocols(texts: pa.Array) -> Array:
    """Numbers of protocols given by number or name; UNKNOWN for those that IP does not carry."""
    words = pc.utf8_lower(pc.utf8_trim_whitespace(texts)).dictionary_encode()
    known = [_protocol(word) for word in words.dictionary.to_pylist()]
    indices = pc.fill_null(words.indices, len(known)).to_numpy(zero_copy_only=False)
    found: Array = np.array([*known, UNKNOWN], dtype=np.int64)[indices.astype(np.int64)]
    return found


def _protocol(word: str | None) -> int:
    if word is None or not word:
        return UNKNOWN
    if word.isascii() and word.isdecimal() and len(word) <= 3:
        return int(word) if int(word) < 256 else UNKNOWN
    return _NUMBERS.get(word, UNKNOWN)
