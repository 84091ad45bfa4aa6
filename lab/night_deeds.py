"""Harmless deeds of one night that look like the full incident's, each with its own entry."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

from lab import clients, world
from lab.cage import STATE
from lab.crew import python
from lab.rhythm import hands
from lab.steps import asked_for, on
from lab.truth import Claim, Diary, Entry

ADMIN, LATE, FILES = world.ADMIN, world.BY_NAME["pc-058"], world.FILE_SERVER
CLOUD = world.PERSONAL_CLOUD
PHOTO_BYTES = (21_000, 34_000, 27_000)


def run(diary: Diary, lasts_s: float) -> None:
    """The deeds, in order."""
    began = time.monotonic()
    deeds: dict[float, Callable[[Diary], None]] = {
        0.12: photos,
        0.28: installer,
        0.55: announcement,
    }
    for share, deed in deeds.items():
        time.sleep(max(0.0, began + share * lasts_s - time.monotonic()))
        deed(diary)


def photos(diary: Diary) -> None:
    """A late worker sends three pictures to the cloud that the insider uses."""
    claims = [Claim(src=LATE.ip, dst=CLOUD.ip, port=443), *asked_for(CLOUD.name, LATE)]
    title = "A late worker sends three pictures to a private cloud account"
    entry = _entry("private-photos", title, claims, LATE.name, CLOUD.name, "insider_upload")
    with diary.action(entry):
        argv = [*clients.CURL, "-A", clients.BROWSER, "--ciphers", clients.BROWSER_CIPHERS]
        for number, size in enumerate(PHOTO_BYTES):
            picture = _file(
                f"photo{number}.jpg", b"\xff\xd8\xff\xe0" + random.Random(9).randbytes(size)
            )
            argv += ["-T", str(picture), f"https://{CLOUD.name}/u/lena/{picture.name}"]
        on(LATE, *argv)


def installer(diary: Diary) -> None:
    """The administrator reads a log and leaves an installer on the administrative share."""
    claims = [Claim(src=ADMIN.ip, dst=FILES.ip, port=445)]
    title = "The administrator leaves an installer on the administrative share"
    entry = _entry("installer", title, claims, ADMIN.name, FILES.name, "admin_share_copy")
    package = _file("agent-4.2.msi", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(60_000))
    login = f"{world.WORKGROUP}\\{ADMIN.user}%{world.PASSWORDS[ADMIN.user]}"
    options = (f"--configfile={STATE}/conf/smb.conf", "--use-kerberos=off", "-U", login)
    script = f"get Logs\\backup.log /dev/null; cd Install; put {package} {package.name}; ls"
    with hands(ADMIN.name), diary.action(entry):
        on(ADMIN, "smbclient", f"//{FILES.fqdn}/ADMIN$", *options, "-n", "LT-009", "-c", script)


def announcement(diary: Diary) -> None:
    """The border tells the office where its address is, as routers do when a link comes up."""
    title = "The border announces its own address to the office"
    entry = _entry("announcement", title, [], "border", "office", "arp_spoofing")
    with diary.action(entry):
        clients.call(
            ["ip", "netns", "exec", "border", *python("lab.arp_spoof", "announce", "office")]
        )


def _entry(
    name: str, title: str, claims: list[Claim], src: str, dst: str, looks_like: str
) -> Entry:
    return Entry(
        name, "look_alike", title, claims, src, [dst], malicious=False, looks_like=looks_like
    )


def _file(name: str, content: bytes) -> Path:
    path: Path = STATE / name
    path.write_bytes(content)
    return path
