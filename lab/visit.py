"""Walk into the lab: build it, start its servers, and run a command (or a shell) among them.

`python -m lab.visit` opens a root shell; from there `ip netns exec pc-042 curl …` acts on that PC,
and `ip netns exec border nft list ruleset` looks at the border.
When the command ends, so does the lab.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

from lab import cage, record, stage
from lab.crew import Crew

SHELL = ("bash", "--norc")


def main() -> None:
    """Outside: open the cage. Inside it: build, run, end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=2026, help="chooses what the documents say")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("command", nargs=argparse.REMAINDER, help="default: a shell")
    asked = parser.parse_args()
    if asked.inside:
        sys.exit(inside(asked.command or list(SHELL), asked.seed))
    if wants := record.missing():
        sys.exit(f"lab: it needs {wants}.")
    signal.signal(signal.SIGTERM, record.stop)
    signal.signal(signal.SIGHUP, record.stop)
    options = ["--inside", "--seed", str(asked.seed), *asked.command]
    sys.exit(outside(cage.caged_argv("lab.visit", *options)))


def outside(argv: list[str]) -> int:
    """Run the cage in this terminal, and end it with this process."""
    root = Path(__file__).resolve().parent.parent
    environment = {**os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    process = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", *argv], env=environment, cwd=root)
    try:
        return process.wait()
    finally:
        process.kill()
        process.wait()


def inside(command: list[str], seed: int) -> int:
    """Build the lab around one command."""
    cage.furnish()
    crew = Crew()
    try:
        stage.build(crew, random.Random(seed))
        return subprocess.run(command, check=False).returncode
    finally:
        crew.end()


if __name__ == "__main__":
    main()
