"""Open the archive that is declared, wherever it is."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from netcordon.archive.catalogue import Catalogue
from netcordon.archive.folder_store import FolderStore
from netcordon.archive.store import Store, unusable
from netcordon.errors import UsageError
from netcordon.model.archive import ArchivePlace

VARIABLE = "NETCORDON_CACHE"


def open_store(place: ArchivePlace) -> Store:
    """The objects of an archive.

    Raises:
        UsageError: NC-560 no place is declared.
        ArchiveError: NC-561 it is no bucket.
    """
    if not place.url:
        raise UsageError(
            "NC-560",
            "No archive is declared.",
            "netcordon.toml has no place under [archive]",
            'write [archive] and place = "/srv/netcordon-archive", or name one with --archive',
        )
    if place.url.startswith("s3://"):
        from netcordon.archive.s3_store import S3Store  # Arrow's client takes long to load

        return S3Store(place)
    return FolderStore(Path(place.url))


def open_catalogue(place: ArchivePlace) -> Catalogue:
    """The catalogue of an archive; raises like ``open_store``."""
    store = open_store(place)
    return Catalogue(store, cache_folder(os.environ, store.url))


def open_existing(place: ArchivePlace) -> Catalogue:
    """The same for reading: a folder that is not there is no empty archive.

    Raises:
        ArchiveError: NC-561 also when the folder is missing, or not mounted.
    """
    catalogue = open_catalogue(place)
    folder = catalogue.store.folder
    if folder is not None and not folder.is_dir():
        raise unusable(place.url, "there is no such directory; is it mounted?")
    return catalogue


def cache_folder(environ: Mapping[str, str], url: str) -> Path:
    """Where copies of objects of a bucket lie (XDG Base Directory); all may be deleted."""
    if own := environ.get(VARIABLE):
        top = Path(own).absolute()
    else:
        cache = environ.get("XDG_CACHE_HOME", "")
        base = Path(cache) if cache.startswith("/") else Path.home() / ".cache"
        top = base / "netcordon"
    return top / "archive" / hashlib.sha256(url.encode()).hexdigest()[:16]
