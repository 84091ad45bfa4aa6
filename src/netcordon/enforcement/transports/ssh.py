"""A device reached by OpenSSH's client, with fixed options and programs from a list.

``ssh://[user@]host[:port]``. Options: ``identity`` and ``known_hosts``, files; ``directory``, where
relative paths lie; ``sudo`` = ``yes``, run programs as root with sudo(8). The host's key must be
known beforehand, nothing is ever asked, nothing is forwarded, and no connection is shared, so a
session that the new rules cut is seen to be cut.

The far side's shell splits a command line. Every argument is quoted for it (POSIX), and only
programs of the list are run; text never becomes part of the line but goes by standard input.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from netcordon.enforcement.effects import Reply
from netcordon.enforcement.transports.programs import run_program
from netcordon.errors import UsageError
from netcordon.model.actuator import Call
from netcordon.model.register import EnforcementPoint

PROGRAMS = frozenset({
    "nft", "iptables", "ip6tables", "iptables-restore", "ip6tables-restore", "iptables-save",
    "ip6tables-save", "ipset", "conntrack", "rndc", "unbound-control", "squid", "suricatasc",
    "exabgpcli", "systemd-run", "systemctl", "mkdir", "cat", "test", "dd", "mv", "chmod", "chown",
})  # fmt: skip
"""What may be run on a device."""

_OPTIONS = (
    "BatchMode=yes", "StrictHostKeyChecking=yes", "ControlMaster=no", "ControlPath=none",
    "ConnectTimeout=10", "ServerAliveInterval=5", "ServerAliveCountMax=2", "ForwardAgent=no",
    "ForwardX11=no", "ClearAllForwardings=yes", "PermitLocalCommand=no", "LogLevel=ERROR",
)  # fmt: skip
_USER = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")
_HOST = re.compile(r"[A-Za-z0-9:][A-Za-z0-9:.-]{0,252}")
_OFF = 255
"""Exit status of ssh(1) itself."""


class Ssh:
    """One session a call.

    Raises:
        UsageError: NC-846 when the address is none.
    """

    def __init__(self, point: EnforcementPoint) -> None:
        try:
            place = urlsplit(point.transport)
            user, host, port = place.username, place.hostname or "", place.port
            sound = _HOST.fullmatch(host) and (user is None or _USER.fullmatch(user))
            if not sound or place.password or place.path not in ("", "/") or place.query:
                raise ValueError("the address is no ssh://[user@]host[:port]")  # noqa: TRY301
        except ValueError as error:
            raise UsageError(
                "NC-846",
                f"Device {point.name!r} cannot be reached.",
                str(error),
                "correct the device in netcordon.toml",
            ) from error
        self._client = ["ssh", "-T", *(part for each in _OPTIONS for part in ("-o", each))]
        for option, flag in (("identity", "-i"), ("known_hosts", "")):
            value = point.options.get(option, "")
            if value:
                self._client += [flag, value] if flag else ["-o", f"UserKnownHostsFile={value}"]
        self._client += ["-p", str(port)] if port else []
        self._client += ["-l", user] if user else []
        self._client += ["--", host]
        self._sudo = ("sudo", "-n") if point.options.get("sudo") == "yes" else ()
        self._folder = PurePosixPath(point.options.get("directory", "/"))

    def run(self, call: Call) -> Reply:
        """Make the call on the far side."""
        if call.path:
            return self._file(call)
        if not call.argv:
            return run_program(self._client, call.stdin, call.fine)
        if call.unless and self._program(call.unless, "", (0,)).ok:
            return Reply(ok=True)
        return self._program(call.argv, call.stdin, call.fine)

    def _program(self, argv: Sequence[str], stdin: str, fine: Sequence[int]) -> Reply:
        if argv[0] not in PROGRAMS:
            return Reply(ok=False, error=f"{argv[0]} is no program that is run on devices")
        if any("\0" in word or "\n" in word for word in argv):
            return Reply(ok=False, error="an argument holds a line feed")
        line = shlex.join((*self._sudo, *argv))
        return run_program([*self._client, line], stdin, [n for n in fine if n != _OFF])

    def _file(self, call: Call) -> Reply:
        name = PurePosixPath(call.path)
        if ".." in name.parts or not name.name:
            return Reply(ok=False, error=f"{call.path} does not lie in {self._folder}")
        place = self._folder / name
        if call.content is None:
            return self._read(str(place))
        return self._put(place, call.content)

    def _read(self, path: str) -> Reply:
        there = self._program(("test", "-e", path), "", (0, 1))
        if not there.ok:
            return there
        if not self._program(("test", "-e", path), "", (0,)).ok:
            return Reply(ok=True)
        return self._program(("cat", "--", path), "", (0,))

    def _put(self, place: PurePosixPath, content: str) -> Reply:
        """Beside it, made durable, then in its place in one step."""
        new = str(place.with_name(f".{place.name}.netcordon"))
        steps: list[tuple[tuple[str, ...], str]] = [
            (("dd", f"of={new}", "conv=fsync", "status=none"), content)
        ]
        if self._program(("test", "-e", str(place)), "", (0,)).ok:
            steps += [
                ((program, f"--reference={place}", "--", new), "") for program in ("chown", "chmod")
            ]
        steps.append((("mv", "-f", "-T", "--", new, str(place)), ""))
        for argv, stdin in steps:
            reply = self._program(argv, stdin, (0,))
            if not reply.ok:
                return reply
        return Reply(ok=True)
