"""Copies of captures and tables for people who need not know whom they are about."""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from netcordon import __version__
from netcordon.casefile.exports import Export, exports, record_exports
from netcordon.casefile.journal import Journal
from netcordon.casefile.sealed_evidence import evidence_id, sealed_files
from netcordon.casefile.workspace import Workspace, is_workspace, open_workspace
from netcordon.errors import EvidenceError, UsageError
from netcordon.ingest.anonymise.capture import rewrite_capture
from netcordon.ingest.anonymise.cryptopan import KEY_BYTES
from netcordon.ingest.anonymise.frame import Frames
from netcordon.ingest.anonymise.pseudonyms import Pseudonyms
from netcordon.ingest.anonymise.table import rewrite_table
from netcordon.model.anonymised import Anonymised
from netcordon.workflow.new_file import NewFile, new_text

Clock = Callable[[], datetime]

_STILL = (
    "times, sizes and rhythm of packets, ports, VLANs, TTL, IP-ID, TCP options and timestamps",
    "prefixes: who is in one network still is; private and link-local ones stay what they are",
    "whoever got packets of known addresses or look-ups into the capture can find them again",
)
_STILL_NAMES = (
    "how long names are, their public suffixes (such as .com) and how they nest",
    "TLS fingerprints of programs (JA3, JA4)",
)
_STILL_OUI = ("who made each network card (--keep-oui)",)
_STILL_TABLE = (
    "numbers and times as they were, prefixes of addresses, and which cells are equal",
    "columns whose text stayed: ",
)


@dataclass(frozen=True, kw_only=True)
class How:
    """How something is anonymised.

    Attributes:
        key: file of the key; made when it is missing.
        names: keep look-ups and server names under pseudonyms; else all payloads become zeros.
        keep_oui: leave the maker in hardware addresses.
        keep: of a table, columns that stay as they are.
    """

    key: Path
    names: bool = True
    keep_oui: bool = False
    keep: Sequence[str] = ()


def anonymise(workspace: Path, path: Path, out: Path, how: How, *, clock: Clock) -> Anonymised:
    """Write an anonymised copy of a capture, or of a table when its name ends with ``.csv``.

    It goes on record when there is a workspace that knows the file.

    Raises:
        UsageError: NC-551 the key cannot be used, NC-552 no table, NC-701 the file exists.
        EvidenceError: NC-102 it cannot be read, NC-103 it is no capture.
    """
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    key, is_new = _key(how.key)
    pseudonyms = Pseudonyms(key, keep_oui=how.keep_oui)
    with closing(NewFile(out)) as target:
        made = (
            _table(path, target, pseudonyms, how)
            if path.suffix.lower() == ".csv"
            else _capture(path, target, pseudonyms, how)
        )
        target.finish()
        parents = {}
        if is_workspace(workspace):
            with open_workspace(workspace, create=False, clock=clock, beside=True) as opened:
                parents = _record(opened, digest, out, target)
        target.keep()
    return Anonymised(
        **made, path=str(out.absolute()), sha256=target.sha256, bytes=target.bytes,
        source_sha256=digest, key_path=str(how.key.absolute()), key_is_new=is_new,
        evidence_ids=tuple(parents),
    )  # fmt: skip


def _capture(path: Path, target: NewFile, pseudonyms: Pseudonyms, how: How) -> dict[str, Any]:
    frames = Frames(pseudonyms, names=how.names)
    done = rewrite_capture(path, target, frames, f"netcordon {__version__}")
    if not done.frames and not done.left_out:
        raise EvidenceError(
            "NC-103", f"{str(path)!r} is no capture.", "; ".join(done.warnings) or "it is empty",
            "name a pcap or pcapng file, or a table whose name ends with .csv", path=str(path),
        )  # fmt: skip
    still = _STILL + _STILL_NAMES * how.names + _STILL_OUI * how.keep_oui
    return {
        "rows": done.frames, "unit": "frame", "left_out": done.left_out,
        "warnings": tuple(done.warnings), "still": still, "replaced": (),
    }  # fmt: skip


def _table(path: Path, target: NewFile, pseudonyms: Pseudonyms, how: How) -> dict[str, Any]:
    with path.open(encoding="utf-8", errors="backslashreplace", newline="") as source:
        try:
            done = rewrite_table(source, _Encoded(target), pseudonyms, how.keep)
        except ValueError as error:
            raise UsageError(
                "NC-552", f"{str(path)!r} is no table.", str(error),
                "give CSV with a head, as netcordon sql --format csv writes it",
            ) from error  # fmt: skip
    still = (_STILL_TABLE[0], *([_STILL_TABLE[1] + ", ".join(done.kept)] if done.kept else []))
    return {
        "rows": done.rows, "unit": "row", "left_out": {}, "warnings": (), "still": still,
        "replaced": tuple(done.replaced),
    }  # fmt: skip


class _Encoded:
    """A new file that takes text."""

    def __init__(self, target: NewFile) -> None:
        self._target = target

    def write(self, text: str) -> int:
        """Take the next characters."""
        self._target.write(text.encode("utf-8", "backslashreplace"))
        return len(text)


def _key(path: Path) -> tuple[bytes, bool]:
    """The key, and whether it was made now."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        made = secrets.token_hex(KEY_BYTES)
        new_text(path, f"{made}\n")
        return bytes.fromhex(made), True
    with os.fdopen(handle, "rb") as file:
        mode = os.fstat(file.fileno()).st_mode
        text = file.read(1024) if stat.S_ISREG(mode) else b""
    try:
        key = bytes.fromhex(text.decode("ascii"))
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES or mode & 0o077:
        why = (
            "others may read it" if mode & 0o077 else f"it is not {KEY_BYTES} bytes in hexadecimal"
        )
        raise UsageError(
            "NC-551", f"The key in {str(path)!r} cannot be used.", why,
            "name a file that is not there yet, and one is made",
        )  # fmt: skip
    return key, False


def _record(opened: Workspace, digest: str, out: Path, target: NewFile) -> dict[str, str]:
    parents = _parents(opened, opened.journal, digest)
    if parents:
        export = Export(
            location=str(out.absolute()), sha256=target.sha256, bytes=target.bytes,
            kind="anonymised copy", parents=parents, chosen_by=f"all of the file {digest}",
            proof=dict.fromkeys(parents, "sha256 of the whole"),
        )  # fmt: skip
        record_exports(opened.journal, [export])
    return parents


def _parents(opened: Workspace, journal: Journal, digest: str) -> dict[str, str]:
    for export in exports(journal):
        if export.sha256 == digest:
            return dict(export.parents)
    known = {r.seal.sha256 for r in opened.register.all()}
    known |= {file.seal.sha256 for file in sealed_files(journal)}
    return {evidence_id(digest): digest} if digest in known else {}
