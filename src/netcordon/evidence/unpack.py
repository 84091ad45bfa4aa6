"""What is packed is unpacked, within limits: a small file must not fill the machine."""

from __future__ import annotations

from netcordon.evidence import inflate, zstd_frames
from netcordon.evidence.raw import RawReader, Reader
from netcordon.evidence.wide_text import WideText, is_wide
from netcordon.model.evidence import IngestWarning
from netcordon.settings import DecodeLimits

MAGIC_BYTES = 4
"""Bytes that tell an archive; no more are asked for, because a live stream may hesitate."""

_ALWAYS_BELIEVED = 1 << 30
"""Unpacked bytes up to which the ratio does not matter; a capture of zeros packs extremely well."""


class Unpacked:
    """The unpacked bytes of a file; text in UTF-16 as UTF-8.

    Args:
        raw: the file.
        head: its first bytes, not yet taken from ``raw``.
        limits: what is believed.

    Attributes:
        packing: ``gzip``, ``zstd`` or ``None``.
        bytes: unpacked so far.
    """

    def __init__(self, raw: RawReader, head: bytes, limits: DecodeLimits) -> None:
        self.packing: str | None = None
        self.bytes = 0
        self._raw = raw
        self._limits = limits
        self._archive: inflate.GzipReader | zstd_frames.ZstdReader | None = None
        if head.startswith(inflate.MAGIC):
            self.packing, self._archive = "gzip", inflate.GzipReader(raw)
        elif zstd_frames.is_zstd(head):
            self.packing, self._archive = "zstd", zstd_frames.ZstdReader(raw)
        self._reader: Reader = self._archive or (WideText(raw) if is_wide(head) else raw)
        self._excess: IngestWarning | None = None

    @property
    def complete(self) -> bool:
        """Whether the archive was read to a proper end."""
        return self._excess is None and (self._archive is None or self._archive.complete)

    @property
    def warnings(self) -> list[IngestWarning]:
        """What is wrong with the archive."""
        found = [] if self._archive is None else list(self._archive.warnings)
        return found + ([] if self._excess is None else [self._excess])

    def readinto(self, buffer: memoryview, /) -> int:
        """See ``raw.Reader``; ends where the limits end."""
        if self._excess is not None:
            return 0
        count = self._reader.readinto(buffer)
        self.bytes += count
        if self._archive is not None and count:
            self._excess = self._judge()
        return count

    def _judge(self) -> IngestWarning | None:
        packed = self._raw.digest.bytes
        if self.bytes > self._limits.max_unpacked_bytes:
            limit = f"{self._limits.max_unpacked_bytes} bytes"
        elif self.bytes > _ALWAYS_BELIEVED and self.bytes > packed * self._limits.max_unpack_ratio:
            limit = f"{self._limits.max_unpack_ratio} times its size"
        else:
            return None
        what = (
            f"the file unpacks to more than {limit}; reading stopped after {self.bytes} "
            "unpacked bytes, and what was read until then is kept"
        )
        return IngestWarning(code="NC-110", what=what)
