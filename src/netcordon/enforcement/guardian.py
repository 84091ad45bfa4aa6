"""The guard of a run: a process of its own that takes back what nobody confirms in time.

It shares nothing with the process that applied but the folder of ledgers, so it works when that one
is killed, when its terminal goes, and when the session it ran in is cut by the very rules. While it
lives it holds a lock, so that the next netcordon knows from the kernel whether it does; when both
are dead, that next one takes over (``recover``). Until the deadline it makes the probes that worked
before the change: one that stops working takes everything back at once.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from netcordon.casefile.state_folder import VARIABLE
from netcordon.enforcement.back import roll_back
from netcordon.enforcement.device import Device
from netcordon.enforcement.perform import Clock, Performer
from netcordon.enforcement.probing import make
from netcordon.enforcement.records import Records
from netcordon.errors import NetcordonError
from netcordon.model.actuator import Actuator
from netcordon.model.enforced import Attempted

READY = "armed"
START_S = 30
"""Longest time a guard may take to be there."""

_POLL_S = 0.25
_BEAT_S = 5.0
_RETRY_S = 5.0
_PATIENCE_S = 3600.0
"""How long it goes on trying to take back what a device does not let go of."""


def set_guard(records: Records, run: str) -> str:
    """Start the guard of a run and wait until it stands; why it does not, else empty.

    The child forks once more and leaves our session: neither a signal to our process group nor the
    end of our terminal reaches it.
    """
    package = str(Path(__file__).parents[2])
    argv = [sys.executable, "-P", "-m", "netcordon.interfaces.cli", "contain", "guard", run]
    try:
        done = subprocess.run(
            argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=START_S,
            start_new_session=True, check=False, cwd="/",
            env={**os.environ, "PYTHONPATH": package, VARIABLE: str(records.folder)},
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if done.returncode == 0 and done.stdout.strip() == READY:
        return ""
    said = done.stderr.strip().splitlines()
    return said[-1][:300] if said else f"its start ended with status {done.returncode}"


def stand_guard(
    records: Records,
    run: str,
    performer: Performer,
    actuator_of: Callable[[Device], Actuator],
    clock: Clock,
) -> bool:
    """Watch a run until nothing of it is pending; whether something was taken back."""
    taken_back, beat, until = False, time.monotonic() + _BEAT_S, None
    while pending := records.of_run(run):
        why = _overdue(pending, clock()) or _abandoned(records, run)
        if not why and time.monotonic() >= beat:
            why = _broken(pending)
            beat = time.monotonic() + _BEAT_S
        if not why:
            time.sleep(_POLL_S)
            continue
        until = until or time.monotonic() + _PATIENCE_S
        problems = [_take_back(records, each.key, run, performer, actuator_of, why)
                    for each in reversed(pending)]  # fmt: skip
        taken_back = taken_back or not all(problems)
        if any(problems):
            if time.monotonic() > until:
                break
            time.sleep(_RETRY_S)
    return taken_back


def _take_back(
    records: Records,
    key: str,
    run: str,
    performer: Performer,
    actuator_of: Callable[[Device], Actuator],
    why: str,
) -> str:
    """Why it is still there; empty when it is not, or when somebody else saw to it."""
    try:
        with records.alone(key, patience_s=_PATIENCE_S):
            device = records.by_key(key)
            if device is None or device.pending is None or device.pending.run != run:
                return ""
            return performer.perform(roll_back(device, actuator_of(device), why)).problem
    except (NetcordonError, OSError) as error:
        return str(error)


def _overdue(pending: Sequence[Device], at: datetime) -> str:
    for device in pending:
        assert device.pending is not None
        deadline = device.pending.deadline
        if deadline is not None and at >= deadline:
            return f"nobody confirmed it before {deadline:%H:%M:%S} UTC"
    return ""


def _abandoned(records: Records, run: str) -> str:
    """Whoever applies holds the devices; a run half applied that nobody holds was his last."""
    for device in records.of_run(run):
        if device.pending is None or device.pending.awaiting:
            continue
        try:
            with records.alone(device.key, patience_s=0):
                now = records.by_key(device.key)
        except NetcordonError:
            continue
        if now and now.pending and now.pending.run == run and not now.pending.awaiting:
            return "whoever put it in force died before the end"
    return ""


def _broken(pending: Sequence[Device]) -> str:
    """A probe that must work, worked before, and fails twice."""
    if not all(device.pending is not None and device.pending.awaiting for device in pending):
        return ""  # it is still being applied, by somebody who makes the probes himself
    probes = dict.fromkeys(p for d in pending if d.pending is not None for p in d.pending.probes)
    once = [a.probe for a in make(tuple(probes)) if a.worked is False]
    twice: list[Attempted] = [a for a in make(once) if a.worked is False] if once else []
    if not twice:
        return ""
    probe = twice[0].probe
    return f"{probe.why} stopped working: {probe.src} to {probe.dst}, {twice[0].said}"
