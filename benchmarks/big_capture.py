"""A large capture made of real ones: the same packets again and again, with later clocks."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
from collections.abc import Sequence
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


def base_capture(sources: Sequence[Path], folder: Path) -> Path:
    """All Ethernet captures among ``sources``, one after the other, as one pcap of microseconds."""
    parts = []
    for number, source in enumerate(sources):
        part = folder / f"part-{number}.pcap"
        _run("editcap", "-F", "pcap", str(source), str(part))
        with part.open("rb") as file:
            header = file.read(_HEADER_BYTES)
        is_micro = header[:4] == b"\xd4\xc3\xb2\xa1"
        if is_micro and struct.unpack("<I", header[20:24])[0] & 0xFFFF == _ETHERNET:
            parts.append(part)
        else:
            part.unlink()
    base = folder / "base.pcap"
    _append(parts, base)
    for part in parts:
        part.unlink()
    return base


def repeated(base: Path, target: Path, size_bytes: int, *, shift_s: int = 86_400) -> int:
    """Repeat ``base`` until ``target`` has ``size_bytes``, every copy ``shift_s`` later.

    Returns:
        The number of packets written.
    """
    copies = max(1, -(-size_bytes // (base.stat().st_size - _HEADER_BYTES)))
    shifted = target.with_suffix(".shifted")
    shutil.copyfile(base, target)
    for copy in range(1, copies):
        _run("editcap", "-F", "pcap", "-t", str(copy * shift_s), str(base), str(shifted))
        with shifted.open("rb") as source, target.open("ab") as out:
            source.seek(_HEADER_BYTES)
            shutil.copyfileobj(source, out, 1 << 22)
    shifted.unlink(missing_ok=True)
    return copies * count_packets(base)


def count_packets(path: Path) -> int:
    """Packets of a little-endian pcap."""
    count, size = 0, path.stat().st_size
    with path.open("rb") as file:
        position = _HEADER_BYTES
        while position + 16 <= size:
            file.seek(position + 8)
            position += 16 + int(struct.unpack("<I", file.read(4))[0])
            count += 1
    return count


def _append(parts: Sequence[Path], target: Path) -> None:
    with target.open("wb") as out:
        for number, part in enumerate(parts):
            with part.open("rb") as source:
                if number:
                    source.seek(_HEADER_BYTES)
                shutil.copyfileobj(source, out, 1 << 22)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "LC_ALL": "C"})
