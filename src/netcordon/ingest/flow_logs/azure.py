"""Flow logs of Azure: of network security groups (versions 1 and 2) and of virtual networks.

Source: Microsoft, "Flow logging for network security groups" and "Virtual network flow logs". A
record holds many tuples, and a tuple tells of both directions, its source being who began.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa

from netcordon.ingest.capture.exports.records import BY_SRC, DROPPED, PASSED, UNKNOWN
from netcordon.ingest.flow_logs.reported import Reported, protocols, records
from netcordon.ingest.flow_logs.telling import tuple_groups
from netcordon.ingest.text.addresses import addresses
from netcordon.ingest.text.blocks import Block
from netcordon.ingest.text.rows import Rows
from netcordon.ingest.text.tally import Tally

_SILENCE_US = 660_000_000
"""Flows that go on are told of every five minutes, give or take."""
_MOST_TUPLES = 1 << 18
_LATEST_MS = 7_258_118_400_000

_Tuple = tuple[int, int, str, str, int, int, str, int, int, int, int, int, str]
"""Line, time (ms), ends, protocol, outcome, packets and octets out and in, who reports."""


class AzureFlowLog:
    """Reads records; the number of a line is that of its record."""

    def __init__(self) -> None:
        self.reported = Reported("azure_flows", (_SILENCE_US, _SILENCE_US))

    def __call__(self, block: Block, tally: Tally) -> Iterable[Rows]:
        """Rows of a block, see ``text.reading.Format``."""
        found: list[_Tuple] = []
        rows: list[Rows] = []
        for index, number in enumerate(block.numbers.tolist()):
            line = block.text(index)
            try:
                value = json.loads(line)
            except (ValueError, RecursionError):
                tally.refuse_text("broken JSON", number, line)
                continue
            groups = list(tuple_groups(value)) if isinstance(value, dict) else []
            if not groups:
                tally.refuse_text("not a record of a flow log", number, line)
                continue
            tally.read += 1
            before = len(found)
            told = sum(len(tuples) for _, tuples in groups)
            found += _tuples(number, groups)
            self.reported.facts.add("azure_unread_tuples", told - len(found) + before)
            if len(found) >= _MOST_TUPLES:
                rows += self._add(found)
                found = []
        rows += self._add(found)
        return rows

    def _add(self, found: list[_Tuple]) -> Iterable[Rows]:
        if not found:
            return ()
        columns = [list(column) for column in zip(*found, strict=True)]
        numbers = np.array(columns[0], dtype=np.int64)
        src, dst = (addresses(pa.array(columns[at], pa.string())) for at in (2, 3))
        protocol = protocols(pa.array(columns[6], pa.string()))
        is_icmp = np.isin(protocol, (1, 58))
        flows = records(
            numbers, src, dst,
            {
                "start_us": np.array(columns[1], dtype=np.int64) * 1000,
                "end_us": np.array(columns[1], dtype=np.int64) * 1000,
                "src_port": np.where(is_icmp, UNKNOWN, columns[4]),
                "dst_port": np.where(is_icmp, UNKNOWN, columns[5]),
                "protocol": np.maximum(protocol, 0),
                "outcome": np.array(columns[7]),
                **{
                    name: np.array(columns[8 + place], dtype=np.int64)
                    for place, name in enumerate(
                        ("packets_out", "octets_out", "packets_in", "octets_in")
                    )
                },
                "begun_by": np.full(len(found), BY_SRC),
                "exporter": self.reported.numbers(pa.array(columns[12], pa.string())),
            },
        )  # fmt: skip
        is_known = (src.hi.is_valid().to_numpy(zero_copy_only=False)) & (
            dst.hi.is_valid().to_numpy(zero_copy_only=False)
        )
        self.reported.facts.add("azure_unread_tuples", int(np.count_nonzero(~is_known)))
        return self.reported.add(flows[is_known])


def _tuples(number: int, groups: Iterable[tuple[str, list[object]]]) -> Iterator[_Tuple]:
    for who, tuples in groups:
        for one in tuples:
            found = _tuple(number, who, one.split(",")) if isinstance(one, str) else None
            if found is not None:
                yield found


def _tuple(number: int, who: str, parts: list[str]) -> _Tuple | None:
    """A tuple of either kind: 8 or 13 parts, the letters of the protocol tell which.

    Security groups: time (s), ends, T or U, direction, A or D; version 2: state and counters.
    Virtual networks: time (ms), ends, protocol's number, direction, state (D denied), encryption,
    counters.
    """
    if len(parts) not in (8, 13):
        return None
    time, sport, dport = (_count(parts[at]) for at in (0, 3, 4))
    if time < 0:
        return None
    is_group = parts[5] in ("T", "U")
    milliseconds = time if time >= 100_000_000_000 else time * 1000
    if milliseconds >= _LATEST_MS:
        return None
    is_denied = parts[7] == "D"
    is_begin = parts[8] == "B" if is_group and len(parts) == 13 else parts[7] == "B"
    counters = [UNKNOWN] * 4
    if len(parts) == 13 and not is_denied and not is_begin:
        counters = [_count(part) for part in parts[9:13]]
    return (
        number, milliseconds, parts[1], parts[2], min(sport, 65535), min(dport, 65535), parts[5],
        DROPPED if is_denied else PASSED, *counters, who,
    )  # type: ignore[return-value]  # four counters  # fmt: skip


def _count(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else UNKNOWN
