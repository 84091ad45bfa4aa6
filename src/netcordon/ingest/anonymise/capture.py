"""A capture read from front to back and written anew, frame by frame."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from netcordon.evidence.window import Window
from netcordon.ingest.anonymise.frame import Frames
from netcordon.ingest.capture.container.framing import FULL
from netcordon.ingest.capture.container.reader import Container
from netcordon.ingest.capture.container.write_pcapng import Output, PcapngWriter
from netcordon.ingest.capture.layout import PACKET, Octets, Records
from netcordon.settings import DecodeLimits

_READ_BYTES = 4 << 20
_MOST_PENDING = 64 << 20
_CHUNK = 4096


@dataclass
class Rewritten:
    """What became of a capture.

    Attributes:
        frames: written.
        left_out: link type -> frames that were not, for nobody here knows how they are made.
        warnings: what could not be read of the capture, in words.
    """

    frames: int = 0
    left_out: dict[int, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def rewrite_capture(path: Path, output: Output, frames: Frames, application: str) -> Rewritten:
    """Write every frame of a capture (pcap or pcapng, packed or not) rewritten as pcapng.

    Times and lengths stay; comments, names and statistics of the capture do not.

    Args:
        path: of the capture.
        output: takes the bytes.
        frames: rewrites frames.
        application: who wrote it, for the head of the file.
    """
    writer = PcapngWriter(
        output,
        comment="Anonymised: addresses and names are pseudonyms, payloads were removed.",
        application=application,
    )
    done = Rewritten()
    interfaces: dict[int, int] = {}
    for block, packets in _packets(path, done):
        for link_type in dict.fromkeys(packets["link_type"].tolist()):
            if link_type not in interfaces and frames.knows(link_type):
                interfaces[link_type] = writer.interface(link_type)
        _write(writer, block, packets, frames, interfaces, done)
    return done


def _write(
    writer: PcapngWriter,
    block: Octets,
    packets: Records,
    frames: Frames,
    interfaces: dict[int, int],
    done: Rewritten,
) -> None:
    known = np.isin(packets["link_type"], list(interfaces))
    for link_type, count in zip(
        *np.unique(packets["link_type"][~known], return_counts=True), strict=True
    ):
        done.left_out[int(link_type)] = done.left_out.get(int(link_type), 0) + int(count)
    kept = packets[known].copy()
    if not len(kept):
        return
    content = block.tobytes()
    out = bytearray()
    offsets, ends = kept["offset"].tolist(), kept["end"].tolist()
    for place, link_type in enumerate(kept["link_type"].tolist()):
        frame = bytearray(content[offsets[place] : ends[place]])
        size = len(frame)
        frames.rewrite(frame, link_type)
        assert len(frame) == size, "a frame keeps its length"
        offsets[place] = len(out)
        out += frame
        ends[place] = len(out)
    kept["offset"], kept["end"] = offsets, ends
    which: NDArray[np.int64] = np.array(
        [interfaces[link_type] for link_type in kept["link_type"].tolist()], dtype=np.int64
    )
    writer.frames(np.frombuffer(bytes(out), dtype=np.uint8), kept, which)
    done.frames += len(kept)


def _packets(path: Path, done: Rewritten) -> Iterator[tuple[Octets, Records]]:
    container = Container()
    carried = b""
    total = offset = 0
    with Window(path, DecodeLimits()) as window:
        while data := window.read_at(offset, _READ_BYTES):
            offset += len(data)
            block = np.frombuffer(carried + data, dtype=np.uint8)
            container.begin_block(block)
            while True:
                packets = np.zeros(_CHUNK, dtype=PACKET)
                count = container.next_packets(block, packets)
                if count:
                    total += count
                    yield block, packets[:count]
                if count == 0 or int(container.state["status"][0]) != FULL:
                    break
            pending = container.end_block(block)
            carried = block[len(block) - pending :].tobytes()
            if pending > _MOST_PENDING:
                break
    done.warnings = [warning.what for warning in container.warnings(total)]
