"""How kernels are compiled: without the interpreter lock, and cached beside the source.

Numba's cache looks at the file of a function only, not at the files of what it calls; a kernel
would go stale when its neighbour changed. Every kernel is therefore stamped with the content of its
module and of all that it imports from the decoder, directly or not. Out-of-range indices are
checked by the kernels themselves (Numba checks nothing); ``NUMBA_BOUNDSCHECK=1`` turns its own
checks on for the tests.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., Any])

_DECODER = Path(__file__).parent
_IMPORT = re.compile(
    r"^from netcordon\.ingest\.capture((?:\.\w+)*) import (\([^)]*\)|[^\n]*)", re.MULTILINE
)
_CHECKED = os.environ.get("NUMBA_BOUNDSCHECK") == "1"
_OPTIONS: dict[str, Any] = {
    "nogil": True,
    "error_model": "numpy",
    # Kernels own no memory, so arrays need no reference counts; counting them at every call took
    # more than half of the time.
    "_nrt": False,
    "no_cfunc_wrapper": True,
}


def made_of(module: Path) -> frozenset[Path]:
    """A module of the decoder, and all that it imports from the decoder, directly or not."""
    found, waiting = {Path(__file__)}, [module]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting.extend(_imported(path.read_text(encoding="utf-8")))
    return frozenset(found)


@cache
def _stamp(module: Path) -> tuple[str, int]:
    """Hash and number of the modules that the kernels of ``module`` are made of."""
    modules = sorted(made_of(module))
    digest = hashlib.sha256()
    for path in modules:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest(), len(modules)


def _imported(source: str) -> Iterator[Path]:
    """Modules of the decoder that a module imports, or imports from."""
    for package, names in _IMPORT.findall(source):
        place = _DECODER.joinpath(*package.split(".")[1:])
        if place.with_suffix(".py").is_file():
            yield place.with_suffix(".py")
        else:
            files = (place / f"{name}.py" for name in re.findall(r"\w+", names))
            yield from (file for file in files if file.is_file())


def kernel(function: F) -> F:
    """Compile ``function`` on its first call, once per machine. It must not allocate.

    Builds with bounds checks are cached in a place of their own (``NUMBA_CACHE_DIR``) or not at
    all, so that they never mix with the ones without.
    """
    options = _OPTIONS | {"cache": not _CHECKED or "NUMBA_CACHE_DIR" in os.environ}
    compiled: Any = numba.njit(**options)(function)
    cache_file = getattr(getattr(compiled, "_cache", None), "_cache_file", None)
    if cache_file is not None:
        cache_file._source_stamp = _stamp(Path(function.__code__.co_filename))
    return cast("F", compiled)


def subkernel(function: F) -> F:
    """A part of kernels that Python never calls: compiled into them, with no entry of its own."""
    options = _OPTIONS | {"no_cpython_wrapper": True}
    return cast("F", numba.njit(**options)(function))


def is_compiled(compiled: Callable[..., Any]) -> bool:
    """Whether a kernel is ready in memory or on disk; ``False`` where that cannot be told."""
    if getattr(compiled, "signatures", ()):
        return True
    cache_file: Any = getattr(getattr(compiled, "_cache", None), "_cache_file", None)
    try:
        return bool(cache_file._load_index())
    except (AttributeError, OSError):
        return False
