"""How fast a capture becomes tables, beside Suricata, nfstream and tshark in the same run.

    python -m benchmarks.decode [--capture FILE | --corpus DIR] [--megabytes N] [--repeat N]

Every tool reads the same file and does its default work: netcordon hashes, decodes and writes its
tables; Suricata (no rules) writes EVE; nfstream makes flows; tshark prints a few fields. Wall time
and peak memory are of all processes of a tool together, start included; the median of the repeats
counts. The limits are reading the file and doing nothing, and hashing it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.big_capture import MIXED_GROUPS, base_capture, count_packets, repeated
from benchmarks.footprint import DECODE, Run, measure

DEMO = Path("lab/demo/demo.pcapng.gz")

_NFSTREAM = """
import sys
from nfstream import NFStreamer
print(sum(1 for _ in NFStreamer(source=sys.argv[1])))
"""
_FIELDS = ("frame.len", "ip.src", "ip.dst", "tcp.srcport", "udp.srcport", "dns.qry.name",
           "http.host", "tls.handshake.extensions_server_name")  # fmt: skip


def commands(capture: Path, scratch: Path) -> dict[str, list[str]]:
    """What is measured: name -> command; programs that are missing are left out."""
    found = {
        "netcordon": [sys.executable, "-c", DECODE, "0", str(scratch / "case"), str(capture)],
        "nfstream": [sys.executable, "-c", _NFSTREAM, str(capture)],
        "read only": ["cat", str(capture)],
        "sha256 only": ["sha256sum", str(capture)],
    }
    suricata = shutil.which("suricata")
    if suricata:
        logs = scratch / "suricata"
        logs.mkdir(exist_ok=True)
        found["suricata"] = [
            suricata,
            "-r",
            str(capture),
            "-l",
            str(logs),
            "-S",
            "/dev/null",
            "-k",
            "none",
        ]
    tshark = shutil.which("tshark")
    if tshark:
        wanted = [part for name in _FIELDS for part in ("-e", name)]
        found["tshark"] = [tshark, "-n", "-r", str(capture), "-T", "fields", *wanted]
    return found


def compare(capture: Path, packets: int, repeat: int, leave_out: Sequence[str]) -> str:
    """The table: seconds, packets a second, how many times slower than netcordon, memory."""
    runs: dict[str, list[Run]] = {}
    failures: dict[str, str] = {}
    for turn in range(repeat):
        with tempfile.TemporaryDirectory(prefix="netcordon-bench-", dir=capture.parent) as scratch:
            for name, command in commands(capture, Path(scratch)).items():
                if name in leave_out or name in failures:
                    continue
                run = measure(command, keep=False)
                if isinstance(run, str):
                    failures[name] = run
                else:
                    runs.setdefault(name, []).append(run)
                    sys.stderr.write(f"{turn + 1}/{repeat} {name}: {run.seconds:.1f} s\n")
    size = capture.stat().st_size
    ours = statistics.median(r.seconds for r in runs["netcordon"])
    lines = [
        f"{packets:,} packets, {size / 1e6:,.0f} MB, {os.cpu_count()} cores, median of {repeat}",
        "",
        "| tool | seconds | packets/s | netcordon is | peak memory MiB |",
        "|---|--:|--:|--:|--:|",
    ]
    for name, timed in sorted(
        runs.items(), key=lambda item: statistics.median(r.seconds for r in item[1])
    ):
        seconds = statistics.median(r.seconds for r in timed)
        peak = max(r.peak_mib for r in timed)
        ratio = "" if name == "netcordon" else f"{seconds / ours:.2f} times as fast"
        lines.append(
            f"| {name} | {seconds:.2f} | {packets / seconds:,.0f} | {ratio} | {peak:,.0f} |"
        )
    lines += [f"| {name} | failed: {why} | | | |" for name, why in failures.items()]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the capture, measure, print and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--capture", type=Path, help="measure this file as it is")
    parser.add_argument("--corpus", type=Path, default=os.environ.get("NETCORDON_CORPUS"))
    parser.add_argument("--megabytes", type=int, default=500)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--leave-out", action="append", default=[])
    parser.add_argument("--out", type=Path, default=Path("out/bench"))
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="netcordon-bench-") as made:
        folder = Path(made)
        if options.capture:
            capture, packets = options.capture, count_packets(options.capture)
        else:
            corpus = Path(options.corpus) if options.corpus else None
            sources = _sources(corpus) if corpus else [DEMO]
            capture = folder / "big.pcap"
            packets = repeated(base_capture(sources, folder), capture, options.megabytes * 10**6)
        measure(commands(DEMO, folder)["netcordon"])  # compiled once for a machine
        page = compare(capture, packets, options.repeat, options.leave_out)
    (options.out / "decode.md").write_text(page + "\n", encoding="utf-8")
    print(page)
    return 0


def _sources(corpus: Path) -> list[Path]:
    found = [p for g in MIXED_GROUPS for p in sorted((corpus / g).glob("*.pcap*"))]
    return [p for p in found if p.stat().st_size > 100_000]


if __name__ == "__main__":
    sys.exit(main())
