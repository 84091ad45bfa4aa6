"""What each detector costs on a large lake, and how that grows.

    python -m benchmarks.detect --corpus DIR [--flows N ...] [--folder DIR]

The corpus's flows are repeated for other hosts and hours (``benchmarks.large_lake``). Every
detector runs once over all of it, in one process with at most two threads and 4 GiB; beside it
stands the limit, a scan that reads every column of the flows and adds it up. Seconds are those of
the processor, both threads together: a busy machine does not change them.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from benchmarks.accuracy.truth import labelled_captures
from benchmarks.footprint import measure
from benchmarks.large_lake import base_lake, kept_lake
from netcordon.detection.facts import add_facts
from netcordon.detection.run import run_one
from netcordon.model.detector import Detector
from netcordon.registry import load
from netcordon.tables.engine import Engine
from netcordon.tables.lake import Lake
from netcordon.tables.schema import TABLES

BOUND_MIB = 4096
_ENGINE_MIB = 3072
"""For DuckDB; the rest of the bound is Python's, and for what DuckDB does not count."""


def once(lake: Path, evidence: int, spill: Path) -> dict[str, float]:
    """Processor seconds of every detector, of the facts that they share, and of the limit."""
    seconds: dict[str, float] = {}
    begun_all = time.perf_counter()
    ids = [f"copy-{number}" for number in range(evidence)]
    with Engine(Lake(lake), ids, spill=spill, threads=2, memory_bytes=_ENGINE_MIB << 20) as engine:
        begun = time.process_time()
        sums = ", ".join(f"count({c.name})" for c in TABLES["network_activity"].flat())
        engine.query(f"SELECT {sums} FROM network_activity")
        seconds["(limit: reading all columns of flows)"] = time.process_time() - begun
        begun = time.process_time()
        add_facts(engine)
        seconds["(facts)"] = time.process_time() - begun
        for plugin in load("detectors")[0]:
            begun = time.process_time()
            found = run_one(engine, plugin.id, cast(Detector, plugin.content))
            seconds[plugin.id] = time.process_time() - begun
            sys.stderr.write(f"{plugin.id}: {seconds[plugin.id]:.2f} s, {len(found)} findings\n")
    seconds["(elapsed, all together)"] = time.perf_counter() - begun_all
    return seconds


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the lakes, measure, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--corpus", type=Path, help="folder of recordings with their manifest")
    parser.add_argument("--flows", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--folder", type=Path, help="where lakes are made, and kept")
    parser.add_argument("--once", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.once:
        lake, evidence, spill = options.once
        print(json.dumps(once(Path(lake), int(evidence), Path(spill))))
        return 0
    with tempfile.TemporaryDirectory(prefix="netcordon-detect-") as made:
        folder = options.folder or Path(made)
        base = folder / "base" / "lake"
        if not base.exists():
            if options.corpus is None:
                parser.error("say where the recordings are: --corpus DIR")
            base = base_lake([c.path for c in labelled_captures(options.corpus)], folder)
        columns: dict[int, dict[str, float]] = {}
        peaks: dict[int, float] = {}
        for wanted in options.flows:
            lake = folder / f"lake-{wanted}"
            flows, evidence = kept_lake(base, lake, wanted)
            spill = Path(made) / "spill"
            spill.mkdir(exist_ok=True)
            command = [sys.executable, "-m", "benchmarks.detect", "--once", str(lake),
                       str(evidence), str(spill)]  # fmt: skip
            run = measure(command)
            if isinstance(run, str):
                print(f"{flows:,} flows: failed: {run}")
                return 1
            columns[flows], peaks[flows] = json.loads(run.output), run.peak_mib
    print(table(columns, peaks))
    return int(any(peak > BOUND_MIB for peak in peaks.values()))


def table(columns: dict[int, dict[str, float]], peaks: dict[int, float]) -> str:
    """Seconds a detector, a column a size of the lake; how they grow from the first to the last."""
    sizes = sorted(columns)
    last = sizes[-1]
    heads = [*(f"{size / 1e6:.1f} M flows" for size in sizes), f"x {last / sizes[0]:.1f} flows"]
    lines = [f"| processor seconds | {' | '.join(heads)} |", "|---|" + "--:|" * len(heads)]
    names = list(columns[sizes[0]])
    for name in sorted(names, key=lambda n: (not n.startswith("("), -columns[last][n])):
        lines.append(_line(name, [columns[size][name] for size in sizes], ".2f"))
    beside = ("(limit", "(elapsed")
    sums = [sum(s for n, s in columns[z].items() if not n.startswith(beside)) for z in sizes]
    scans = [next(s for n, s in columns[z].items() if n.startswith("(limit")) for z in sizes]
    lines.append(_line("all detectors with facts", sums, ".1f"))
    ratios = [total / scan for total, scan in zip(sums, scans, strict=True)]
    lines.append(_line("the same, as multiples of the limit", ratios, ".0f"))
    lines.append(_line("peak MiB", [peaks[size] for size in sizes], ",.0f"))
    return "\n".join(lines)


def _line(name: str, values: Sequence[float], shown: str) -> str:
    growth = values[-1] / values[0] if values[0] else 0.0
    return f"| {name} | {' | '.join(format(v, shown) for v in values)} | x {growth:.1f} |"


if __name__ == "__main__":
    sys.exit(main())
