"""Entries of the catalogue and holds as canonical JSON, believed only when well formed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import Any

from netcordon.archive.store import ArchiveError
from netcordon.casefile.canonical import canonical, instant
from netcordon.model.archive import (
    MANIFEST_FORMAT,
    HeldFile,
    HeldObject,
    Hold,
    KnownRow,
    Segment,
)  # fmt: skip

_ID = re.compile(r"ev-[0-9a-f]{16}\Z")
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")
_MOST_BYTES = 64 << 20


def segment_json(segment: Segment) -> bytes:
    """The entry of a piece of evidence."""
    return _written({"format": MANIFEST_FORMAT, "segment": segment})


def hold_json(hold: Hold) -> bytes:
    """A hold."""
    return _written({"format": MANIFEST_FORMAT, "hold": hold})


def read_segment(content: bytes, where: str) -> Segment:
    """The inverse of ``segment_json``.

    Args:
        content: as it was found.
        where: for the error.

    Raises:
        ArchiveError: NC-565 it is of a later version, or no entry.
    """
    try:
        return _segment(_opened(content, where)["segment"])
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise _unreadable(where, f"{type(error).__name__}: {error}") from error


def read_hold(content: bytes, where: str) -> Hold:
    """The inverse of ``hold_json``; raises like ``read_segment``."""
    try:
        facts = dict(_opened(content, where)["hold"])
        facts |= {key: tuple(map(str, facts[key])) for key in ("evidence_ids", "sensors")}
        facts |= {key: _day(facts[key]) for key in ("first_day", "last_day")}
        facts |= {key: _moment(facts[key]) for key in ("time", "released_time")}
        return Hold(**facts)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise _unreadable(where, f"{type(error).__name__}: {error}") from error


def _written(what: Mapping[str, object]) -> bytes:
    return (canonical(what) + "\n").encode()


def _opened(content: bytes, where: str) -> dict[str, Any]:
    if len(content) > _MOST_BYTES:
        raise ValueError("it is too long")
    found = json.loads(content)
    number = found["format"]
    if number != MANIFEST_FORMAT:
        raise ArchiveError(
            "NC-565",
            f"An entry of the archive cannot be read: {where!r}.",
            f"it has format {number!r}, and this version reads {MANIFEST_FORMAT}",
            "use the version of netcordon that wrote it, or a later one",
        )
    return dict(found)


def _segment(facts: dict[str, Any]) -> Segment:
    facts = dict(facts)
    facts["files"] = tuple(_file(each) for each in facts["files"])
    facts["filters"] = _object(facts["filters"])
    facts["original"] = None if facts["original"] is None else _object(facts["original"])
    facts |= {k: _moment(facts[k]) for k in ("first_time", "last_time", "archived_time")}
    segment = Segment(**facts)
    if not _ID.match(segment.evidence_id) or not _SHA256.match(segment.sha256):
        raise ValueError("the id or the hash of its evidence is none")
    numbers = (segment.generation, segment.bytes, segment.records)
    words = (segment.sensor, segment.kind, segment.label, segment.family, segment.version)
    if not all(isinstance(n, int) for n in numbers) or not all(isinstance(w, str) for w in words):
        raise ValueError("a number or a text is none")
    return segment


def _file(facts: dict[str, Any]) -> HeldFile:
    facts = dict(facts)
    known = facts["known"]
    if known is not None:
        facts["known"] = KnownRow(
            time=instant(known["time"]), src_ip=str(known["src_ip"]), dst_ip=str(known["dst_ip"]),
            frame=int(known["frame"]),
        )  # fmt: skip
    facts |= {k: _moment(facts[k]) for k in ("first_time", "last_time", "expired_time")}
    facts["day"] = date.fromisoformat(facts["day"])
    file = HeldFile(**facts)
    numbers = (file.bytes, file.rows, file.filter_at, file.filter_blocks, *file.facts.values())
    for number in numbers:
        if not isinstance(number, int) or number < 0:
            raise ValueError("a size is none")
    _check_object(file.name, file.sha256)
    _check_name(file.path)
    return file


def _object(facts: Mapping[str, Any]) -> HeldObject:
    found = HeldObject(**{**facts, "expired_time": _moment(facts["expired_time"])})
    _check_object(found.name, found.sha256)
    return found


def _check_object(name: str, sha256: str) -> None:
    _check_name(name)
    if not _SHA256.match(sha256):
        raise ValueError("a hash is none")


def _check_name(name: str) -> None:
    """A name becomes a path: it must stay below the folder it is meant for."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\0" in name or not path.parts:
        raise ValueError("a name leads out of its folder")


def _moment(text: str | None) -> datetime | None:
    return None if text is None else instant(text)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _unreadable(where: str, why: str) -> ArchiveError:
    return ArchiveError(
        "NC-565",
        f"An entry of the archive cannot be read: {where!r}.",
        why[:300],
        "restore it from a copy of the archive; what it names is still there",
    )
