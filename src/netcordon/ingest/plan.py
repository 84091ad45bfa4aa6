"""Who decodes what: from sizes and settings alone, so that it is the same every time."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

from netcordon.evidence import inflate, zstd_frames
from netcordon.evidence.recognise import recognise
from netcordon.evidence.source import PEEK_BYTES
from netcordon.settings import MOST_WORKERS, DecodeLimits

_PACKED_WEIGHT = 4
"""Bytes of traffic in a packed byte, roughly."""


def processes(limits: DecodeLimits) -> int:
    """How many may decode at a time."""
    return limits.workers or min(len(os.sched_getaffinity(0)), MOST_WORKERS)


def weight(path: str) -> int:
    """Bytes of traffic in a regular file, roughly; 0 for what cannot be opened."""
    try:
        with Path(path).open("rb") as file:
            head, size = file.read(4), os.fstat(file.fileno()).st_size
    except (OSError, ValueError):
        return 0
    is_packed = head.startswith(inflate.MAGIC) or zstd_frames.is_zstd(head)
    return size * (_PACKED_WEIGHT if is_packed else 1)


def has_threads(path: str) -> bool:
    """Whether a regular file is read by threads of one process, whatever its size."""
    try:
        with Path(path).open("rb") as file:
            recognised = recognise(file.read(PEEK_BYTES))
    except (OSError, ValueError):
        return False
    return recognised is not None and recognised.parser.has_threads


def divide(weights: Sequence[int], workers: int, least: int) -> list[int]:
    """Into how many shares each file is divided.

    Args:
        weights: of the files, in bytes.
        workers: processes to occupy.
        least: lighter files are never divided.
    """
    left = list(accumulate(reversed(weights)))[::-1]
    return [
        workers if weight >= max(least, 1) and weight * workers > rest else 1
        for weight, rest in zip(weights, left, strict=True)
    ]
