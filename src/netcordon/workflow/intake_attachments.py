"""What was attached to a report, written to disk when somebody asks: by hash, never by its name."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

from netcordon.errors import UsageError
from netcordon.ingest.letters.complaints import read_letter
from netcordon.ingest.letters.mail import MOST_BYTES
from netcordon.model.letter import Letter, Part
from netcordon.workflow.intake import report_named
from netcordon.workflow.new_folder import NewFolder

Clock = Callable[[], datetime]


def write_attachments(
    workspace: Path, intake_id: str, folder: Path, *, clock: Clock
) -> tuple[str, ...]:
    """Write all attachments of a report into a new folder; their hashes, which are their names.

    The file that was handed in is read once more, and must be what it was.

    Raises:
        UsageError: NC-512 there is no such report, NC-514 the file is gone or changed, or there is
            nothing attached, NC-701 the folder is not empty.
    """
    filed = report_named(workspace, intake_id, clock=clock)
    path = Path(filed.report.path)
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise _gone(str(path), error.strerror or str(error)) from error
    if hashlib.sha256(content).hexdigest() != filed.report.sha256:
        raise _gone(str(path), "its bytes are not those that were taken in")
    found = {part.sha256: part.content for part in _parts(read_letter(content))}
    if not found:
        raise _gone(str(path), "nothing is attached to it")
    with closing(NewFolder(folder)) as target:
        for sha256, octets in sorted(found.items()):
            piece = target.part()
            piece.write(octets)
            piece.keep_as(sha256)
        target.finish()
        target.keep()
    return tuple(sorted(found))


def _parts(letter: Letter) -> list[Part]:
    return [*letter.parts, *(part for one in letter.enclosed for part in _parts(one))]


def _gone(path: str, why: str) -> UsageError:
    return UsageError(
        "NC-514", f"The attachments of {path!r} cannot be written.", why,
        "hand the original file in again",
    )  # fmt: skip
