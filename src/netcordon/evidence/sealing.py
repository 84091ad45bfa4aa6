"""Sealed copies: what came through a pipe is kept, for it can never be read again."""

from __future__ import annotations

import os
import uuid
from contextlib import suppress
from pathlib import Path

from netcordon.casefile.durable import sync_folder
from netcordon.casefile.recovery import PARTIAL

_SUFFIX = {None: "", "gzip": ".gz", "zstd": ".zst"}


class SealedCopy:
    """A copy in the making, under a name that says so until it is complete.

    Args:
        workspace: directory of the workspace.

    Raises:
        OSError: when it cannot be written.
    """

    def __init__(self, workspace: Path) -> None:
        self._workspace = workspace
        self._folder = workspace / "evidence"
        self._partial = self._folder / f"{PARTIAL}{uuid.uuid4().hex}"
        self.file = self._partial.open("xb")
        self._partial.chmod(0o600)

    def keep(self, sha256: str, kind: str, packing: str | None) -> str:
        """Give the complete copy its final name, write-protected.

        Args:
            sha256: of its bytes.
            kind: of evidence, e.g. ``pcap``; one of our own words, never from the traffic.
            packing: ``gzip``, ``zstd`` or ``None``.

        Returns:
            Its path relative to the workspace.
        """
        final = self._folder / f"{sha256}.{kind}{_SUFFIX[packing]}"
        self.file.flush()
        os.fsync(self.file.fileno())
        os.fchmod(self.file.fileno(), 0o440)
        self.file.close()
        self._partial.replace(final)  # the same bytes may have been kept before
        sync_folder(self._folder)
        return final.relative_to(self._workspace).as_posix()

    def discard(self) -> None:
        """Throw an unfinished copy away; harmless after ``keep``."""
        with suppress(OSError):  # on a full disk closing fails too: what it holds has no room
            self.file.close()
        self._partial.unlink(missing_ok=True)
