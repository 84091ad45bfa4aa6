"""``python -m tests.fuzz``: a long campaign over several processes."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

CHECKED = {
    "NUMBA_BOUNDSCHECK": "1",
    "NUMBA_CACHE_DIR": str(Path(__file__).parents[2] / "out" / "fuzz" / "compiled"),
}
"""Environment of processes with bounds checks, whose compiled code has a place of its own."""


def main() -> int:
    """Run a campaign in each of ``--processes``; 1 when something broke."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--corpus", type=Path, default=os.environ.get("NETCORDON_CORPUS"))
    parser.add_argument("--keep", type=Path, default=Path("out/fuzz/broken"))
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        return _campaign(options)
    environment = os.environ | CHECKED
    told = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.fuzz", "--one", "--minutes", str(options.minutes),
             "--seed", str(options.seed + number), "--keep", str(options.keep),
             *(["--corpus", str(options.corpus)] if options.corpus else [])],
            env=environment, stdout=subprocess.PIPE, text=True,
        )
        for number in range(options.processes)
    ]  # fmt: skip
    return _report([process.communicate()[0] for process in told])


def _campaign(options: argparse.Namespace) -> int:
    from tests.fuzz.campaign import run
    from tests.fuzz.seeds import seeds

    outcome = run(
        seeds(Path(options.corpus) if options.corpus else None),
        options.minutes * 60,
        options.seed,
        options.keep,
    )
    sys.stdout.write(json.dumps(vars(outcome)) + "\n")
    return 0


def _report(outputs: list[str]) -> int:
    executions, frames, grown = 0, 0, 0.0
    rows: Counter[str] = Counter()
    failures: Counter[str] = Counter()
    for output in outputs:
        if not output.strip():
            failures["a process ended without a word"] += 1
            continue
        outcome = json.loads(output.splitlines()[-1])
        executions += outcome["executions"]
        frames += outcome["frames"]
        grown = max(grown, outcome["grown_mib"])
        rows.update(outcome["rows"])
        failures.update(outcome["failures"])
    lines = [
        f"{executions:,} captures of {frames:,} frames decoded; memory grew {grown:.0f} MiB",
        "rows: " + ", ".join(f"{name} {count:,}" for name, count in sorted(rows.items())),
        *(f"{count:7,} x {line}" for line, count in failures.most_common()),
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
