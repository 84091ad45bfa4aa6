"""The crew: every program the lab starts, in its machine's network, ended by its own pid."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from lab.cage import STATE


def run(*argv: str, stdin: str | None = None) -> str:
    """Run a command to its end and return its output; a failure carries what it said."""
    done = subprocess.run(argv, input=stdin, text=True, capture_output=True, check=False)
    if done.returncode:
        said = done.stderr.strip() or done.stdout.strip()
        raise RuntimeError(f"{' '.join(argv)}: exit {done.returncode}: {said}")
    return done.stdout


def inside(machine: str, argv: Sequence[str]) -> list[str]:
    """The command line that runs `argv` on `machine`: its network, and its own resolv.conf."""
    return ["ip", "netns", "exec", machine, *argv]


def python(module: str, *args: str) -> list[str]:
    """The command line of one of the lab's own programs."""
    return [sys.executable, "-m", module, *args]


class Crew:
    """Starts programs, notices when one that should live has died, and ends them all."""

    def __init__(self, logs: Path = STATE / "logs") -> None:
        self.logs = logs
        self.logs.mkdir(parents=True, exist_ok=True)
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, machine: str, argv: Sequence[str]) -> subprocess.Popen[bytes]:
        """Start a long-lived program; its output goes to a log of its own."""
        with (self.logs / f"{name}.log").open("ab") as log:
            # Each in a session of its own: some servers end by signalling their whole group,
            # and a group does not stop at the walls of the cage.
            process = subprocess.Popen(
                inside(machine, argv),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=_environment(),
                start_new_session=True,
            )
        self._running[name] = process
        return process

    def listening(
        self, machine: str, port: int, *, udp: bool = False, patience_s: float = 15.0
    ) -> None:
        """Wait until something on `machine` listens on `port`, or say what did not come up."""
        deadline = time.monotonic() + patience_s
        while not run(
            *inside(machine, ["ss", "-Hln", "-u" if udp else "-t", f"sport = :{port}"])
        ).strip():
            if time.monotonic() > deadline:
                raise RuntimeError(
                    f"nothing listens on {machine} port {port}; programs that died: {self.dead()}"
                )
            time.sleep(0.1)

    def dead(self) -> dict[str, int]:
        """Programs that ended by themselves, with their exit codes."""
        codes = {name: process.poll() for name, process in self._running.items()}
        return {name: code for name, code in codes.items() if code is not None}

    def end(self, *names: str) -> None:
        """End the named programs (all when none is named), gently first."""
        chosen = [self._running.pop(name) for name in (names or tuple(reversed(self._running)))]
        for process in chosen:
            if process.poll() is None:
                process.terminate()
        for process in chosen:
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _environment() -> dict[str, str]:
    """A small, known environment: nothing of the person's shell may leak into the recording."""
    root = Path(__file__).resolve().parent.parent
    return {
        "PATH": f"{Path(sys.executable).parent}:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": os.environ.get("HOME", "/"),
        "PYTHONPATH": str(root),
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
    }
