"""The same evidence gives the same bytes: investigate again and again, compare everything written.

    python -m benchmarks.repeat CAPTURE [--times 20]

The clock is held still, for the stamped time of writing is the one thing that may differ. Every
report file, every table file and the journal's last hash are compared.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from netcordon.settings import InvestigateSettings
from netcordon.workflow.investigate import investigate
from netcordon.workflow.observer import Silent

_COMPARED = ("reports", "lake")


def digest_of_run(capture: Path, workspace: Path) -> dict[str, str]:
    """Investigate in a fresh workspace; path below it -> SHA-256 of the file."""
    shutil.rmtree(workspace, ignore_errors=True)
    settings = InvestigateSettings(workspace=workspace)
    investigate(
        [str(capture)],
        settings,
        clock=lambda: datetime(2026, 1, 1, tzinfo=UTC),
        observer=Silent(),
    )
    return {
        str(path.relative_to(workspace)): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in _COMPARED
        for path in sorted((workspace / folder).rglob("*"))
        if path.is_file()
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what differed; 1 when anything did."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("capture", type=Path)
    parser.add_argument("--times", type=int, default=20)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="netcordon-repeat-") as folder:
        workspace = Path(folder) / "case"
        first = digest_of_run(options.capture, workspace)
        differing: set[str] = set()
        for _ in range(options.times - 1):
            again = digest_of_run(options.capture, workspace)
            differing |= {name for name in first | again if first.get(name) != again.get(name)}
    print(f"{options.times} runs, {len(first)} files each, {len(differing)} differ")
    for name in sorted(differing):
        print(f"  {name}")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
