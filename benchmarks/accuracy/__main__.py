"""``python -m benchmarks.accuracy CORPUS``: evaluate, print the page, write it."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from benchmarks.accuracy.evaluate import Result, evaluate
from benchmarks.accuracy.page import page
from benchmarks.accuracy.score import is_false_alarm, is_found, is_named
from benchmarks.accuracy.truth import labelled_captures, labelled_logs
from benchmarks.footprint import cores


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, print, write; 1 when a capture failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--out", type=Path, default=Path("out/accuracy"))
    parser.add_argument("--logs", action="store_true", help="logs, which peers do not read")
    parser.add_argument("--group", action="append", help="only these groups")
    parser.add_argument("--only", default="", help="only paths that contain this text")
    parser.add_argument("--keep", type=Path, help="keep workspaces here, and use those kept")
    parser.add_argument("--no-peers", action="store_true", help="leave out the other tools")
    parser.add_argument("--processes", type=int, default=cores())
    options = parser.parse_args(arguments)
    chosen = [
        truth
        for truth in (labelled_logs if options.logs else labelled_captures)(options.corpus)
        if (not options.group or truth.group in options.group) and options.only in str(truth.path)
    ]
    results = []
    job = partial(evaluate, keep=options.keep, with_peers=not (options.no_peers or options.logs))
    with ProcessPoolExecutor(options.processes) as pool:
        for number, result in enumerate(pool.map(job, chosen), 1):
            results.append(result)
            sys.stderr.write(f"\r{number}/{len(chosen)} {result.truth.path.name[:60]:60}")
    sys.stderr.write("\n")
    text = page(results)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "accuracy.md").write_text(text, encoding="utf-8")
    (options.out / "accuracy.json").write_text(
        json.dumps([_record(r, options.corpus) for r in results], indent=1), encoding="utf-8"
    )
    print(text)
    print(f"{sum(r.seconds for r in results):.0f} s in all; page: {options.out / 'accuracy.md'}")
    return 1 if any(r.failure for r in results) else 0


def _record(result: Result, corpus: Path) -> dict[str, object]:
    return {
        "path": str(result.truth.path.relative_to(corpus)),
        "group": result.truth.group,
        "malicious": result.truth.malicious,
        "found": is_found(result),
        "named": is_named(result),
        "false_alarm": is_false_alarm(result),
        "failure": result.failure,
        "host_days": result.host_days,
        "alarms": {name: alarm.count for name, alarm in result.alarms.items()},
        "findings": [
            [f.detector, str(f.severity), round(f.confidence, 3), f.title] for f in result.findings
        ],
    }


if __name__ == "__main__":
    sys.exit(main())
