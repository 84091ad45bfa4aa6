"""``netcordon case …``: the group; a command stands in the file named beside it."""

from __future__ import annotations

import click

from netcordon.interfaces.cli.lazy import LazyGroup

_COMMANDS = {
    "The case": {
        "new": ("case_work:new", "Open a case and give it a title."),
        "list": ("case_show:list_", "One line a case."),
        "show": ("case_show:show", "Everything about one case."),
        "note": ("case_work:note", "Take a note, or word one anew."),
        "assign": ("case_work:assign", "Say who leads the case."),
        "close": ("case_phase:close", "Close the case with a ruling."),
        "reopen": ("case_phase:reopen", "Open a closed case again."),
    },
    "Ask for help": {
        "ask": ("case_ask:ask", "Hand an expert a question with what is known, on one page."),
        "asked": ("case_ask:asked", "What was asked, what waits, what is overdue."),
        "answered": ("case_ask:answered", "Put an expert's answer on record."),
    },
    "Findings": {
        "verdict": ("case_triage:verdict", "Rule on a finding: true, false or benign."),
        "suppress": ("case_triage:suppress", "Set a finding aside for a while."),
        "restore": ("case_triage:restore", "End a suppression before its time."),
        "stats": ("case_triage:stats", "How often detectors were right, by your rulings."),
    },
    "Phases and sheets": {
        "phase": (
            "case_phase:phase",
            "Show the gate before the case, or take it to another phase.",
        ),
        "confirm": (
            "case_phase:confirm",
            "Put your word on record that a condition of a gate holds.",
        ),
        "host": (
            "case_host:host",
            "A compromised computer, and the intrusion sheet of its system.",
        ),
    },
    "Who may know": {
        "restrict": ("case_access:restrict", "Let only its readers know of a case."),
        "request": (
            "case_access:request",
            "Record the written request that a restricted case needs.",
        ),
        "access": ("case_access:access", "Who may know of a restricted case, and who tried."),
        "release": ("case_access:release", "Let everybody know of a case again."),
    },
}


@click.group(name="case", cls=LazyGroup, places=_COMMANDS)
def command() -> None:
    """Open, list and show cases; take notes, rule on findings, go through the phases, close.

    All of it is appended to the journal of the workspace, with time and author; nothing is ever
    changed there. Without --case, commands work on the latest open case.
    """
