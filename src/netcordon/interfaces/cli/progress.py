"""How a waiting person hears of progress: a bar on a terminal, quiet lines when piped."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from netcordon.reporting.visible import visible
from netcordon.workflow.observer import Observer

_STAGES = {
    "warming": "Compiling the decoder (once for this machine)",
    "sensing": "Suricata reads the captures",
    "detecting": "Looking for behaviours",
    "correlating": "Joining findings into incidents",
    "reporting": "Writing the report",
}


@contextmanager
def observer(verbose: int) -> Iterator[Observer]:
    """The observer that fits standard error."""
    if sys.stderr.isatty():
        with _bar(verbose) as watching:
            yield watching
    else:
        yield Lines(sys.stderr, verbose)


class Lines:
    """One line a piece of evidence, nothing that moves."""

    def __init__(self, out: TextIO, verbose: int) -> None:
        self._out = out
        self._verbose = verbose
        self._begun: dict[str, float] = {}

    def stage(self, name: str) -> None:
        """Said only on request, but for what takes long."""
        if self._verbose or name == "warming":
            self._say(_STAGES.get(name, name))

    def evidence_begins(self, label: str, size_bytes: int | None) -> None:  # noqa: ARG002
        """Remembered; a line comes when it ends."""
        self._begun[label] = time.monotonic()

    def evidence_advances(self, label: str, read_bytes: int, records: int) -> None:
        """Not said."""

    def evidence_ends(self, label: str, outcome: str) -> None:
        """``label: outcome (1.2 s)``."""
        took = time.monotonic() - self._begun.pop(label)
        self._say(f"{visible(label)}: {visible(outcome)} ({took:.1f} s)")

    def note(self, text: str) -> None:
        """As it is."""
        self._say(visible(text, limit=None))

    def _say(self, text: str) -> None:
        self._out.write(text + "\n")
        self._out.flush()


@contextmanager
def _bar(verbose: int) -> Iterator[Observer]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    progress = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        DownloadColumn(),
        TransferSpeedColumn(),
        TextColumn("{task.fields[records]}", markup=False),
        TimeRemainingColumn(),
        console=Console(stderr=True, markup=False, highlight=False),
        transient=True,
    )
    with progress:
        yield _Bar(progress, verbose)


class _Bar:
    """A bar with rate and time left for each piece of evidence under way."""

    def __init__(self, progress: object, verbose: int) -> None:
        from rich.progress import Progress, TaskID

        assert isinstance(progress, Progress)
        self._progress = progress
        self._verbose = verbose
        self._tasks: dict[str, tuple[TaskID, float]] = {}

    def stage(self, name: str) -> None:
        """A line above the bar."""
        self._progress.console.print(_STAGES.get(name, name), markup=False, style="dim")

    def evidence_begins(self, label: str, size_bytes: int | None) -> None:
        """A new bar."""
        task = self._progress.add_task(visible(label, limit=48), total=size_bytes, records="")
        self._tasks[label] = (task, time.monotonic())

    def evidence_advances(self, label: str, read_bytes: int, records: int) -> None:
        """The bar moves."""
        task, begun = self._tasks[label]
        rate = records / max(time.monotonic() - begun, 1e-3)
        text = f"{records:,} frames, {rate:,.0f}/s" if records else ""
        self._progress.update(task, completed=read_bytes, records=text)

    def evidence_ends(self, label: str, outcome: str) -> None:
        """The bar goes; a line stays."""
        task, begun = self._tasks.pop(label)
        self._progress.remove_task(task)
        took = time.monotonic() - begun
        self.note(f"{visible(label, limit=48)}: {visible(outcome)} ({took:.1f} s)")

    def note(self, text: str) -> None:
        """A line above the bar."""
        self._progress.console.print(visible(text, limit=None), markup=False)
