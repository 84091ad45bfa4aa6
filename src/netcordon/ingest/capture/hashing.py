"""One mixing function for all hashes of the kernels."""

from __future__ import annotations

import numpy as np

from netcordon.ingest.capture.compiled import subkernel


@subkernel
def mix(value: np.uint64) -> np.uint64:
    """Finaliser of SplitMix64 (Steele, Lea, Flood 2014)."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))
