"""Who is told: those of the affected business lines, and never whom the case suspects."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from netcordon.model.notice import Recipient

MOST = 20_000
_COLUMNS = ("name", "mail", "account", "business_line")
_LONGEST = 200


class DirectoryError(ValueError):
    """A list of people that cannot be used, and why."""


@dataclass(frozen=True)
class Chosen:
    """Who is told, and who is not and why."""

    told: tuple[Recipient, ...]
    left_out: tuple[str, ...]


def read_directory(content: bytes) -> tuple[Recipient, ...]:
    """People from CSV with a heading: ``name``; ``mail``, ``account``, ``business_line`` if known.

    Raises:
        DirectoryError: with the reason.
    """
    try:
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise DirectoryError(f"it is no CSV in UTF-8: {error}") from error
    if not rows or "name" not in rows[0]:
        raise DirectoryError("its first line must name the columns, among them: name")
    if len(rows) > MOST:
        raise DirectoryError(f"more than {MOST:,} people")
    people = []
    for number, row in enumerate(rows, 2):
        cells = {column: (row.get(column) or "").strip() for column in _COLUMNS}
        if not cells["name"] or any(len(text) > _LONGEST for text in cells.values()):
            raise DirectoryError(f"line {number}: no name, or a cell of over {_LONGEST} characters")
        if cells["mail"] and not _is_mailbox(cells["mail"]):
            raise DirectoryError(f"line {number}: {cells['mail']!r} is no mail address")
        people.append(Recipient(**cells))
    return tuple(people)


def choose(
    people: Sequence[Recipient],
    lines: Iterable[str],
    suspects: Iterable[str],
    overheard: Iterable[str] = (),
) -> Chosen:
    """Of a directory, those of the affected lines without the suspects.

    Args:
        people: the directory.
        lines: affected business lines; empty for everybody.
        suspects: names, accounts or mail addresses, compared without regard to case.
        overheard: likewise, people whose mail the attacker may read.
    """
    wanted = {line.casefold() for line in lines}
    barred, heard = _marks(suspects), _marks(overheard)
    told: list[Recipient] = []
    left_out: list[str] = []
    elsewhere = 0
    for person in people:
        marks = _marks((person.name, person.mail, person.account, person.mail.partition("@")[0]))
        if barred & marks:
            left_out.append(f"{person.name}: the case concerns this person")
        elif heard & marks:
            left_out.append(
                f"{person.name}: works on a host of this incident, so tell this person by "
                "telephone; mail may be read by others"
            )
        elif wanted and person.business_line.casefold() not in wanted:
            elsewhere += 1
        else:
            told.append(person)
    if elsewhere:
        left_out.append(f"{elsewhere} of business lines that are not affected")
    return Chosen(tuple(told), tuple(left_out))


def _marks(texts: Iterable[str]) -> set[str]:
    return {text.casefold().rpartition("\\")[2] for text in texts if text}


def _is_mailbox(text: str) -> bool:
    local, at, domain = text.rpartition("@")
    return bool(
        at and local and "." in domain and text.isprintable() and not set(text) & set(' ,;:<>"\\')
    )
