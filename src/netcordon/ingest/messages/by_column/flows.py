"""What a rule did with a packet, by the column; see ``messages.flows``."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from netcordon.ingest.messages.flows import state
from netcordon.ingest.text.cells import Cells
from netcordon.ingest.text.shaping import each

_REFUSED = ("dropped", "rejected")
_NONE = pa.scalar(None, pa.int64())


def small_counts(cells: Cells) -> pa.Array:
    """Counts that fit 31 bits; NULL beyond."""
    found = cells.counts()
    return pc.if_else(pc.less(found, 1 << 31), found, _NONE)


def refused_or_passed(
    time: pa.Array, transport: pa.DictionaryArray, outcome: pa.DictionaryArray, octets: pa.Array
) -> dict[str, object]:
    """The columns of flows of which one packet is known, and nothing where it may have passed.

    Args:
        time: of the packet.
        transport: protocol.
        outcome: as ``disposition`` says it.
        octets: of IP in the packet.
    """
    is_refused = pc.fill_null(each(outcome, _REFUSED.__contains__, pa.bool_()), False)
    count = len(time)
    none = pc.if_else(is_refused, 0, _NONE)
    sent = pc.if_else(is_refused, octets, _NONE)
    both = pc.binary_join_element_wise(
        outcome.cast(pa.string()), transport.cast(pa.string()), " ",
        null_handling="replace", null_replacement="",
    ).dictionary_encode()  # fmt: skip
    return {
        "start_time": time,
        "end_time": time,
        "duration_s": np.zeros(count),
        "protocol": transport,
        "conn_state": each(both, _state, pa.string()),
        "packets_out": pc.if_else(is_refused, 1, _NONE),
        "packets_in": none,
        "ip_bytes_out": sent,
        "ip_bytes_in": none,
        "payload_bytes_out": pc.coalesce(sent, none),
        "payload_bytes_in": none,
        "is_fragment": np.zeros(count, dtype=np.bool_),
    }


def _state(both: str) -> str | None:
    outcome, _, transport = both.partition(" ")
    return state(outcome or None, None, None, transport or None)
