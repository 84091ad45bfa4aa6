"""The draft of a reply on a terminal."""

from __future__ import annotations

from netcordon.model.reply import Reply
from netcordon.reporting.page import Page
from netcordon.reporting.visible import visible


def reply_text(drafted: Reply, *, width: int = 100) -> str:
    """The text to send, then what only its sender reads."""
    page = Page(width)
    page.say("Draft", f"answer to {drafted.intake_id}, {drafted.tlp.value}: not sent")
    page.say("To", visible(drafted.to, limit=200) or "nobody known")
    if drafted.warnings:
        page.say("Careful", *drafted.warnings)
    rule = "-" * min(width, 100)
    subject = f"[{drafted.tlp.value}] {drafted.subject}"
    return f"{page.text()}{rule}\nSubject: {subject}\n\n{drafted.text}{rule}\n"
