"""An SSH server in an enclave's firewall, with timers like those of systemd-run(1).

There is no systemd in a namespace, so two small programs stand in for it: they take the same
arguments, wait, and run the same fixed command with the same standard input.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from netcordon.enforcement.device_guard import FOLDER
from tests.engines.enclave import Enclave

PORT = 2222
_RUN = """#!{python}
import os, subprocess, sys, time
options = [a for a in sys.argv[1:sys.argv.index("--")]]
argv = sys.argv[sys.argv.index("--") + 1:]
told = dict(o.removeprefix("--").split("=", 1) for o in options if "=" in o)
source = told.get("property", "").removeprefix("StandardInput=file:") or os.devnull
if os.fork():
    sys.exit(0)
os.setsid()
open("{units}/" + told["unit"], "w").write(str(os.getpid()))
null = os.open(os.devnull, os.O_RDWR)
for n in (0, 1, 2):
    os.dup2(null, n)
time.sleep(float(told["on-active"]))
os.unlink("{units}/" + told["unit"])
subprocess.run(argv, stdin=open(source))
"""
_CTL = """#!{python}
import fnmatch, os, signal, sys
pattern = sys.argv[2].removesuffix(".timer")
for unit in os.listdir("{units}"):
    if fnmatch.fnmatch(unit, pattern):
        os.kill(int(open("{units}/" + unit).read()), signal.SIGKILL)
        os.unlink("{units}/" + unit)
"""


@dataclass(frozen=True)
class SshDevice:
    """How to reach it, and the timers that wait on it."""

    identity: Path
    known_hosts: Path
    units: Path

    def timers(self) -> list[str]:
        return sorted(path.name for path in self.units.iterdir())


@contextmanager
def ssh_device(enclave: Enclave, where: str, address: str, folder: Path) -> Iterator[SshDevice]:
    """Listening at ``address`` in one of the namespaces, for one key."""
    programs, units = folder / "programs", folder / "units"
    programs.mkdir()
    units.mkdir()
    for name, text in (("systemd-run", _RUN), ("systemctl", _CTL)):
        (programs / name).write_text(text.format(python=sys.executable, units=units))
        (programs / name).chmod(0o755)
    for key in ("host", "own"):
        argv = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / key)]
        subprocess.run(argv, check=True)
    shutil.copy(folder / "own.pub", folder / "authorized")
    public = (folder / "host.pub").read_text().split()
    (folder / "known").write_text(f"[{address}]:{PORT} {public[0]} {public[1]}\n")
    (folder / "conf").write_text(
        f"Port {PORT}\nListenAddress {address}\nHostKey {folder / 'host'}\nUsePAM no\n"
        f"AuthorizedKeysFile {folder / 'authorized'}\nPermitRootLogin prohibit-password\n"
        "StrictModes no\nPidFile none\nPasswordAuthentication no\n"
        f"SetEnv PATH={programs}:/usr/sbin:/usr/bin:/sbin:/bin\n"
    )
    separate, mine = Path("/run/sshd"), Path(FOLDER)
    made = not separate.exists()
    if made:
        separate.mkdir(mode=0o755)
    argv = ["nsenter", "-t", str(enclave.pid(where)), "-n", "/usr/sbin/sshd", "-D", "-e"]
    server = subprocess.Popen([*argv, "-f", str(folder / "conf")], stderr=subprocess.PIPE)
    assert server.stderr is not None
    assert b"listening" in server.stderr.readline()
    try:
        yield SshDevice(folder / "own", folder / "known", units)
    finally:
        server.terminate()
        server.wait()
        server.stderr.close()
        for unit in units.iterdir():
            with suppress(ProcessLookupError):
                os.kill(int(unit.read_text()), signal.SIGKILL)
        if made:
            separate.rmdir()
        shutil.rmtree(mine, ignore_errors=True)
