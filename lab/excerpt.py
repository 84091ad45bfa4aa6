"""Cut a recording down to what can be committed: `python -m lab.excerpt FROM TO [--keep-kb 256]`.

Nothing is left out but ciphertext, which neither packs nor can be read: of each direction of a TLS
or SSH flow the first bytes stay whole, later frames keep their headers and their true length, as a
snaplen would leave them. The truth says what was cut; packets, times and flows are those of the
recording.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from lab import topology, world
from lab.capture_file import Frame, frames, pcapng
from lab.record import publish

KEEP_KB = 128
CIPHERTEXT = frozenset({22, 443, world.SECOND_C2_PORT})
"""Ports of the lab's servers that speak TLS or SSH."""
Way = tuple[bytes, bytes]


def headers(frame: bytes) -> tuple[Way, int] | None:
    """One direction of a flow of ciphertext, and where its payload begins; None for all others."""
    kind = int.from_bytes(frame[12:14], "big")
    if kind == 0x0800 and len(frame) >= 34:
        at, number, ends = 14 + (frame[14] & 15) * 4, frame[23], frame[26:34]
        if frame[20] & 0x1F or frame[21]:  # a later fragment has no ports
            return None
    elif kind == 0x86DD and len(frame) >= 54:
        at, number, ends = 54, frame[20], frame[22:54]
    else:
        return None
    if number != 6 or len(frame) < at + 20:
        return None
    ports = frame[at : at + 4]
    if CIPHERTEXT.isdisjoint((int.from_bytes(ports[:2], "big"), int.from_bytes(ports[2:], "big"))):
        return None
    return (ends, ports), at + (frame[at + 12] >> 4) * 4


def cut(packets: Iterable[Frame], keep: int) -> Iterator[Frame]:
    """The frames, each direction's payload after its first `keep` bytes cut off."""
    gone: Counter[Way] = Counter()
    for packet in packets:
        found = headers(packet.data)
        if found is None:
            yield packet
            continue
        way, begins = found
        seen, gone[way] = gone[way], gone[way] + max(0, len(packet.data) - begins)
        yield packet if seen < keep else packet._replace(data=packet.data[:begins])


def excerpt(source: Path, target: Path, keep: int) -> None:
    """Write the excerpt of the recording in `source` and its truth into `target`."""
    told = json.loads((source / "truth.json").read_text())
    whole = source / told["capture"]["file"]
    raw = gzip.decompress(whole.read_bytes())
    if hashlib.sha256(raw).hexdigest() != told["capture"]["sha256_uncompressed"]:
        raise SystemExit(f"{whole} is not the recording that its truth speaks of")
    kept = list(cut(frames(whole), keep))
    lost = [packet.wire_bytes - len(packet.data) for packet in kept]
    capture = told["capture"]
    capture["cut"] = {
        "ports": sorted(CIPHERTEXT),
        "keep_bytes_per_direction": keep,
        "frames_cut": sum(map(bool, lost)),
        "bytes_cut": sum(lost),
        "recording_sha256_uncompressed": capture["sha256_uncompressed"],
    }
    counters = (capture["packets"], capture["dropped"])
    packed = pcapng(kept, capture["snaplen"], topology.SENSOR_PORT, *counters)
    publish(packed, json.dumps(told).encode(), target)


def main() -> None:
    """Cut."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--keep-kb", type=int, default=KEEP_KB)
    asked = parser.parse_args()
    excerpt(asked.source, asked.target, asked.keep_kb * 1024)


if __name__ == "__main__":
    main()
