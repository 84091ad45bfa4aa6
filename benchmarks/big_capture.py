"""A large capture made of real ones: the same packets again and again, with later clocks."""

from __future__ import annotations

import mmap
import os
import shutil
import struct
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

MIXED_GROUPS = (
    "benign_office",
    "benign_dns",
    "benign_iot",
    "c2",
    "bruteforce",
    "dos",
    "dns_tunnel",
)
_HEADER_BYTES = 24
_ETHERNET = 1
_BEGIN_S = 1_700_000_000


def base_capture(sources: Sequence[Path], folder: Path) -> Path:
    """All Ethernet captures among ``sources``, one after the other, as one pcap of microseconds.

    Their clocks are shifted so that each begins a second after the one before has ended, as in one
    long recording.
    """
    base = folder / "base.pcap"
    base.unlink(missing_ok=True)
    clock = _BEGIN_S
    for source in sources:
        part = folder / "part.pcap"
        _run("editcap", "-F", "pcap", str(source), str(part))
        if not _is_plain_ethernet(part):
            continue
        first, last = time_span(part)
        _append_shifted(part, base, clock - int(first))
        clock += int(last) - int(first) + 1
    (folder / "part.pcap").unlink(missing_ok=True)
    return base


def repeated(base: Path, target: Path, size_bytes: int) -> int:
    """Repeat ``base`` until ``target`` has ``size_bytes``; every copy begins when one has ended.

    Returns:
        The number of packets written.
    """
    copies = max(1, -(-size_bytes // (base.stat().st_size - _HEADER_BYTES)))
    first, last = time_span(base)
    target.unlink(missing_ok=True)
    for copy in range(copies):
        _append_shifted(base, target, copy * (int(last) - int(first) + 1))
    return copies * count_packets(base)


def time_span(path: Path) -> tuple[float, float]:
    """First and last time in a little-endian pcap of microseconds, seconds since 1970."""
    times = [seconds + micros / 1e6 for _, seconds, micros, _ in _records(path)]
    return min(times), max(times)


def count_packets(path: Path) -> int:
    """Packets of a little-endian pcap."""
    return sum(1 for _ in _records(path))


def _records(path: Path) -> Iterator[tuple[int, int, int, int]]:
    """Offset, seconds, microseconds and captured length of each record."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as data:
        position, size = _HEADER_BYTES, len(data)
        while position + 16 <= size:
            seconds, micros, length = struct.unpack_from("<III", data, position)
            yield position, seconds, micros, length
            position += 16 + length


def _is_plain_ethernet(part: Path) -> bool:
    with part.open("rb") as file:
        header = file.read(_HEADER_BYTES)
    link_type = struct.unpack("<I", header[20:24])[0] & 0xFFFF
    return header[:4] == b"\xd4\xc3\xb2\xa1" and link_type == _ETHERNET


def _append_shifted(part: Path, target: Path, shift_s: int) -> None:
    """Append the records of ``part``, ``shift_s`` later; the first one brings the file header."""
    shifted = target.with_suffix(".shifted")
    _run("editcap", "-F", "pcap", "-t", str(shift_s), str(part), str(shifted))
    with shifted.open("rb") as source, target.open("ab") as out:
        source.seek(_HEADER_BYTES if out.tell() else 0)
        shutil.copyfileobj(source, out, 1 << 22)
    shifted.unlink()


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "LC_ALL": "C"})
