"""Where ledgers of devices, snapshots and guards are kept: one folder for all workspaces of a user.

A device is one device whatever workspace speaks to it, so what stands there, who works on it now,
and which number its next change gets cannot be a workspace's own affair. Locks are ``flock(2)``:
the kernel lets go of them when their holder dies.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from netcordon.casefile.canonical import canonical
from netcordon.casefile.durable import write_whole
from netcordon.casefile.state_folder import VARIABLE
from netcordon.enforcement.device import Device, key_of
from netcordon.errors import WorkspaceError
from netcordon.model.register import EnforcementPoint
from netcordon.planning.reading import built

_KEY = re.compile(r"[0-9a-f]{16}")
_RUN = re.compile(r"[0-9a-z]{1,32}")
_POLL_S = 0.05


class Records:
    """The folder.

    Args:
        folder: made when it is missing, for this user alone.

    Raises:
        WorkspaceError: NC-844 when it cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for name in ("devices", "snapshots", "guards"):
                (folder / name).mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise _unusable(folder, error.strerror or str(error)) from error

    def device(self, point: EnforcementPoint) -> Device:
        """The ledger of a device, as declared now; a new one where there is none.

        Raises:
            WorkspaceError: NC-844 when it is damaged.
        """
        key = key_of(point)
        found = self.by_key(key)
        return found if found is not None else Device(key=key, point=point)

    def by_key(self, key: str) -> Device | None:
        """A ledger, or ``None``.

        Raises:
            WorkspaceError: NC-844 when it is damaged.
        """
        path = self._path(key)
        try:
            text = path.read_text(encoding="ascii")
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise _unusable(path, str(error)) from error
        try:
            return built(Device, json.loads(text))
        except (ValueError, KeyError, TypeError) as error:
            raise _unusable(path, f"it is damaged: {error}") from error

    def all(self) -> tuple[Device, ...]:
        """Every ledger, by name of the device.

        Raises:
            WorkspaceError: NC-844 when one is damaged.
        """
        found = [self.by_key(key) for key in self._keys()]
        known = [device for device in found if device is not None]
        return tuple(sorted(known, key=lambda device: (device.point.name, device.key)))

    def of_run(self, run: str) -> tuple[Device, ...]:
        """Ledgers with a pending change of a run; one that is damaged does not hide the others."""
        found: list[Device] = []
        for key in self._keys():
            try:
                device = self.by_key(key)
            except WorkspaceError:
                continue
            if device is not None and device.pending is not None and device.pending.run == run:
                found.append(device)
        return tuple(found)

    def save(self, device: Device) -> None:
        """Make a ledger durable.

        Raises:
            WorkspaceError: NC-844 when it cannot be written.
        """
        path = self._path(device.key)
        try:
            write_whole(path, canonical(device).encode())
        except OSError as error:
            raise _unusable(path, error.strerror or str(error)) from error

    def keep(self, text: str) -> str:
        """Store a configuration; its SHA-256."""
        content = text.encode("utf-8", "surrogateescape")
        digest = hashlib.sha256(content).hexdigest()
        path = self.folder / "snapshots" / digest
        try:
            if not path.exists():
                write_whole(path, content)
        except OSError as error:
            raise _unusable(path, error.strerror or str(error)) from error
        return digest

    def kept(self, digest: str) -> str | None:
        """A configuration; ``None`` when it is gone or is not what its name says."""
        if not re.fullmatch(r"[0-9a-f]{64}", digest):
            return None
        try:
            content = (self.folder / "snapshots" / digest).read_bytes()
        except OSError:
            return None
        if hashlib.sha256(content).hexdigest() != digest:
            return None
        return content.decode("utf-8", "surrogateescape")

    @contextmanager
    def alone(self, key: str, *, patience_s: float) -> Iterator[None]:
        """Nobody else of this user works on the device until the block ends.

        Raises:
            WorkspaceError: NC-841 when somebody else does, and does not end in time.
        """
        held = self._lock(self._path(key).with_suffix(".lock"), patience_s)
        if held is None:
            device = self.by_key(key)
            raise busy(device.point.name if device else key, "another netcordon works on it now")
        try:
            yield
        finally:
            os.close(held)

    def guard_lock(self, run: str) -> int | None:
        """Take the place of a run's guard; the open file, or ``None`` when there is one."""
        return self._lock(self._guard(run), 0)

    def is_guarded(self, run: str) -> bool:
        """Whether a guard of this run lives: the kernel knows."""
        held = self._lock(self._guard(run), 0)
        if held is not None:
            os.close(held)
        return held is None

    def forget_guard(self, run: str) -> None:
        """Clear its lock file away."""
        self._guard(run).unlink(missing_ok=True)

    def _keys(self) -> list[str]:
        stems = sorted(path.stem for path in (self.folder / "devices").glob("*.json"))
        return [stem for stem in stems if _KEY.fullmatch(stem)]

    def _guard(self, run: str) -> Path:
        if not _RUN.fullmatch(run):
            raise ValueError("a run is named by lower-case letters and digits")
        return self.folder / "guards" / run

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ValueError("no key of a device")
        return self.folder / "devices" / f"{key}.json"

    def _lock(self, path: Path, patience_s: float) -> int | None:
        try:
            file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise _unusable(path, error.strerror or str(error)) from error
        until = time.monotonic() + patience_s
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= until:
                    os.close(file)
                    return None
                time.sleep(_POLL_S)
            else:
                return file


def busy(name: str, why: str) -> WorkspaceError:
    """The error for a device that somebody else is at."""
    return WorkspaceError(
        "NC-841",
        f"Device {name!r} is being worked on.",
        why,
        "netcordon contain status shows by whom; wait until it ends",
    )


def _unusable(path: Path, why: str) -> WorkspaceError:
    return WorkspaceError(
        "NC-844",
        f"The record of what stands at devices cannot be used: {str(path)!r}.",
        why,
        f"check owner and permissions, or restore it; {VARIABLE} names another folder",
    )
