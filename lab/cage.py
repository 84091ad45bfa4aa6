"""The cage: kernel namespaces that make the promise "leaves nothing behind" true by construction.

The recording runs as process 1 of a new PID namespace with private mount, network, UTS and IPC
namespaces. When that process ends for whatever reason (done, Ctrl-C, kill -9) the kernel ends every
process in it, and with them vanish the networks, the mounts, the accounts and all state, which
lives on private tmpfs mounts. The host's network is never entered, let alone changed.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

from lab import world

STATE = Path("/run/lab")
UNSHARE = [
    "unshare",
    "--mount",
    "--net",
    "--pid",
    "--uts",
    "--ipc",
    "--fork",
    "--kill-child",
    "--mount-proc",
    "--propagation",
    "private",
]


def caged_argv(module: str, *args: str) -> list[str]:
    """The command line that runs `python -m module` as process 1 of a fresh cage."""
    return [*UNSHARE, sys.executable, "-m", module, *args]


def furnish() -> None:
    """Give the cage its own /run, /home and /etc. Refuses to work outside one."""
    if os.getpid() != 1:
        raise RuntimeError("not in a cage: this would touch the machine's own /etc and network")
    for place in ("/run", "/home"):
        _run("mount", "-t", "tmpfs", "-o", "mode=755", "lab", place)
    STATE.mkdir()
    Path("/run/sshd").mkdir(mode=0o755)
    Path("/run/netns").mkdir()
    private_etc = STATE / "etc"
    shutil.copytree("/etc", private_etc, symlinks=True, ignore_dangling_symlinks=True)
    shutil.rmtree(private_etc / "netns", ignore_errors=True)
    for secret in ("shadow", "gshadow"):
        shutil.chown(private_etc / secret, "root", "root")
    _run("mount", "--bind", str(private_etc), "/etc")
    os.environ["HOME"] = str(STATE / "root")
    (STATE / "root").mkdir(mode=0o700)
    socket.sethostname("localhost")  # no program may tell this machine's real name to the recording
    _accounts()
    _names()


def _accounts() -> None:
    """Add the lab's people to the private account files: logins work and fail for real."""
    passwd, shadow = Path("/etc/passwd"), Path("/etc/shadow")
    lines, secrets = [passwd.read_text()], [shadow.read_text()]
    for uid, (user, password) in enumerate(world.PASSWORDS.items(), start=2601):
        home = Path("/home") / user
        home.mkdir(mode=0o700)
        os.chown(home, uid, 100)
        digest = subprocess.run(
            ["openssl", "passwd", "-6", "-stdin"],
            input=password,
            text=True,
            capture_output=True,
            check=True,
        )
        lines.append(f"{user}:x:{uid}:100::{home}:/bin/bash\n")
        secrets.append(f"{user}:{digest.stdout.strip()}:19000:0:99999:7:::\n")
    passwd.write_text("".join(lines))
    shadow.write_text("".join(secrets))


def _names() -> None:
    """Inside, ask the company's resolver; outside, the provider's (`ip netns exec` binds it)."""
    (Path("/etc") / "nsswitch.conf").write_text(
        "passwd: files\ngroup: files\nshadow: files\nhosts: files dns\nservices: files\n"
    )
    (Path("/etc") / "hosts").write_text("127.0.0.1 localhost\n::1 localhost\n")
    resolver = world.BY_NAME["ns-01"].ip
    for name in [machine.name for machine in world.MACHINES] + ["border"]:
        _resolv(name, f"nameserver {resolver}\nsearch {world.CORP}\n")
    for name in ("inet", "crook"):
        _resolv(name, f"nameserver {world.ISP_RESOLVER}\n")


def _resolv(name: str, text: str) -> None:
    place = Path("/etc/netns") / name
    place.mkdir(parents=True)
    (place / "resolv.conf").write_text(text)


def _run(*argv: str) -> None:
    subprocess.run(argv, check=True)
