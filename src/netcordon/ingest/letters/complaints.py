"""The reports in a machine's form that a letter holds: within, or attached."""

from __future__ import annotations

from netcordon.ingest.letters import xarf
from netcordon.ingest.letters.encoded import decoded
from netcordon.ingest.letters.feedback import feedback_complaint
from netcordon.ingest.letters.mail import MOST_BYTES, part_of, read_mail
from netcordon.ingest.letters.outlook import is_outlook, read_outlook
from netcordon.ingest.letters.shadowserver import table_complaints
from netcordon.model.letter import Complaint, Letter

_MOST = 2000
"""Complaints of one letter."""
_TEXTUAL = ("text", "json", "html", "xml")


def read_letter(content: bytes) -> Letter:
    """A letter from bytes that ``kind_of`` knows; never raises.

    Args:
        content: at most ``MOST_BYTES`` of it are read.
    """
    if xarf.xarf_json(content) is not None:
        return Letter(format="xarf", parts=(part_of("", "application/json", content),))
    content = content[:MOST_BYTES]
    return read_outlook(content) if is_outlook(content) else read_mail(content)


def complaints(letter: Letter) -> tuple[Complaint, ...]:
    """All reports in a letter and in the letters it encloses, the first ones."""
    found: list[Complaint] = []
    waiting = [letter]
    while waiting and len(found) < _MOST:
        one = waiting.pop()
        if (told := feedback_complaint(one)) is not None:
            # What it encloses is the mail that is complained of, no report of its own.
            found.append(told)
        else:
            waiting += reversed(one.enclosed)
        found += _attached(one)
    return tuple(found[:_MOST])


def _attached(letter: Letter) -> list[Complaint]:
    found: list[Complaint] = []
    for part in letter.parts:
        if (said := xarf.xarf_json(part.content)) is not None:
            found.append(xarf.complaint_of(said))
        elif part.kind in _TEXTUAL:
            text = decoded(part.content[: xarf.MOST_BYTES], "utf-8")
            old = xarf.old_complaint(text)
            found += [old] if old else table_complaints(text)
    inline = xarf.old_complaint(letter.text) if not found else None
    return [inline] if inline else found
