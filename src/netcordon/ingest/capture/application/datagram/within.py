"""Datagrams of which a block holds all that was captured of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from netcordon.ingest.capture.events import chosen


def within(buffer: NDArray[np.uint8], events: NDArray[Any], least: int) -> NDArray[Any]:
    """The events whose payload lies in the block and has ``least`` octets or more.

    Args:
        buffer: the block.
        events: ``EVENT`` rows.
        least: octets that will be looked at.
    """
    offsets, lengths = events["offset"], events["length"]
    return chosen(events, (offsets >= 0) & (lengths >= least) & (offsets + lengths <= len(buffer)))
