"""Peak memory of decoding: ``python -m benchmarks.memory``.

A large capture plain, packed and through a pipe; a flood of TCP SYNs that are a flow each; and a
flood of connections that each begin an HTTP request and never end it, the worst for whoever waits
for the rest. The memory of all processes together counts, and must not grow with the capture.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.big_capture import base_capture, repeated
from benchmarks.footprint import DECODE, Run, cores, measure

DEMO = Path("lab/demo/demo.pcapng.gz")
CASES = ("plain", "gzip", "pipe", "flood", "unfinished")
BOUND_MIB = 1536
_CHUNK = 1 << 16
_UNFINISHED = b"GET /" + b"a" * 240 + b" HTTP/1.1\r\nHost: www.example\r\nX-Waiting: "
"""A request whose header block goes on for ever."""


def flood(target: Path, flows: int, payload: bytes = b"", per_second: int = 200_000) -> None:
    """Write a pcap of TCP segments, each from another source, ``per_second`` of them a second.

    Without a payload they are SYNs.
    """
    header = bytes.fromhex("02000000000b02000000000a08004500") + (40 + len(payload)).to_bytes(2)
    header += bytes.fromhex("000040004006000000000000c0000207000000500000000000000000")
    header += bytes.fromhex("5018040000000000" if payload else "5002040000000000") + payload
    record = np.dtype([("s", "<u4"), ("us", "<u4"), ("caplen", "<u4"), ("len", "<u4"),
                       ("frame", np.uint8, len(header))])  # fmt: skip
    with target.open("wb") as out:
        out.write(bytes.fromhex("d4c3b2a1020004000000000000000000ffff000001000000"))
        for begin in range(0, flows, _CHUNK):
            number = np.arange(begin, min(begin + _CHUNK, flows), dtype=np.uint64)
            rows = np.zeros(len(number), dtype=record)
            rows["s"] = 1_700_000_000 + number // per_second
            rows["us"] = number % per_second * (1_000_000 // per_second)
            rows["caplen"] = rows["len"] = len(header)
            rows["frame"] = np.frombuffer(header, dtype=np.uint8)
            # An odd factor visits every address once before any comes again.
            source = (number * 2654435761 % (1 << 32)).astype(">u4")
            rows["frame"][:, 26:30] = source.view(np.uint8).reshape(-1, 4)
            rows["frame"][:, 34:36] = (
                (number % 64512 + 1024).astype(">u2").view(np.uint8).reshape(-1, 2)
            )
            out.write(rows.tobytes())


def run(case: str, capture: Path, workers: int, scratch: Path) -> Run | str:
    """Decode a capture as the case wants it."""
    workspace = scratch / "case"
    command = [sys.executable, "-c", DECODE, str(workers), str(workspace)]
    try:
        if case == "pipe":
            with subprocess.Popen(["cat", str(capture)], stdout=subprocess.PIPE) as source:
                assert source.stdout is not None
                return measure([*command, "-"], source.stdout)  # type: ignore[arg-type]
        if case == "gzip":
            packed = capture.with_suffix(".pcap.gz")
            if not packed.exists():
                with packed.open("wb") as out:
                    subprocess.run(["gzip", "-1c", str(capture)], stdout=out, check=True)
            capture = packed
        return measure([*command, str(capture)])
    finally:
        shutil.rmtree(workspace, ignore_errors=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the captures, measure, print the table; 1 when the bound is broken."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--megabytes", type=int, default=5000, help="of the large capture")
    parser.add_argument("--flows", type=int, default=20_000_000, help="of the flood")
    parser.add_argument("--capture", type=Path, help="repeat this pcap; the demonstration if not")
    parser.add_argument("--case", action="append", choices=CASES, help="only these")
    parser.add_argument("--workers", type=int, default=0, help="processes; 0: one a core")
    parser.add_argument("--folder", type=Path, help="where the captures are made, and kept")
    options = parser.parse_args(arguments)
    lines = [
        f"{options.workers or cores()} processes, bound {BOUND_MIB} MiB",
        "",
        "| case | MB | packets | flows | seconds | peak MiB of all processes | evicted |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    is_broken = False
    with tempfile.TemporaryDirectory(prefix="netcordon-memory-") as made:
        folder = options.folder or Path(made)
        for case in options.case or CASES:
            is_flood = case in ("flood", "unfinished")
            capture = folder / f"{case if is_flood else 'large'}.pcap"
            if not capture.exists():
                if case == "flood":
                    flood(capture, options.flows)
                elif case == "unfinished":
                    flood(capture, options.flows // 10, _UNFINISHED)
                else:
                    base = options.capture or base_capture([DEMO], Path(made))
                    repeated(base, capture, options.megabytes * 10**6)
            done = run(case, capture, options.workers, Path(made))
            if isinstance(done, str):
                lines.append(f"| {case} | failed: {done} | | | | | |")
                is_broken = True
                continue
            packets, flows, evicted = map(int, done.output.split())
            size = capture.stat().st_size / 1e6
            lines.append(
                f"| {case} | {size:,.0f} | {packets:,} | {flows:,} | {done.seconds:.1f} "
                f"| {done.peak_mib:,.0f} | {evicted:,} |"
            )
            is_broken |= done.peak_mib > BOUND_MIB
            sys.stderr.write(lines[-1] + "\n")
    print("\n".join(lines))
    return int(is_broken)


if __name__ == "__main__":
    sys.exit(main())
