"""How a record is sealed: a chain of hashes, and a tag under a key that forgets its past.

Each hash covers the record and the hash before it, so that a line that was changed, removed or
moved shows at its place. Whoever can write all files could compute a new chain; therefore each
record also bears a tag under a key of its own, and each key is the hash of the one before, which is
destroyed. Whoever takes the machine over learns the key of the next record and can go back to none
(Schneier and Kelsey, "Secure Audit Logs to Support Computer Forensics", 1999). The first key is
shown once and kept elsewhere; it proves everything.
"""

from __future__ import annotations

import hashlib
import hmac
import json

from netcordon.model.sealed_log import Record

GENESIS = "0" * 64
KEY_BYTES = 32
_FIELDS = 6


class NoRecordError(ValueError):
    """A line that is no record."""


def record_hash(previous: str, record: Record) -> str:
    """The hash of a record that follows ``previous``."""
    fields = [previous, str(record.seq), record.time, record.sender, record.message]
    text = json.dumps(fields, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def tag(key: bytes, digest: str) -> str:
    """What proves that the holder of a record's key wrote its hash."""
    return hmac.new(key, digest.encode("ascii"), hashlib.sha256).hexdigest()[:32]


def next_key(key: bytes) -> bytes:
    """The key of the next record; from it this one cannot be computed."""
    return hashlib.sha256(b"netcordon log key\x00" + key).digest()


def line_of(record: Record, digest: str, mark: str) -> bytes:
    """A record as a line: number, time, hash, tag, sender and message as JSON texts."""
    texts = "\t".join(
        json.dumps(text, ensure_ascii=True) for text in (record.sender, record.message)
    )
    return f"{record.seq}\t{record.time}\t{digest}\t{mark}\t{texts}\n".encode("ascii")


def parse_line(line: bytes) -> tuple[Record, str, str]:
    """The inverse: record, hash and tag.

    Raises:
        NoRecordError: with the reason.
    """
    try:
        parts = line.decode("ascii").split("\t")
        if len(parts) != _FIELDS:
            raise NoRecordError(f"it has {len(parts)} fields, not {_FIELDS}")
        seq, time, digest, mark, sender, message = parts
        said = json.loads(sender), json.loads(message)
        if not all(isinstance(text, str) for text in said) or not seq.isdecimal():
            raise NoRecordError("a field of it is no text, or its number none")
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise NoRecordError(str(error)) from error
    return Record(seq=int(seq), time=time, sender=said[0], message=said[1]), digest, mark
