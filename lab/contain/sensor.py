"""tcpdump where the company's sensor stands: on its own side of the border."""

from __future__ import annotations

import time
from pathlib import Path

from lab import topology
from lab.crew import Crew

NAME = "sensor"
_ARGV = ("tcpdump", "-n", "-U", "-Z", "root", "-s", "0", "-B", "16384", "-i", topology.SENSOR_PORT)
_FLUSH_S = 0.5


def record(crew: Crew, path: Path) -> None:
    """Begin; returns when it listens."""
    log = crew.logs / f"{NAME}.log"
    crew.start(NAME, topology.SENSOR, [*_ARGV, "-w", str(path)])
    deadline = time.monotonic() + 10
    while b"listening on" not in log.read_bytes():
        if time.monotonic() > deadline:
            raise RuntimeError("tcpdump does not listen; its log is sensor.log")
        time.sleep(0.05)


def end(crew: Crew) -> None:
    """Stop, with the last packets in the file."""
    time.sleep(_FLUSH_S)
    crew.end(NAME)
