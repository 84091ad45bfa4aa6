"""Keeps the carried files that are wanted, told by their SHA-256 once they have ended."""

from __future__ import annotations

from collections.abc import Mapping

from netcordon.ingest.capture.application.files.tracker import Label, Piece
from netcordon.ingest.capture.application.record.ends import Address, Ends
from netcordon.workflow.new_folder import NewFolder, Part

Peers = frozenset[tuple[Address, int]]
"""Address and port of both ends of a flow, whoever is the client."""


class WantedCopies:
    """Copies for ``Files``: what flows between known ends carry, kept when its hash is wanted.

    Args:
        folder: takes the files, each under its SHA-256.
        largest: ends of flows -> size of the largest file that is wanted of them, in bytes.
        wanted: SHA-256 of the files.

    Attributes:
        missing: of these, those that did not come yet.
        failure: why a file could not be written. Parsers must not see it: the layer that calls
            them takes any error for theirs.
    """

    def __init__(self, folder: NewFolder, largest: Mapping[Peers, int], wanted: set[str]) -> None:
        self.missing = wanted
        self.failure: OSError | None = None
        self._folder = folder
        self._largest = largest

    def __call__(self, ends: Ends, label: Label) -> _Copy | None:  # noqa: ARG002 - names lie
        """See ``Copies``."""
        peers = frozenset(((ends.src_ip, ends.src_port), (ends.dst_ip, ends.dst_port)))
        largest = self._largest.get(peers)
        if largest is None or self.is_done():
            return None
        return _Copy(self, self._folder.part(), largest)

    def is_done(self) -> bool:
        """Whether nothing more can come of it."""
        return not self.missing or self.failure is not None


class _Copy:
    """One file that may be wanted."""

    def __init__(self, copies: WantedCopies, part: Part, largest: int) -> None:
        self._copies = copies
        self._part: Part | None = part
        self._largest = largest

    def write(self, data: Piece, /) -> None:
        """See ``Copy``."""
        if self._part is None:
            return
        try:
            if self._part.bytes + len(data) > self._largest:
                self._give_up()
            else:
                self._part.write(data)
        except OSError as error:
            self._copies.failure = self._copies.failure or error
            self._part = None

    def close(self, sha256: str | None, /) -> None:
        """See ``Copy``."""
        if self._part is None:
            return
        try:
            if sha256 is None or sha256 not in self._copies.missing:
                self._give_up()
            elif self._part.keep_as(sha256) == sha256:
                self._copies.missing.discard(sha256)
        except OSError as error:
            self._copies.failure = self._copies.failure or error
        self._part = None

    def _give_up(self) -> None:
        if self._part is not None:
            self._part.discard()
        self._part = None
