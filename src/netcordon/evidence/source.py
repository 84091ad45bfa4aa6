"""One piece of evidence, read once from front to back while it is hashed and unpacked."""

from __future__ import annotations

import io
import threading
from dataclasses import dataclass
from pathlib import Path

from netcordon.casefile.faults import explained
from netcordon.casefile.seal import Seal
from netcordon.evidence.handoff import Handoff
from netcordon.evidence.raw import RawReader
from netcordon.evidence.sealing import SealedCopy
from netcordon.evidence.unpack import MAGIC_BYTES, Unpacked
from netcordon.model.evidence import IngestWarning
from netcordon.model.log_rule import LogRule
from netcordon.settings import DecodeLimits

PEEK_BYTES = 64 << 10

_BUFFER_BYTES = 1 << 20
_BUFFERS = 8


@dataclass(frozen=True, kw_only=True)
class Intake:
    """What is known of a piece of evidence once it was read to its end.

    Attributes:
        evidence_id: ``ev-`` and the first 16 digits of its hash.
        seal: hashes and size of the bytes as handed in.
        packing: ``gzip``, ``zstd`` or ``None``.
        unpacked_bytes: how many bytes the parser could have read.
        complete: ``False`` when the archive broke off, is damaged or goes beyond the limits.
        warnings: what is wrong with the file, its archive, or happened to it while it was read.
    """

    evidence_id: str
    seal: Seal
    packing: str | None
    unpacked_bytes: int
    complete: bool
    warnings: tuple[IngestWarning, ...]


class EvidenceSource:
    """A ``ByteSource``: a thread reads, hashes and unpacks ahead of whoever parses.

    Made by ``opening.open_source``. The parser may stop early; ``finish`` reads on to the end of
    the file for the hash.
    """

    def __init__(
        self,
        file: io.RawIOBase,
        *,
        label: str,
        location: str | None,
        limits: DecodeLimits,
        copy: SealedCopy | None,
    ) -> None:
        self.label = label
        self._file = file
        self._location = location
        self._limits = limits
        self._copy = copy
        self._raw = RawReader(file, copy.file if copy else None)
        self._unpacked: Unpacked | None = None
        self._handoff = Handoff(_BUFFERS, _BUFFER_BYTES)
        self._head = memoryview(b"")
        self._current: bytearray | None = None
        self._rest = memoryview(b"")
        self._abandoned = False
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._read_ahead, name="evidence", daemon=True)
        self._thread.start()

    @property
    def log_zone(self) -> str:
        """Name of the zone of times that name none, of devices that no rule is for."""
        whole = (rule.zone for rule in self.log_rules if rule.zone and not rule.host)
        return next(whole, self._limits.log_zone)

    @property
    def log_rules(self) -> tuple[LogRule, ...]:
        """What is declared of logs such as this file."""
        return tuple(rule for rule in self._limits.logs if rule.is_of_file(self.label))

    @property
    def modified(self) -> int | None:
        """When the file was last written, microseconds since 1970 UTC; ``None`` of a stream."""
        try:
            return (
                None if self._location is None else Path(self._location).stat().st_mtime_ns // 1000
            )
        except OSError:
            return None

    @property
    def raw_bytes(self) -> int:
        """Bytes of the file read so far, for progress."""
        return self._raw.digest.bytes

    def peek(self) -> bytes:
        """The first bytes, unpacked, up to 64 KiB; they are read again afterwards."""
        if not self._head:
            buffer = bytearray(PEEK_BYTES)
            count = self.readinto(memoryview(buffer))
            self._head = memoryview(bytes(buffer[:count]))
        return bytes(self._head)

    def readinto(self, buffer: memoryview, /) -> int:
        """Fill ``buffer`` with unpacked bytes; return how many, fewer only at the end.

        Raises:
            WorkspaceError: the sealed copy cannot be written (NC-505 when there is no room).
        """
        filled = 0
        while filled < len(buffer):
            if self._head:
                part = self._head[: len(buffer) - filled]
                self._head = self._head[len(part) :]
            elif self._rest or self._receive():
                part = self._rest[: len(buffer) - filled]
                self._rest = self._rest[len(part) :]
            else:
                break
            buffer[filled : filled + len(part)] = part
            filled += len(part)
        return filled

    def finish(self, kind: str) -> Intake:
        """Read on to the end of the file, give the copy its name, and say what was taken in.

        Args:
            kind: of evidence, for the name of the sealed copy of a stream.

        Raises:
            WorkspaceError: the sealed copy cannot be written.
        """
        self._handoff.leave()
        self._thread.join()
        if self._failure is not None:
            raise self._failure
        assert self._unpacked is not None
        digest, kept = self._raw.digest, None
        if self._copy is not None:
            with explained(Path(self._copy.file.name)):
                sha256 = digest.seal(location=None, kept=None).sha256
                kept = self._copy.keep(sha256, kind, self._unpacked.packing)
        seal = digest.seal(location=self._location, kept=kept)
        intake = Intake(
            evidence_id=f"ev-{seal.sha256[:16]}",
            seal=seal,
            packing=self._unpacked.packing,
            unpacked_bytes=self._unpacked.bytes,
            complete=self._unpacked.complete,
            warnings=(*self._unpacked.warnings, *self._raw.warnings()),
        )
        self.close()
        return intake

    def close(self) -> None:
        """Let go, also in the middle; harmless when done twice."""
        self._abandoned = True
        self._raw.stop()
        self._handoff.leave()
        self._thread.join()
        if self._copy is not None:
            self._copy.discard()
        self._file.close()

    def __enter__(self) -> EvidenceSource:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _receive(self) -> bool:
        if self._current is not None:
            self._rest.release()
            self._handoff.give_back(self._current)
            self._current, self._rest = None, memoryview(b"")
        received = self._handoff.receive()
        if received is None:
            return False
        self._current, count = received
        self._rest = memoryview(self._current)[:count]
        return True

    def _read_ahead(self) -> None:
        try:
            with explained(Path(self._copy.file.name if self._copy else self.label)):
                self._unpacked = Unpacked(self._raw, self._raw.peek(MAGIC_BYTES), self._limits)
                while (buffer := self._handoff.borrow()) is not None:
                    count = self._unpacked.readinto(memoryview(buffer))
                    if not count:
                        break
                    self._handoff.deliver(buffer, count)
                self._handoff.end()
                scratch = memoryview(bytearray(_BUFFER_BYTES))
                while not self._abandoned and self._raw.readinto(scratch):
                    pass
        except BaseException as error:  # noqa: BLE001 - raised again where the bytes are asked for
            self._failure = error
            self._handoff.end(error)
