"""The guard's own process: takes its place, leaves the session, watches."""

from __future__ import annotations

import os
import sys

from netcordon.enforcement.guardian import READY, stand_guard
from netcordon.workflow.devices import Clock, Devices


def guard(run: str, *, clock: Clock) -> int:
    """Stand guard over a run; the process that was called returns as soon as the guard stands.

    Returns:
        0, in both processes; 1 when the run has a guard already.
    """
    devices = Devices(clock)
    held = devices.records.guard_lock(run)
    if held is None:
        return 1
    if os.fork():  # the lock is the child's as well, and stays his
        sys.stdout.write(f"{READY}\n")
        sys.stdout.flush()
        return 0
    os.setsid()
    _leave_the_terminal()
    try:
        stand_guard(devices.records, run, devices.performer, devices.actuator, clock)
        devices.tell()
    finally:
        devices.records.forget_guard(run)
        os.close(held)
    return 0


def _leave_the_terminal() -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    os.close(nowhere)
