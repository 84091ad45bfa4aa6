"""Python's cyclic garbage collector while a capture is decoded.

What makes rows allocates much and leaves hardly a cycle, but every collection walks all that is
alive: what the program has ever loaded (compiler, engine: half a million objects), and the rows
that wait for the end of their block. A quarter of the decoding's time went there. So the collector
runs between blocks, when the rows are gone, and the older a generation is, the less often.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_BLOCKS = 4
"""Between two collections: most of what outlives one block ends with its flow soon after."""
_TIMES_A_GENERATION = 16


@contextmanager
def rare_collections() -> Iterator[Callable[[], None]]:
    """Collect only what was allocated within, and only when the yielded function is called.

    To be called after each block. Afterwards all is as it was before.
    """
    was_enabled = gc.isenabled()
    blocks = 0

    def collect() -> None:
        nonlocal blocks
        blocks += 1
        times, rest = divmod(blocks, _BLOCKS)
        if rest == 0:
            is_oldest = times % _TIMES_A_GENERATION**2 == 0
            gc.collect(2 if is_oldest else 1 if times % _TIMES_A_GENERATION == 0 else 0)

    gc.freeze()
    gc.disable()
    try:
        yield collect
    finally:
        if was_enabled:
            gc.enable()
        gc.unfreeze()
