"""``netcordon intake …``: what people report; a command stands in the file named beside it."""

from __future__ import annotations

import click

from netcordon.interfaces.cli.lazy import LazyGroup

_COMMANDS = {
    "Take in": {
        "add": ("intake_take:add", "Mails and abuse reports in files (.eml, .msg, XARF, ARF)."),
        "form": ("intake_form:form", "What a caller says, or what you have seen yourself."),
    },
    "Look": {
        "list": ("intake_look:list_", "Every report: state, due, hits."),
        "show": ("intake_look:show", "One report, what it names, what the evidence shows of it."),
        "stats": ("intake_look:stats", "How many came through which channel."),
    },
    "Answer": {
        "reply": ("intake_answer:reply", "Draft an answer in your reporter's language."),
        "link": ("intake_answer:link", "Say to which case it belongs."),
        "close": ("intake_answer:close", "Close it with its outcome."),
        "attachments": ("intake_answer:attachments", "Write what is attached to disk, by hash."),
    },
}


@click.group(name="intake", cls=LazyGroup, places=_COMMANDS)
def command() -> None:
    """Reports of users, help desk, network staff, outsiders and authorities.

    Each is an entry of the journal with number, reporter (and what supports that name), due date
    and marking. What it names is looked for in all evidence at once.
    """
