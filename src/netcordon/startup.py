"""A process that is all netcordon's own starts without what nobody here uses."""

from __future__ import annotations

import dis
import os
import sys
from importlib.abc import MetaPathFinder
from types import FrameType

_COMPILED = "(compiled)"
_ABSENT = {_COMPILED: {"pandas"}, "numba": {"scipy", "cffi"}, "llvmlite": {"cffi"}}
"""Who looks for what in vain: PyArrow's compiled part for pandas, Numba for SciPy's BLAS and for
cffi, half a second of start where they are installed. Whoever else asks for them gets them."""
_LOOKED_FOR = frozenset().union(*_ABSENT.values())
_IMPORT = dis.opmap["IMPORT_NAME"]
_SETTINGS = {
    # Nobody multiplies matrices, and a process that forks has to be without threads.
    "OPENBLAS_NUM_THREADS": "1",
    # Arrow's own allocator takes huge pages and clears them: a third of the writer's time.
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}


class _Absent(MetaPathFinder):
    def find_spec(self, fullname: str, *_: object) -> None:
        """Say to those who only look that these are not there, and to all others nothing."""
        if fullname in _LOOKED_FOR and fullname in _ABSENT.get(_importer(), ()):
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)


def _importer() -> str:
    """Package of the code that imports; compiled code has no frame and is told by that."""
    frame: FrameType | None = sys._getframe(1)
    by_call = False
    while frame is not None:
        name = str(frame.f_globals.get("__name__", ""))
        if name != __name__ and not name.startswith("importlib"):
            # A frame in the middle of something else did not import: what it called did.
            by_statement = frame.f_code.co_code[frame.f_lasti] == _IMPORT
            return name.partition(".")[0] if by_statement or by_call else _COMPILED
        by_call = by_call or name in ("importlib", "importlib.util")
        frame = frame.f_back
    return _COMPILED


def start_lean() -> None:
    """Set this process up; before NumPy and PyArrow are imported. What the user has set stays."""
    for name, value in _SETTINGS.items():
        os.environ.setdefault(name, value)
    if not any(isinstance(finder, _Absent) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Absent())
