"""Time and peak memory of a command with all the processes it starts."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_EVERY_S = 0.1
_MOST_KEPT = 1 << 28

DECODE = """
from netcordon.startup import start_lean
start_lean()
import sys
from datetime import UTC, datetime
from pathlib import Path
from netcordon.casefile.workspace import open_workspace
from netcordon.errors import EvidenceError
from netcordon.evidence.discover import discover
from netcordon.ingest.many import take_in_all
from netcordon.settings import DecodeLimits
class Watcher:
    begins = advances = compiling = lambda self, *_: None
limits = DecodeLimits(workers=int(sys.argv[1]))
clock = lambda: datetime(2026, 1, 1, tzinfo=UTC)
with open_workspace(Path(sys.argv[2]), create=True, clock=clock) as workspace:
    found = discover(sys.argv[3:], limits=limits).found
    for _, answer in take_in_all(found, workspace, limits, Watcher()):
        if isinstance(answer, EvidenceError):
            raise answer
        item = answer.registration.evidence
        print(item.records, item.facts.get("flows", 0), item.facts.get("flows_evicted", 0))
"""
"""A program that decodes: processes (0: one a core), workspace, evidence; prints what it read."""


@dataclass(frozen=True)
class Run:
    """One timed command with its descendants.

    Attributes:
        seconds: wall time.
        peak_mib: largest sum of proportional set sizes at one moment; memory that several
            processes share counts once.
        output: the beginning of standard output, when it was asked for.
    """

    seconds: float
    peak_mib: float
    output: str


def measure(
    command: Sequence[str],
    stdin: BinaryIO | None = None,
    *,
    ok: Sequence[int] = (0,),
    keep: bool = True,
) -> Run | str:
    """Run a command to its end; a text says why it did not work (its status is none of ``ok``).

    What is not to be kept of its output costs nobody anything: it goes nowhere.
    """
    begun = time.monotonic()
    with tempfile.TemporaryFile() as errors, tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            command,
            stdin=stdin or subprocess.DEVNULL,
            stdout=output if keep else subprocess.DEVNULL,
            stderr=errors,
        )
        peak, done = [0.0], threading.Event()
        sampler = threading.Thread(target=_sample, args=(process.pid, peak, done))
        sampler.start()
        status = process.wait()
        seconds = time.monotonic() - begun
        done.set()
        sampler.join()
        if status not in ok:
            errors.seek(0)
            text = errors.read().decode(errors="replace").strip()
            return (text.splitlines() or [f"status {status}"])[-1][:120]
        output.seek(0)
        return Run(seconds, peak[0], output.read(_MOST_KEPT).decode(errors="replace"))


def _sample(pid: int, peak: list[float], done: threading.Event) -> None:
    while not done.wait(_EVERY_S):
        peak[0] = max(peak[0], sum(_proportional_mib(each) for each in _family(pid)))


def _family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for place in Path("/proc").glob("[0-9]*"):
        try:
            fields = (place / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(place.name))
    found = [pid]
    for each in found:
        found.extend(children.get(each, []))
    return found


def _proportional_mib(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def cores() -> int:
    """Cores the measured programs may use."""
    return len(os.sched_getaffinity(0))
