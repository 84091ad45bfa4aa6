"""Flows as tables in text: Argus (``ra``, binetflow), SiLK (``rwcut``), nfdump (``-o csv``).

Sources: manuals of ra(1), rwcut(1) and nfdump(1). The first line names the columns; their names
tell the program, their order is free.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from netcordon.ingest.capture.exports.records import (
    BY_DST,
    BY_SRC,
    BY_UNKNOWN,
    ENDED,
    ESTABLISHED,
    RESET,
    UNANSWERED,
    UNKNOWN,
)
from netcordon.ingest.flow_logs.reported import Reported, protocols, records, whole
from netcordon.ingest.flow_logs.telling import columns_of
from netcordon.ingest.messages.moments import Clock
from netcordon.ingest.text.blocks import Block
from netcordon.ingest.text.columns import Columns
from netcordon.ingest.text.delimited import delimited
from netcordon.ingest.text.rows import Rows
from netcordon.ingest.text.shaping import natural, port
from netcordon.ingest.text.tally import Tally

_ETHERNET = 14
_FLAGS = {"F": 1, "S": 2, "R": 4, "P": 8, "A": 16, "U": 32, "E": 64, "C": 128}
_STATES = {
    "INT": UNANSWERED, "REQ": UNANSWERED, "CON": ESTABLISHED, "ACC": ESTABLISHED,
    "EST": ESTABLISHED, "FIN": ENDED, "CLO": ENDED, "RST": RESET,
}  # fmt: skip
"""Words that Argus has for the state of a connection where it shows no flags."""
_ICMP_TYPES = {"ECO": 8, "ECR": 0, "TXD": 11, "RED": 5, "SRC": 4, "URP": 3, "URH": 3, "URN": 3,
               "URO": 3, "URF": 3, "URFIL": 3, "URCUT": 3}  # fmt: skip


class FlowTable:
    """Reads lines under a header.

    Args:
        head: the first line.
        clock: reads the times.
    """

    def __init__(self, head: bytes, clock: Clock) -> None:
        found = columns_of(head)
        assert found is not None, "recognised before"
        self.program, self._names, self._separator = found
        self.reported = Reported(f"{self.program}_flows")
        self._clock = clock

    def __call__(self, block: Block, tally: Tally) -> Iterable[Rows]:
        """Rows of a block, see ``text.reading.Format``."""
        is_head = np.array(
            [columns_of(block.text(i)) is not None if _is_letter(o) else False
             for i, o in enumerate(block.first_octets().tolist())], dtype=np.bool_,
        )  # fmt: skip
        tally.comments += int(is_head.sum())
        block = block.select(~is_head)
        log = delimited(block, self._names, self._separator, tally, unset=("", "*"))
        fields = {n: pc.utf8_trim_whitespace(log.raw(n)) for n in set(self._names)}
        log = Columns(fields, log.block)
        # What Argus says of itself stands between its flows.
        is_remark = pc.fill_null(pc.equal(log.lower("protocol"), "man"), False)
        tally.comments += int(pc.sum(is_remark).as_py() or 0)
        log = log.where(pc.invert(is_remark))
        start = pa.array(self._times(log.text("start")))
        log = Columns({**{n: log.raw(n) for n in fields}, "start_us": start}, log.block)
        ends = log.address("src").hi.is_valid(), log.address("dst").hi.is_valid()
        good = {
            "no IP addresses": pc.and_(*ends),
            "no time, or none that can be read": pc.greater_equal(start, 0),
            "no protocol of IP": pa.array(protocols(log.text("protocol")) >= 0),
        }
        log = log.required(tally, good)
        tally.read += len(log)
        return self.reported.add(self._flows(log)) if len(log) else ()

    def _times(self, texts: pa.Array) -> np.ndarray:
        words = texts.dictionary_encode()
        known = [
            -1 if w is None else self._clock.microseconds(w.replace("/", "-", 2)) or -1
            for w in words.dictionary.to_pylist()
        ]
        indices = pc.fill_null(words.indices, len(known)).to_numpy(zero_copy_only=False)
        found: np.ndarray = np.array([*known, -1], dtype=np.int64)[indices.astype(np.int64)]
        return found

    def _flows(self, log: Columns) -> np.ndarray:
        start = log.raw("start_us").to_numpy()
        end = self._times(log.text("end"))
        length = pc.fill_null(log.number("duration"), 0.0).to_numpy(zero_copy_only=False)
        lasted = start + np.round(np.clip(length, 0, 1e9) * 1e6).astype(np.int64)
        protocol = protocols(log.text("protocol"))
        state = log.text("state")
        counts = self._counts(log)
        out, back = _flags(state if self.program == "argus" else log.text("flags"))
        is_tcp = protocol == 6
        kinds = _told(state, _ICMP_TYPES, UNKNOWN)
        is_icmp = np.isin(protocol, (1, 58))
        sport, dport = (whole(port(log.whole(name))) for name in ("sport", "dport"))
        return records(
            log.numbers, log.address("src"), log.address("dst"),
            {
                "start_us": start,
                "end_us": np.where(end >= start, end, lasted),
                "protocol": protocol,
                "src_port": np.where(is_icmp, kinds, sport),
                "dst_port": np.where(is_icmp, np.where(kinds == UNKNOWN, UNKNOWN, 0), dport),
                **counts,
                "flags_out": np.where(is_tcp, out, UNKNOWN),
                "flags_in": np.where(is_tcp, back, UNKNOWN),
                "outcome": np.where(is_tcp, _told(state, _STATES, 0), 0),
                "begun_by": _told(log.text("dir"), _WAYS, BY_UNKNOWN),
                "exporter": self.reported.numbers(pc.fill_null(log.text("exporter"), self.program)),
            },
        )  # fmt: skip

    def _counts(self, log: Columns) -> dict[str, np.ndarray]:
        """Packets and octets of IP of both directions; Argus counts frames of Ethernet."""
        found = {
            name: whole(natural(log.whole(name)))
            for name in ("packets_out", "packets_in", "octets_out", "octets_in")
        }
        for kind in ("packets", "octets"):
            total = whole(natural(log.whole(kind)))
            out, back = found[f"{kind}_out"], found[f"{kind}_in"]
            has_rest = (total != UNKNOWN) & (back == UNKNOWN) & (out != UNKNOWN) & (total >= out)
            found[f"{kind}_in"] = np.where(has_rest, total - np.maximum(out, 0), back)
        # Of the packets of both directions together only the sum may be known.
        if "packets_out" not in log and "packets" in log:
            total = whole(natural(log.whole("packets")))
            is_alone = found["octets_in"] == 0
            found["packets_out"] = np.where(is_alone, total, UNKNOWN)
            found["packets_in"] = np.where(is_alone, 0, UNKNOWN)
        if self.program == "argus":
            for way in ("out", "in"):
                frames, octets = found[f"packets_{way}"], found[f"octets_{way}"]
                less = np.maximum(octets - _ETHERNET * np.maximum(frames, 0), 0)
                found[f"octets_{way}"] = np.where(octets == UNKNOWN, UNKNOWN, less)
        return found


_WAYS = {"->": BY_SRC, "<->": BY_SRC, "<-": BY_DST, "-": BY_UNKNOWN}
"""Arrow of Argus -> who began; with a question mark it did not see the begin."""


def _is_letter(octet: int) -> bool:
    return octet in b" SsFfPpTtRr"


def _told(texts: pa.Array, known: dict[str, int], other: int) -> np.ndarray:
    words = texts.dictionary_encode()
    numbers = [known.get(w or "", other) for w in words.dictionary.to_pylist()]
    indices = pc.fill_null(words.indices, len(numbers)).to_numpy(zero_copy_only=False)
    found: np.ndarray = np.array([*numbers, other], dtype=np.int64)[indices.astype(np.int64)]
    return found


def _flags(texts: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Flags of both directions: ``FSPA_FSA`` of Argus, ``FS PA`` or ``.AP.SF`` of one direction."""
    words = texts.dictionary_encode()
    pairs = [_pair(w) for w in words.dictionary.to_pylist()]
    indices = pc.fill_null(words.indices, len(pairs)).to_numpy(zero_copy_only=False)
    found = np.array([*pairs, (UNKNOWN, UNKNOWN)], dtype=np.int64)[indices.astype(np.int64)]
    return found[:, 0], found[:, 1]


def _pair(word: str | None) -> tuple[int, int]:
    """Flags of a word, UNKNOWN where it is none."""
    letters = (word or "").replace(".", "").replace(" ", "")
    one, bar, other = letters.partition("_")
    if not word or len(letters) > 20 or not set(one + other) <= _FLAGS.keys():
        return UNKNOWN, UNKNOWN
    if not bar and "." not in word and len(word) == 3 and word in _STATES:
        return UNKNOWN, UNKNOWN
    out, back = (sum({_FLAGS[letter] for letter in part}) for part in (one, other))
    return out, back if bar else UNKNOWN
