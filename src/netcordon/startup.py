"""A process that is all netcordon's own starts without what nobody here uses."""

from __future__ import annotations

import os
import sys
from importlib.abc import MetaPathFinder

_ABSENT = frozenset(("pandas", "scipy", "cffi"))
"""PyArrow looks for pandas, Numba for SciPy's BLAS and for cffi: half a second of start where they
are installed."""
_SETTINGS = {
    # Nobody multiplies matrices, and a process that forks has to be without threads.
    "OPENBLAS_NUM_THREADS": "1",
    # Arrow's own allocator takes huge pages and clears them: a third of the writer's time.
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}


class _Absent(MetaPathFinder):
    def find_spec(self, fullname: str, *_: object) -> None:
        """Say of these that they are not there, and of all others nothing."""
        if fullname in _ABSENT:
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)


def start_lean() -> None:
    """Set this process up; before NumPy and PyArrow are imported. What the user has set stays."""
    for name, value in _SETTINGS.items():
        os.environ.setdefault(name, value)
    if not any(isinstance(finder, _Absent) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Absent())
