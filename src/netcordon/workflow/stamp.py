"""The journal's head: shown for a second trust domain, and stamped by an authority (RFC 3161)."""

from __future__ import annotations

import http.client
import re
import ssl
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.x509 import Certificate

from netcordon.casefile.anchor import Checkpoint
from netcordon.casefile.stamps import head_with, record_stamp, stamped_text, stamps
from netcordon.casefile.workspace import Workspace, open_workspace
from netcordon.errors import UsageError, WorkspaceError
from netcordon.evidence.timestamp import (
    MOST_RESPONSE,
    StampError,
    authorities_of,
    prove,
    read_answer,
    request_for,
)
from netcordon.model.proquint import from_proquints, proquints
from netcordon.model.stamp import HeadStamp, JournalHead
from netcordon.workflow.new_file import NewFile

Clock = Callable[[], datetime]

_PATIENCE_S = 30
_MOST_PEM = 1 << 20
_HEAD = re.compile(r"([0-9]{1,12}):([0-9a-f]{64})\Z")
_SPOKEN = re.compile(r"([0-9]{1,12}):([a-z]{5}(?:-[a-z]{5}){15})\Z")


def head(workspace: Path, *, clock: Clock) -> JournalHead:
    """The head as it is now.

    Raises:
        WorkspaceError: there is no workspace.
    """
    with open_workspace(workspace, create=False, clock=clock, readonly=True) as opened:
        now = opened.journal.head()
        return JournalHead(
            count=now.count,
            hash=now.hash,
            text=str(now),
            spoken=f"{now.count}:{proquints(now.hash)}",
            stamps=tuple(
                HeadStamp(
                    count=stamp.head.count, hash=stamp.head.hash, authority=stamp.authority,
                    stamped_time=stamp.stamped_time, entry=stamp.seq,
                )
                for stamp in stamps(opened.journal)
            ),
        )  # fmt: skip


def read_head(text: str) -> Checkpoint:
    """A head as ``head`` printed it, in digits or in words.

    Raises:
        UsageError: NC-545 it is none.
    """
    squeezed = "".join(text.split()).lower()
    try:
        if found := _HEAD.match(squeezed):
            return Checkpoint(int(found[1]), found[2])
        if found := _SPOKEN.match(squeezed):
            return Checkpoint(int(found[1]), from_proquints(found[2]))
    except ValueError as error:
        raise _no_head(text, str(error)) from error
    raise _no_head(text, "it is neither COUNT:64 HEXADECIMAL DIGITS nor COUNT:16 WORDS")


def write_request(workspace: Path, out: Path, *, clock: Clock) -> Checkpoint:
    """Write the question about the head as it is now, for an authority that is reached elsewhere.

    Raises:
        UsageError: NC-701 the file exists.
    """
    with open_workspace(workspace, create=False, clock=clock, readonly=True) as opened:
        now = opened.journal.head()
    file = NewFile(out)
    try:
        file.write(request_for(stamped_text(now))[0])
        file.finish()
        file.keep()
    finally:
        file.close()
    return now


def take_response(workspace: Path, response: Path, ca: Path | None, *, clock: Clock) -> HeadStamp:
    """Take an authority's answer into the journal; what it stamped is told by its hash.

    Raises:
        UsageError: NC-546 it proves nothing about this journal.
    """
    with response.open("rb") as file:
        answer = file.read(MOST_RESPONSE + 1)
    roots = trusted(ca) if ca else None
    with open_workspace(workspace, create=False, clock=clock, beside=True) as opened:
        return _take(opened, answer, roots, None)


def ask_authority(workspace: Path, url: str, ca: Path | None, *, clock: Clock) -> HeadStamp:
    """Ask an authority over HTTP (RFC 3161, 3.4) to stamp the head as it is now.

    Raises:
        UsageError: NC-546 its answer proves nothing.
        WorkspaceError: NC-547 it cannot be reached.
    """
    roots = trusted(ca) if ca else None
    with open_workspace(workspace, create=False, clock=clock, beside=True) as opened:
        request, nonce = request_for(stamped_text(opened.journal.head()))
        return _take(opened, _post(url, request), roots, nonce)


def _take(
    opened: Workspace, answer: bytes, roots: list[Certificate] | None, nonce: int | None
) -> HeadStamp:
    try:
        says = read_answer(answer)
        about = _about(opened, says.imprint)
        if roots is not None:
            prove(answer, stamped_text(about), roots, nonce)
    except StampError as error:
        raise UsageError(
            "NC-546",
            "The answer of the time-stamping authority proves nothing here.",
            str(error),
            "ask again with netcordon evidence stamp; nothing was recorded",
        ) from error
    record_stamp(opened.journal, about, answer, says.authority, says.time)
    return HeadStamp(
        count=about.count, hash=about.hash, authority=says.authority, stamped_time=says.time,
        proved=roots is not None,
    )  # fmt: skip


def _about(opened: Workspace, imprint: bytes) -> Checkpoint:
    about = head_with(opened.journal, imprint)
    if about is None:
        raise StampError("what it stamped is no head of this journal")
    return about


def trusted(ca: Path) -> list[Certificate]:
    """Certificates of authorities out of a file.

    Raises:
        UsageError: NC-546 there is none in it.
    """
    try:
        with ca.open("rb") as file:
            return authorities_of(file.read(_MOST_PEM))
    except StampError as error:
        raise UsageError(
            "NC-546", f"{str(ca)!r} names no time-stamping authority.", str(error),
            "name a file with the certificates in PEM",
        ) from error  # fmt: skip


def _post(url: str, request: bytes) -> bytes:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise UsageError(
            "NC-547", f"{url!r} is no address of an authority.", "it is not http:// or https://",
            "name one that answers RFC 3161 over HTTP",
        )  # fmt: skip
    try:
        if parts.scheme == "https":
            tls = ssl.create_default_context()
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                parts.hostname, parts.port, timeout=_PATIENCE_S, context=tls
            )
        else:
            # The answer is signed: who changes it on the way is noticed.
            connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=_PATIENCE_S)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            connection.request(
                "POST", path, request, {"Content-Type": "application/timestamp-query"}
            )
            response = connection.getresponse()
            if response.status != 200:
                raise _unreached(url, f"it answers {response.status}")
            return response.read(MOST_RESPONSE + 1)
        finally:
            connection.close()
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise _unreached(url, str(error) or type(error).__name__) from error


def _unreached(url: str, why: str) -> WorkspaceError:
    return WorkspaceError(
        "NC-547",
        f"The time-stamping authority {url!r} gave no answer.",
        why,
        "carry the question by file: netcordon evidence stamp --request FILE, then --response FILE",
    )


def _no_head(text: str, why: str) -> UsageError:
    return UsageError(
        "NC-545",
        f"{text[:100]!r} is no head of a journal.",
        why,
        "type it as netcordon evidence head printed it",
    )
