"""Time stamps of the journal's head by an authority (RFC 3161), as the journal keeps them."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from netcordon.casefile.anchor import Checkpoint
from netcordon.casefile.canonical import instant
from netcordon.casefile.journal import Draft, Journal

STAMPED = "journal.stamped"


@dataclass(frozen=True, kw_only=True)
class Stamp:
    """A head that an authority has stamped.

    Attributes:
        head: what was stamped.
        response: the authority's answer (TimeStampResp in DER), empty when it cannot be read.
        authority: its name, as it says.
        stamped_time: when, by its clock.
        seq: journal entry that keeps it.
    """

    head: Checkpoint
    response: bytes
    authority: str
    stamped_time: datetime
    seq: int


def stamped_text(head: Checkpoint) -> bytes:
    """The bytes that an authority stamps: ``41:9f86d0…`` and a line feed."""
    return f"{head}\n".encode("ascii")


def record_stamp(
    journal: Journal, head: Checkpoint, response: bytes, authority: str, stamped_time: datetime
) -> None:
    """Put a stamp into the journal.

    Raises:
        WorkspaceError: when it cannot be written.
    """
    payload = {
        "count": head.count,
        "hash": head.hash,
        "response": base64.b64encode(response).decode("ascii"),
        "authority": authority,
        "stamped_time": stamped_time,
    }
    journal.append([Draft(STAMPED, str(head.count), payload)])


def stamps(journal: Journal) -> Iterator[Stamp]:
    """All stamps, the oldest first."""
    for entry in journal.entries((STAMPED,)):
        try:
            response = base64.b64decode(str(entry.payload["response"]), validate=True)
        except binascii.Error:
            response = b""
        yield Stamp(
            head=Checkpoint(int(entry.payload["count"]), str(entry.payload["hash"])),
            response=response,
            authority=str(entry.payload["authority"]),
            stamped_time=instant(str(entry.payload["stamped_time"])),
            seq=entry.seq,
        )


def head_with(journal: Journal, imprint: bytes) -> Checkpoint | None:
    """The head that a stamp of this SHA-256 is about: the journal as it stood after some entry."""
    for entry in journal.entries():
        head = Checkpoint(entry.seq, entry.hash)
        if hashlib.sha256(stamped_text(head)).digest() == imprint:
            return head
    return None
