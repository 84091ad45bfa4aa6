"""Python's cyclic garbage collector while a capture is decoded.

What makes rows allocates much and leaves hardly a cycle, but every collection walks all that the
program has ever loaded (compiler, engine: half a million objects). A quarter of the decoding's time
went there.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_THRESHOLDS = (400_000, 10, 10)
"""Rows wait as tuples for the end of their block: a lower first bound walks them for nothing."""


@contextmanager
def rare_collections() -> Iterator[None]:
    """Collect seldom, and only what was allocated within; as before afterwards."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
