"""A notice as a mail file beside the workspace."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

from netcordon.model.notice import Notice
from netcordon.notices.mail import draft_mail
from netcordon.workflow.new_file import NewFile


def write_mail(notice: Notice, path: Path, *, clock: Callable[[], datetime]) -> None:
    """Write the draft; recipients do not see each other.

    Raises:
        UsageError: NC-701 when there is something of that name.
    """
    content = draft_mail(
        subject=notice.subject,
        text=notice.text,
        tlp=notice.tlp,
        time=clock(),
        bcc=[person.mail for person in notice.recipients if person.mail],
    )
    with closing(NewFile(path)) as file:
        file.write(content)
        file.finish()
        file.keep()
