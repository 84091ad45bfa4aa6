"""Draft a reply to a report, and put on record that it was drafted; a person sends it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

from netcordon.casefile.intake import record_reply
from netcordon.casefile.workspace import open_workspace
from netcordon.model.reply import Reply
from netcordon.notices.mail import draft_mail
from netcordon.notices.reply import reply
from netcordon.workflow.intake import the_report
from netcordon.workflow.new_file import NewFile

Clock = Callable[[], datetime]


def draft_reply(workspace: Path, intake_id: str, language: str, *, clock: Clock) -> Reply:
    """Draft the reply in a language.

    Raises:
        UsageError: NC-512 there is no such report.
    """
    with open_workspace(workspace, create=False, clock=clock, beside=True) as opened:
        filed = the_report(opened, intake_id)
        drafted = reply(filed, language, org=opened.config.name or "")
        digest = hashlib.sha256(drafted.text.encode()).hexdigest()
        record_reply(opened.journal, filed.id, language, digest)
    return drafted


def write_reply(drafted: Reply, path: Path, *, clock: Clock) -> None:
    """Write it as a mail file.

    Raises:
        UsageError: NC-701 when there is something of that name.
    """
    content = draft_mail(
        subject=drafted.subject, text=drafted.text, tlp=drafted.tlp, time=clock(),
        to=[drafted.to] if drafted.to else [], in_reply_to=drafted.in_reply_to,
    )  # fmt: skip
    with closing(NewFile(path)) as file:
        file.write(content)
        file.finish()
        file.keep()
