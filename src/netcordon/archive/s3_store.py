"""An archive in a bucket of an S3-compatible server, through Arrow's own client.

Credentials come from where Amazon's tools look for them (environment, profile, machine role) and
never from ``netcordon.toml``. An upload has its name when it was closed, so it is there whole or
not at all.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.fs as pafs

from netcordon.archive.store import Named, missing, unusable
from netcordon.model.archive import ArchivePlace

_CONNECT_S = 10
_REQUEST_S = 60


class S3Store:
    """Objects of a bucket; see ``Store``.

    Raises:
        ArchiveError: NC-561 when the place is no bucket.
    """

    def __init__(self, place: ArchivePlace) -> None:
        self.url = place.url
        self.folder: Path | None = None
        parts = urlsplit(place.url)
        self._root = f"{parts.netloc}{parts.path}".strip("/")
        if not parts.netloc:
            raise unusable(place.url, "it names no bucket; write s3://bucket/prefix")
        endpoint = urlsplit(place.endpoint) if place.endpoint else None
        with self._explained():
            self._files = pafs.S3FileSystem(
                endpoint_override=endpoint.netloc if endpoint else None,
                scheme=endpoint.scheme if endpoint else None,
                region=place.region or None,
                connect_timeout=_CONNECT_S,
                request_timeout=_REQUEST_S,
                allow_bucket_creation=False,
            )

    def names(self, prefix: str) -> list[Named]:
        """See ``Store``."""
        with self._explained():
            chosen = pafs.FileSelector(self._path(prefix), recursive=True, allow_not_found=True)
            found = self._files.get_file_info(chosen)
            return sorted(
                Named(info.path[len(self._root) + 1 :], info.size)
                for info in found
                if info.type == pafs.FileType.File
            )

    def read(self, name: str) -> bytes:
        """See ``Store``."""
        with self.open(name) as file, self._explained():
            return file.read()

    def open(self, name: str) -> BinaryIO:
        """See ``Store``."""
        with self._explained(name):
            return cast(BinaryIO, self._files.open_input_stream(self._path(name)))

    def put(self, name: str, content: bytes) -> None:
        """See ``Store``."""
        with self._explained(), self._files.open_output_stream(self._path(name)) as file:
            file.write(content)

    def put_file(self, name: str, source: Path) -> None:
        """See ``Store``."""
        with source.open("rb") as given, self._explained():
            file = self._files.open_output_stream(self._path(name))
            shutil.copyfileobj(given, file, 8 << 20)
            file.close()  # only now it gets its name; an upload that failed before has none

    def remove(self, name: str) -> None:
        """See ``Store``."""
        with self._explained():
            try:
                self._files.delete_file(self._path(name))
            except FileNotFoundError:
                return

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}".rstrip("/")

    @contextmanager
    def _explained(self, name: str = "") -> Iterator[None]:
        try:
            yield
        except FileNotFoundError as error:
            raise missing(self.url, name, "the server has no such object") from error
        except (OSError, pa.ArrowException) as error:
            said = str(error).split("\n")[0]
            raise unusable(self.url, said[:300]) from error
