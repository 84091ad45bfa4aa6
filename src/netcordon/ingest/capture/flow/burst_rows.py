"""The bursts of settled flows as columns of ``network_activity``."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from netcordon.ingest.capture.flow.bursts import SAMPLE
from netcordon.ingest.capture.layout import Records


def burst_columns(flows: Records, bursts: Records) -> dict[str, NDArray[Any] | pa.Array]:
    """Columns of n flows.

    Args:
        flows: FLOW records, n of them, settled.
        bursts: BURSTS records of those that have two bursts or more, in the same order.
    """
    count = flows["bursts"].astype(np.int64)
    is_many, is_flipped = count > 1, flows["flip"] != 0
    begun = np.zeros((len(flows), 2), dtype=np.int64)
    begun[count == 1, flows["begun_by"][count == 1]] = 1
    begun[is_many, 0], begun[is_many, 1] = bursts["begun_a"], bursts["begun_b"]
    begun[is_flipped] = begun[is_flipped, ::-1]
    turned = is_flipped[is_many, np.newaxis]
    octets_out = np.where(turned, bursts["octets_b"], bursts["octets_a"])
    octets_in = np.where(turned, bursts["octets_a"], bursts["octets_b"])
    span_us = np.zeros(len(flows), dtype=np.int64)
    span_us[is_many] = flows["burst_ns"][is_many] // 1000 - bursts["first_ns"] // 1000
    lengths = np.where(is_many, np.minimum(count - 1, SAMPLE), 0)
    return {
        "bursts": count,
        "bursts_begun_out": begun[:, 0].copy(),
        "bursts_begun_in": begun[:, 1].copy(),
        "burst_span_s": pa.array(span_us / 1e6, mask=~is_many),
        "burst_gaps_ms": _lists(bursts["gaps_ms"], lengths),
        "burst_bytes_out": _lists(octets_out, lengths),
        "burst_bytes_in": _lists(octets_in, lengths),
    }


def _lists(samples: NDArray[Any], lengths: NDArray[np.int64]) -> pa.ListArray:
    """Lists of int32, one a flow; NULL where the length is 0."""
    kept = lengths[lengths > 0]
    values = samples[np.arange(SAMPLE) < kept[:, np.newaxis]].astype(np.int32)
    offsets = np.concatenate(([0], np.cumsum(lengths))).astype(np.int32)
    return pa.ListArray.from_arrays(offsets, values, mask=pa.array(lengths == 0))
