"""A folder that something else serves or reads: block lists, zones, rule files.

``file:/directory``. A file is replaced in one step, and never outside the folder; nothing is run.
Who reads it must notice by itself, so what is read back is the file, not what became of it.
"""

from __future__ import annotations

from pathlib import Path

from netcordon.enforcement.effects import Reply
from netcordon.enforcement.transports.files import on_file
from netcordon.model.actuator import Call
from netcordon.model.register import EnforcementPoint


class Drop:
    """Puts files into one folder."""

    def __init__(self, point: EnforcementPoint) -> None:
        self._folder = Path(point.transport.removeprefix("file:").removeprefix("//"))

    def run(self, call: Call) -> Reply:
        """Replace or read the file of the call."""
        if not call.path:
            return Reply(ok=False, error="through a folder nothing can be run or asked")
        return on_file(call, self._folder)
