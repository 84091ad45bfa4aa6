"""Questions to experts in the journal: asked, and answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from netcordon.casefile.canonical import instant, timestamp
from netcordon.casefile.journal import Draft, Journal
from netcordon.model.handling import TLP
from netcordon.model.help_request import Handover, HelpRequest

ASKED = "help.asked"
ANSWERED = "help.answered"


def next_help(journal: Journal) -> str:
    """Id of the next question; ask within ``journal.alone``."""
    return f"help-{1 + sum(1 for _ in journal.entries((ASKED,))):04d}"


def record_asked(journal: Journal, page: Handover, sha256: str) -> None:
    """Put a question on record, with the hash of the page that was handed over.

    Raises:
        WorkspaceError: when it cannot be written.
    """
    payload = {
        "case_id": page.case_id,
        "question": page.question,
        "expert": page.expert,
        "due": timestamp(page.due),
        "tlp": page.tlp.value,
        "left_out": list(page.left_out),
        "sha256": sha256,
    }
    journal.append([Draft(ASKED, page.id, payload)])


def record_answer(journal: Journal, help_id: str, answer: str) -> None:
    """Put the answer on record; a later one stands beside it and holds."""
    journal.append([Draft(ANSWERED, help_id, {"answer": answer})])


def help_requests(journal: Journal, case_ids: Sequence[str]) -> dict[str, HelpRequest]:
    """Questions of these cases by id, oldest first."""
    found: dict[str, HelpRequest] = {}
    for entry in journal.entries((ASKED, ANSWERED)):
        said = entry.payload
        known = found.get(entry.subject)
        if entry.kind == ANSWERED:
            if known is not None:
                found[known.id] = replace(known, answer=said["answer"], answered=entry.time)
        elif said["case_id"] in case_ids:
            found[entry.subject] = HelpRequest(
                id=entry.subject, case_id=said["case_id"], question=said["question"],
                expert=said["expert"], due=instant(said["due"]), tlp=TLP(said["tlp"]),
                sha256=said["sha256"], time=entry.time, author=entry.author,
            )  # fmt: skip
    return found
