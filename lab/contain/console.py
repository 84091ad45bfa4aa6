"""netcordon as a person types it on the administrator's laptop, and what it answers, abridged."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab import world
from lab.crew import inside

ROOT = Path(__file__).resolve().parents[2]
SEAT = world.ADMIN.name
WIDTH = 100
_LONGEST_S = 240.0


@dataclass(frozen=True)
class Answer:
    """What a command said; `status` is its exit status."""

    status: int
    text: str
    seconds: float


class Console:
    """A prompt in a folder of its own.

    Args:
        folder: in which commands are typed; the workspace is netcordon's default one in it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def netcordon(self, *words: str, lines: int = 12) -> Answer:
        """Type a command; print it, and the first lines of its answer."""
        print(f"\n$ netcordon {' '.join(map(_quoted, words))}", flush=True)
        began = time.monotonic()
        process = self.begin(*words)
        said, _ = process.communicate(timeout=_LONGEST_S)
        answer = Answer(process.returncode, said, time.monotonic() - began)
        shown = [line for line in said.splitlines() if line.strip()]
        for line in shown[:lines]:
            print(f"  {line}")
        more = len(shown) - lines
        rest = f"{more} more lines, " if more > 0 else ""
        print(f"  ({rest}exit {answer.status}, {answer.seconds:.1f} s)", flush=True)
        return answer

    def told(self, key: str, *words: str) -> Any:
        """What a command tells other programs (`--json`); not printed, for it only looks."""
        process = self.begin(*words, "--json", said_apart=True)
        said, _ = process.communicate(timeout=_LONGEST_S)
        return json.loads(said)[key]

    def begin(self, *words: str, said_apart: bool = False) -> subprocess.Popen[str]:
        """Start a command and do not wait for it; its process is netcordon's own."""
        argv = [sys.executable, "-m", "netcordon.interfaces.cli", *words]
        return subprocess.Popen(
            inside(SEAT, argv),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL if said_apart else subprocess.STDOUT,
            text=True,
            cwd=self.folder,
            env=_environment(),
        )


def _environment() -> dict[str, str]:
    """A person's; netcordon is this tree's, and its compiled kernels may be kept."""
    own = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    paths = [str(ROOT / "src"), *filter(None, [own.get("PYTHONPATH")])]
    return {**own, "COLUMNS": str(WIDTH), "PYTHONPATH": os.pathsep.join(paths)}


def _quoted(word: str) -> str:
    return f'"{word}"' if " " in word else word
