"""Shows the whole containment on a live network: `python -m lab.contain` (root; about 3 minutes).

Exit status 0 when everything went as it must. Sends nothing outside, leaves nothing behind.
"""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from lab import cage, record, visit
from lab.contain.needs import missing


def main() -> None:
    """Outside: open the cage. Inside it: perform."""
    parser = argparse.ArgumentParser(prog="lab.contain", description=__doc__)
    parser.add_argument("--seed", type=int, default=2026, help="chooses what documents say")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep workspace and logs there")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.inside:
        from lab.contain.performance import perform

        sys.exit(perform(asked.seed, asked.keep))
    if wants := missing():
        sys.exit(f"lab: it needs {wants}.")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, record.stop)
    options = ["--inside", "--seed", str(asked.seed)]
    if asked.keep:
        options += ["--keep", str(asked.keep.absolute())]
    sys.exit(visit.outside(cage.caged_argv("lab.contain", *options)))


if __name__ == "__main__":
    main()
