"""The machine netcordon runs on.

Options: ``netns``, the network namespace in which programs run (ip-netns(8)); ``directory``, where
files are. Without it a file is where its own option says, as an absolute path.
"""

from __future__ import annotations

import re
from pathlib import Path

from netcordon.enforcement.effects import Reply
from netcordon.enforcement.transports.files import on_file
from netcordon.enforcement.transports.programs import run_program
from netcordon.errors import UsageError
from netcordon.model.actuator import Call
from netcordon.model.register import EnforcementPoint

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")


class Local:
    """Runs programs and replaces files here.

    Raises:
        UsageError: NC-846 when the name of the namespace is none.
    """

    def __init__(self, point: EnforcementPoint) -> None:
        netns = point.options.get("netns", "")
        if netns and not _NAME.fullmatch(netns):
            raise UsageError(
                "NC-846",
                f"Device {point.name!r} cannot be reached.",
                f"{netns!r} is no name of a network namespace",
                "correct the option netns of the device in netcordon.toml",
            )
        self._within = ("ip", "netns", "exec", netns) if netns else ()
        self._folder = Path(point.options.get("directory", "/"))
        self._anywhere = "directory" not in point.options

    def run(self, call: Call) -> Reply:
        """Make the call."""
        if call.path:
            if self._anywhere and not call.path.startswith("/"):
                return Reply(
                    ok=False, error=f"nobody says where {call.path} lies (option directory)"
                )
            return on_file(call, self._folder)
        if not call.argv:
            return Reply(ok=False, error="this machine has no prompt to type at")
        if call.unless and run_program((*self._within, *call.unless), "", (0,)).ok:
            return Reply(ok=True)
        return run_program((*self._within, *call.argv), call.stdin, call.fine)
