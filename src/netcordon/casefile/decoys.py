"""Decoys in the journal, and beside it what must not leave the workspace: the key and the texts.

The journal says which copy went to whom, with its hash, before it leaves: that entry, chained to
all others, is what makes a trace proof. The key decides the marks, so only its owner may read it.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

from netcordon.casefile.canonical import plain
from netcordon.casefile.durable import write_whole
from netcordon.casefile.journal import Draft, Entry, Journal
from netcordon.errors import WorkspaceError
from netcordon.model.decoy import DecoyBatch, DecoyCopy, Trace

MADE = "decoy.made"
RETIRED = "decoy.retired"
TRACED = "decoy.traced"
TOUCHED = "decoy.touched"

FOLDER = "decoys"
_KEY = "key"
_KEY_BYTES = 32
_KEPT = ("id", "title", "format", "script_sha256", "key_id", "layers", "copies")


def decoy_key(root: Path, *, create: bool) -> bytes:
    """The key of a workspace.

    Raises:
        WorkspaceError: NC-902 when it is missing, damaged, or others may read it.
        OSError: when it cannot be read or written.
    """
    path = root / FOLDER / _KEY
    if not path.is_file():
        if not create:
            raise _no_key(path, "the file is missing")
        path.parent.mkdir(mode=0o700, exist_ok=True)
        write_whole(path, secrets.token_bytes(_KEY_BYTES))
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    with os.fdopen(handle, "rb") as file:
        if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
            raise _no_key(
                path, "others than its owner may read it; with it anybody can forge marks"
            )
        key = file.read(_KEY_BYTES + 1)
    if len(key) != _KEY_BYTES:
        raise _no_key(path, f"it has not {_KEY_BYTES} bytes")
    return key


def keep_script(root: Path, batch_id: str, content: bytes) -> str:
    """Keep the text and the places of a batch; the SHA-256 of it."""
    write_whole(root / FOLDER / f"{batch_id}.json", content)
    return hashlib.sha256(content).hexdigest()


def kept_script(root: Path, batch: DecoyBatch) -> bytes:
    """What ``keep_script`` kept.

    Raises:
        WorkspaceError: NC-903 when it is missing or not what the journal says.
    """
    path = root / FOLDER / f"{batch.id}.json"
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _no_script(batch, error.strerror or str(error)) from error
    if hashlib.sha256(content).hexdigest() != batch.script_sha256:
        raise _no_script(batch, "it was changed after it was written")
    return content


class DecoyBook:
    """The decoys of a workspace, folded from its journal."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def next_id(self) -> str:
        """Id of the next batch; ask within ``journal.alone``."""
        return f"dec-{1 + sum(1 for _ in self._journal.entries((MADE,))):04d}"

    def add(self, batch: DecoyBatch) -> None:
        """Record a batch.

        Raises:
            WorkspaceError: when it cannot be written.
        """
        payload = {name: plain(getattr(batch, name)) for name in _KEPT}
        self._journal.append([Draft(MADE, batch.id, payload)])

    def retire(self, copy_ids: list[str], reason: str) -> None:
        """Say that copies are watched no longer; they can be traced all the same."""
        self._journal.append([Draft(RETIRED, id_, {"reason": reason}) for id_ in copy_ids])

    def note_trace(self, trace: Trace) -> None:
        """Record what a trace said, under the hash of the file."""
        payload = {
            "name": trace.name,
            "verdict": trace.verdict.value,
            "suspects": [{"copy": s.copy.id, "p_value": s.p_value} for s in trace.suspects],
            "copies": trace.copies,
        }
        self._journal.append([Draft(TRACED, trace.sha256, payload)])

    def note_touch(self, copy_id: str, touch: dict[str, str]) -> None:
        """Record that somebody used what only a copy says."""
        self._journal.append([Draft(TOUCHED, copy_id, touch)])

    def touches(self) -> tuple[Entry, ...]:
        """All of these, oldest first."""
        return tuple(self._journal.entries((TOUCHED,)))

    def all(self) -> tuple[DecoyBatch, ...]:
        """Every batch, oldest first."""
        found: dict[str, DecoyBatch] = {}
        for entry in self._journal.entries((MADE, RETIRED)):
            if entry.kind == MADE:
                found[entry.subject] = _batch(entry)
            else:
                batch = found[entry.subject.rpartition("-")[0]]
                retired = {**batch.retired, entry.subject: str(entry.payload["reason"])}
                found[batch.id] = replace(batch, retired=retired)
        return tuple(found.values())


def _batch(entry: Entry) -> DecoyBatch:
    said: dict[str, Any] = dict(entry.payload)
    copies = tuple(DecoyCopy(**copy) for copy in said.pop("copies"))
    return DecoyBatch(copies=copies, time=entry.time, author=entry.author, **said)


def _no_key(path: Path, why: str) -> WorkspaceError:
    return WorkspaceError(
        "NC-902",
        f"The key of the decoys, {str(path)!r}, cannot be used.",
        why,
        "restore it from a backup (mode 0600); without it no copy can be named by its marks",
    )


def _no_script(batch: DecoyBatch, why: str) -> WorkspaceError:
    return WorkspaceError(
        "NC-903",
        f"The text of the decoys {batch.id} cannot be used.",
        why,
        f"restore {FOLDER}/{batch.id}.json from a backup of the workspace",
    )
