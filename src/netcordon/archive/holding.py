"""Holds: what must not be deleted whatever its age, kept in the archive itself.

A hold binds every workspace that expires evidence in this archive. It is an object that never
changes; a second one beside it releases it, and both stay.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime

from netcordon.archive.catalogue import HOLDS, Catalogue
from netcordon.archive.manifest import hold_json
from netcordon.casefile.canonical import canonical
from netcordon.errors import UsageError
from netcordon.model.archive import Hold


def lay(catalogue: Catalogue, hold: Hold) -> Hold:
    """Write a hold; its id is made of what it says.

    Raises:
        ArchiveError: NC-561 the archive cannot be written.
    """
    digest = hashlib.sha256(canonical(replace(hold, id="")).encode()).hexdigest()
    named = replace(hold, id=f"hold-{digest[:12]}")
    catalogue.store.put(f"{HOLDS}/{named.id}.json", hold_json(named))
    return named


def release(catalogue: Catalogue, hold_id: str, *, by: str, why: str, now: datetime) -> Hold:
    """End a hold.

    Raises:
        UsageError: NC-566 there is no such hold, or it was released before.
        ArchiveError: NC-561 the archive cannot be written.
    """
    found = next((hold for hold in catalogue.holds() if hold.id == hold_id), None)
    if found is None or found.released_time is not None:
        raise UsageError(
            "NC-566",
            f"There is no hold {hold_id!r} in force.",
            "it was released before" if found else "the archive has no such hold",
            "netcordon archive hold --list",
        )
    ended = replace(found, released_time=now, released_by=by, released_why=why)
    catalogue.store.put(f"{HOLDS}/{hold_id}.released.json", hold_json(ended))
    return ended
