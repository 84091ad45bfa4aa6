"""Hash a file again and say where it differs from its seal."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from netcordon.casefile.seal import Seal

_READ_BYTES = 1 << 20


@dataclass(frozen=True)
class Rehash:
    """A file as it is now.

    Attributes:
        sha256: of all its bytes.
        bytes: its size.
        first_change: bytes ``[from, to)`` among which the first difference to the seal stands,
            ``None``
            without any. It begins at the seal's size when bytes were only added.
    """

    sha256: str
    bytes: int
    first_change: tuple[int, int] | None


def rehash(path: Path, seal: Seal, progress: Callable[[int], None] | None = None) -> Rehash:
    """Read the whole file and compare it with what was sealed.

    Args:
        path: of the file.
        seal: what it was.
        progress: told the bytes read, now and then.

    Raises:
        OSError: when it cannot be read.
    """
    marks = deque((seal.step_bytes * n, sha256) for n, sha256 in enumerate(seal.prefixes, 1))
    marks.append((seal.bytes, seal.sha256))
    digest, position, sound = hashlib.sha256(), 0, 0
    change: tuple[int, int] | None = None
    buffer = memoryview(bytearray(_READ_BYTES))
    with path.open("rb", buffering=0) as file:
        while True:
            while marks and marks[0][0] == position:
                _, expected = marks.popleft()
                if change is None and digest.hexdigest() != expected:
                    change = (sound, position)
                sound = position
            room = marks[0][0] - position if marks else _READ_BYTES
            count = file.readinto(buffer[:room])
            if not count:
                break
            digest.update(buffer[:count])
            position += count
            if progress is not None:
                progress(position)
    if change is None and position != seal.bytes:
        change = (sound, max(position, seal.bytes))
    return Rehash(digest.hexdigest(), position, change)
