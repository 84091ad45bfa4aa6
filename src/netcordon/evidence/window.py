"""Parts of evidence that was taken in before: found again, proved unchanged, read where needed.

A plain file is read where the part stands. A packed one is unpacked from its beginning, and no
further than the last part that is asked for.
"""

from __future__ import annotations

import io
import os
from pathlib import Path

from netcordon.casefile.custody import Registration
from netcordon.errors import EvidenceError
from netcordon.evidence.raw import END_BYTES, RawReader, ends_digest
from netcordon.evidence.rehash import rehash
from netcordon.evidence.unpack import MAGIC_BYTES, Unpacked
from netcordon.settings import DecodeLimits

_SCRATCH_BYTES = 1 << 20


def find_unchanged(workspace: Path, registration: Registration, *, whole_up_to: int) -> Path:
    """Where the bytes of registered evidence stand, proved to be the ones that were sealed.

    Args:
        workspace: its directory; sealed copies stand there.
        registration: of the evidence.
        whole_up_to: files of at most so many bytes are hashed whole; of longer ones size and both
            ends are compared, and every part that is read later by its own checksum.

    Raises:
        EvidenceError: NC-703 it is gone, NC-704 it was changed, NC-102 it cannot be read.
    """
    seal, name = registration.seal, registration.evidence.path
    places = [Path(place) for place in registration.locations]
    if seal.kept is not None:
        places.insert(0, workspace / seal.kept)
    place = next((p for p in places if p.is_file()), None)
    if place is None:
        tried = ", ".join(repr(str(p)) for p in places) or "nowhere: it was a stream"
        raise EvidenceError(
            "NC-703",
            f"Evidence {name!r} ({registration.evidence.id}) is gone.",
            f"looked at {tried}",
            "bring the file back, or investigate it again from where it is now",
            path=name,
        )
    try:
        size = place.stat().st_size
        is_same = size == seal.bytes and _ends(place, size) == seal.ends_sha256
        if is_same and size <= whole_up_to:
            is_same = rehash(place, seal).first_change is None
    except OSError as error:
        why = error.strerror or str(error)
        raise EvidenceError("NC-102", f"{str(place)!r} cannot be read.", why, path=name) from error
    if not is_same:
        raise changed(str(place))
    return place


def changed(place: str) -> EvidenceError:
    """The error for evidence that is not what was taken in."""
    return EvidenceError(
        "NC-704",
        f"Evidence {place!r} was changed since it was taken in.",
        "its bytes differ from those that were sealed",
        "netcordon verify names the place; work on with the original",
        path=place,
    )


def _ends(place: Path, size: int) -> str:
    with place.open("rb") as file:
        head = file.read(END_BYTES)
        file.seek(max(0, size - END_BYTES))
        return ends_digest(head, file.read(END_BYTES))


class Window:
    """Unpacked bytes of a file at chosen places.

    Attributes:
        read_bytes: bytes of the file that were read so far.
    """

    def __init__(self, place: Path, limits: DecodeLimits) -> None:
        self._file = io.FileIO(place)
        raw = RawReader(self._file)
        unpacked = Unpacked(raw, raw.peek(MAGIC_BYTES), limits)
        self._raw = raw
        self._packed = unpacked if unpacked.packing else None
        self._at = 0
        self._plain_bytes = 0

    @property
    def is_packed(self) -> bool:
        """Whether places have to be asked for in rising order."""
        return self._packed is not None

    @property
    def read_bytes(self) -> int:
        """Bytes of the file read so far."""
        return self._raw.digest.bytes if self._packed is not None else self._plain_bytes

    def read_at(self, offset: int, size: int) -> bytes:
        """``size`` unpacked bytes from ``offset`` on, fewer at the end of the file.

        Raises:
            ValueError: a place before the last one, in a packed file.
        """
        if self._packed is None:
            data = os.pread(self._file.fileno(), size, offset)
            self._plain_bytes += len(data)
            return data
        if offset < self._at:
            raise ValueError(f"{offset} lies before {self._at}")
        scratch = memoryview(bytearray(_SCRATCH_BYTES))
        while self._at < offset:
            count = self._packed.readinto(scratch[: offset - self._at])
            if not count:
                return b""
            self._at += count
        room = memoryview(bytearray(size))
        filled = 0
        while filled < size and (count := self._packed.readinto(room[filled:])):
            filled += count
        self._at += filled
        return bytes(room[:filled])

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def __enter__(self) -> Window:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
