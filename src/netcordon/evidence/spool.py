"""A stream that is copied to its end first, so that several processes can read the copy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from netcordon.casefile.faults import explained
from netcordon.evidence.opening import STDIN, open_file, read_head
from netcordon.evidence.recognise import not_recognised, recognise
from netcordon.evidence.sealing import SealedCopy
from netcordon.settings import DecodeLimits

_STEP_BYTES = 1 << 20
_HEAD_BYTES = 1 << 20
"""After so much of a stream it is told whether it is evidence at all."""


class Spool:
    """The copy of a stream; thrown away on leaving unless it was kept.

    Args:
        path: of the stream, ``-`` for standard input.
        workspace: directory of the workspace.

    Raises:
        EvidenceError: the stream cannot be opened.
        WorkspaceError: the copy cannot be made.
    """

    def __init__(self, path: str, workspace: Path) -> None:
        self._label = "standard input" if path == STDIN else path
        self._workspace = workspace
        self._source = open_file(path)
        try:
            with explained(workspace):
                self._copy = SealedCopy(workspace)
        except BaseException:
            self._source.close()
            raise

    @property
    def path(self) -> str:
        """Where the copy stands as long as it is not kept."""
        return self._copy.file.name

    def fill(self, limits: DecodeLimits, progress: Callable[[int], None]) -> int:
        """Copy the stream to its end.

        Args:
            limits: for unpacking the first bytes.
            progress: hears how many bytes have come.

        Returns:
            Its bytes.

        Raises:
            EvidenceError: NC-103 or NC-104, once the first bytes are no evidence.
            WorkspaceError: the copy cannot be written.
        """
        buffer = memoryview(bytearray(_STEP_BYTES))
        copied, is_known = 0, False
        with explained(Path(self.path)):
            while count := self._source.readinto(buffer):
                self._copy.file.write(buffer[:count])
                copied += count
                if not is_known and copied >= _HEAD_BYTES:
                    self._recognise(limits)
                    is_known = True
                progress(copied)
            if not is_known:
                self._recognise(limits)
            self._copy.file.flush()
        return copied

    def _recognise(self, limits: DecodeLimits) -> None:
        self._copy.file.flush()
        head = read_head(self.path, limits)
        if recognise(head) is None:
            raise not_recognised(self._label, head)

    def keep(self, sha256: str, kind: str, packing: str | None) -> str:
        """Give the copy its final name; see ``SealedCopy.keep``.

        Raises:
            WorkspaceError: it cannot be made durable.
        """
        with explained(self._workspace):
            return self._copy.keep(sha256, kind, packing)

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, *_: object) -> None:
        self._source.close()
        self._copy.discard()
