"""How kernels are compiled: without the interpreter lock, and cached beside the source.

Numba's cache looks at the file of a function only, not at the files of what it calls; a kernel
would go stale when its neighbour changed. Every kernel is therefore stamped with the state of all
files of this folder. Out-of-range indices are checked by the kernels themselves (Numba checks
nothing); ``NUMBA_BOUNDSCHECK=1`` turns its own checks on for the tests.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., Any])


def _stamp_of_folder() -> tuple[float, int]:
    """Newest modification and total size of this folder's modules."""
    states = [path.stat() for path in Path(__file__).parent.glob("*.py")]
    return max(s.st_mtime for s in states), sum(s.st_size for s in states)


_STAMP = _stamp_of_folder()
_CHECKED = os.environ.get("NUMBA_BOUNDSCHECK") == "1"


def kernel(function: F) -> F:
    """Compile ``function`` on its first call, once per machine.

    Builds with bounds checks are not cached, so that they never mix with the ones without.
    """
    compiled: Any = numba.njit(nogil=True, cache=not _CHECKED, error_model="numpy")(function)
    cache_file = getattr(getattr(compiled, "_cache", None), "_cache_file", None)
    if cache_file is not None:
        cache_file._source_stamp = _STAMP
    return cast("F", compiled)
