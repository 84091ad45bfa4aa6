"""Which flow a packet counts in, told from the rows of flows: by its ends, and when it came."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from netcordon.ingest.capture.flow.rows import PROTOCOLS
from netcordon.ingest.capture.layout import Records
from netcordon.ingest.capture.packet import verdicts
from netcordon.tables.engine import Engine

_KEYS = ("src_hi", "src_lo", "dst_hi", "dst_lo", "src_port", "dst_port")
_CANDIDATES = """
WITH wanted AS (
    SELECT n, frame, protocol, is_fragment, src_hi, src_lo, src_port, dst_hi, dst_lo, dst_port
    FROM packet_key
    UNION
    SELECT n, frame, protocol, is_fragment, dst_hi, dst_lo, dst_port, src_hi, src_lo, src_port
    FROM packet_key
)
SELECT DISTINCT n, uid, tunnel_parent FROM wanted JOIN network_activity AS flow
  ON flow.src_ip_hi = src_hi AND flow.src_ip_lo = src_lo AND flow.src_port = wanted.src_port
 AND flow.dst_ip_hi = dst_hi AND flow.dst_ip_lo = dst_lo AND flow.dst_port = wanted.dst_port
 AND flow.protocol = wanted.protocol AND flow.is_fragment = wanted.is_fragment
WHERE flow.evidence_id = $evidence AND frame BETWEEN flow.first_frame AND flow.last_frame
ORDER BY n, uid
"""


def uids_of(
    engine: Engine,
    evidence_id: str,
    packets: Records,
    frames: NDArray[np.int64],
    is_inside: NDArray[np.bool_],
) -> pa.StringArray:
    """The uid of each packet's flow; NULL without one, and where rows do not tell which it is.

    Args:
        engine: holds the flows.
        evidence_id: whose packets these are.
        packets: PACKET records, n of them, in the order of ``packets_of``.
        frames: number of the frame of each.
        is_inside: whether the one before carries it.
    """
    places = np.flatnonzero(packets["verdict"] == verdicts.IP)
    keys: dict[str, object] = {name: packets[name][places] for name in _KEYS}
    keys |= {
        "n": places,
        "frame": frames[places],
        "protocol": PROTOCOLS.take(pa.array(packets["protocol"][places])),
        "is_fragment": packets["is_later_fragment"][places] != 0,
    }
    engine.add_table("packet_key", pa.table(keys))
    found = engine.arrow(_CANDIDATES, {"evidence": evidence_id})
    candidates: list[list[tuple[str, str | None]]] = [[] for _ in range(len(packets))]
    for n, uid, parent in zip(*(column.to_pylist() for column in found.columns), strict=True):
        candidates[n].append((uid, parent))
    return pa.array(_resolved(candidates, is_inside.tolist()), pa.string())


def _resolved(
    candidates: Sequence[Sequence[tuple[str, str | None]]], is_inside: Sequence[bool]
) -> list[str | None]:
    """The one candidate of each packet that belongs to the flow which carries the packet."""
    uids: list[str | None] = []
    for n, of in enumerate(candidates):
        carrier = uids[n - 1] if n and is_inside[n] else None
        if is_inside[n] and carrier is None:
            fitting = {uid for uid, parent in of if parent is not None}
        else:
            fitting = {uid for uid, parent in of if parent == carrier}
        uids.append(fitting.pop() if len(fitting) == 1 else None)
    return uids
