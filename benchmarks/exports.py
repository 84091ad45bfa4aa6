"""How fast a file of nfdump is read, beside nfdump in the same run, in processor time.

    python -m benchmarks.exports [--records N]

The file is made up and packed with LZO by nfdump itself. ``read`` is the decoding alone, which is
what ``nfdump -o null`` does; ``joined`` makes flows of both directions and columns of them, for
which ``nfdump -B`` is nearest.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import struct
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from netcordon.ingest.capture.exports.records import EXPORTED
from netcordon.ingest.nfcapd.layout import NfcapdFile
from netcordon.ingest.nfcapd.log import NfcapdLog
from netcordon.ingest.nfcapd.records import OTHER, read_records

_BLOCK_RECORDS = 8000
_RECORD = np.dtype(
    [
        ("head", "<u2", 6), ("generic", "<u2", 2), ("times", "<u8", 3), ("counts", "<u8", 2),
        ("ports", "<u2", 2), ("kind", "u1", 4), ("ends", "<u2", 2), ("addresses", "<u4", 2),
    ]
)  # fmt: skip
"""A record of nfdump 1.7: a header, the generic element, addresses of version 4."""


class _Nowhere:
    """A sink without a bottom."""

    def append(self, table: str, columns: Mapping[str, object]) -> None:
        """Forget the rows."""


def make(path: Path, records: int) -> None:
    """A file of flows of 5000 clients."""
    chance = np.random.default_rng(3)
    blocks = max(1, records // _BLOCK_RECORDS)
    with path.open("wb") as file:
        file.write(
            struct.pack("<HHIqBBHIqII", 0xA50C, 2, 0x01070100, 0, 0, 0, 0, 1, 0, 1 << 20, blocks)
        )
        for block in range(blocks):
            rows = np.zeros(_BLOCK_RECORDS, dtype=_RECORD)
            rows["head"] = (11, _RECORD.itemsize, 2, 0, 0, 0)
            rows["generic"], rows["ends"] = (1, 52), (2, 12)
            start = 1_700_000_000_000 + (block * _BLOCK_RECORDS + np.arange(_BLOCK_RECORDS)) // 2
            rows["times"] = np.stack([start, start + 2000, start + 9000], axis=1)
            rows["counts"] = (10, 2000)
            rows["ports"][:, 0] = chance.integers(1024, 61_000, _BLOCK_RECORDS)
            rows["ports"][:, 1], rows["kind"] = 443, (6, 27, 0, 0)
            rows["addresses"][:, 0] = 0x0A000000 + chance.integers(0, 5000, _BLOCK_RECORDS)
            rows["addresses"][:, 1] = 0xC0000200 + chance.integers(0, 50_000, _BLOCK_RECORDS)
            file.write(struct.pack("<IIHH", _BLOCK_RECORDS, rows.nbytes, 3, 0) + rows.tobytes())


def _read(path: Path) -> int:
    """The decoding alone."""
    flows, others = np.empty(1 << 15, dtype=EXPORTED), np.empty(1 << 10, dtype=OTHER)
    total = 0
    with path.open("rb", buffering=0) as file:
        for block in NfcapdFile(file).blocks():
            at, left = 0, block.records
            while left > 0 and at >= 0:
                at, left, count, _ = read_records(block.data, at, left, False, 0, flows, others)
                total += count
    return total


def _joined(path: Path) -> int:
    with path.open("rb", buffering=0) as file:
        return NfcapdLog(file, _Nowhere()).read(lambda _: None).records


def _peer(*command: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print the numbers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=1_000_000)
    wanted = parser.parse_args().records
    nfdump = shutil.which("nfdump")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "flows"
        make(path, wanted)
        if nfdump:
            subprocess.run([nfdump, "-J", "1", "-r", path], check=True, capture_output=True)
        for name, work, option in (("read", _read, "-o null"), ("joined", _joined, "-B -o null")):
            work(path)  # kernels are compiled
            begin = time.process_time()
            records = work(path)
            ours = time.process_time() - begin
            line = f"{name:7} {records / ours / 1e6:6.2f} million records a second"
            if nfdump:
                theirs = _peer(nfdump, "-r", str(path), "-q", *option.split())
                line += (
                    f"; nfdump {option} {records / theirs / 1e6:6.2f}; ratio {theirs / ours:.2f}"
                )
            print(line)


if __name__ == "__main__":
    main()
