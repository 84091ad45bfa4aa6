"""What a remediation process and the signatures under it prove, on a terminal and as JSON."""

from __future__ import annotations

import json

import netcordon
from netcordon.model.process import Process, ProcessCheck
from netcordon.model.quantity import count_text, rfc3339, time_text
from netcordon.reporting.page import Page
from netcordon.reporting.visible import visible


def written_text(process: Process, sha256: str, path: str, *, width: int = 100) -> str:
    """A process that was written just now."""
    page = Page(width)
    page.say(
        "Process", f"{count_text(len(process.steps), 'step')} of {process.plan_id}: "
        f"{visible(path, limit=300)}", f"SHA-256 {sha256}",
    )  # fmt: skip
    nobody = [step.number for step in process.steps if not step.owner]
    if nobody:
        page.say("No owner", f"step {', '.join(map(str, nobody))}: declare owners of devices")
    return page.text()


def check_text(found: ProcessCheck, *, width: int = 100) -> str:
    """All of it."""
    page = Page(width)
    page.say("Process", "VALID" if found.is_valid else "NOT VALID")
    if not found.validators and not found.faults:
        page.say("", "nobody signed it")
    page.say("", *(visible(fault, limit=300) for fault in found.faults))
    if found.process is not None:
        page.say(
            "Plan", f"{visible(found.process.plan_id)}  for {visible(found.process.case_id)}, "
            f"{count_text(len(found.process.steps), 'step')}", f"SHA-256 {found.sha256}",
            "compared with the plan of this name here"
            if found.compared
            else "not compared with a plan: none of this name is here",
        )  # fmt: skip
    for number, each in enumerate(found.validators):
        page.say(
            "Signed" if not number else "",
            f"{visible(each.name, limit=80)}, {time_text(each.time)} UTC"
            + (f": {visible(each.note, limit=200)}" if each.note else ""),
        )
        page.row(f"  fingerprint {visible(each.fingerprint, limit=64)}")
        page.row(
            f"  known here as {visible(each.known_as, limit=120)}"
            if each.known_as
            else "  nobody registered here has this key: compare the fingerprint by telephone"
        )
        for fault in each.faults:
            page.row(f"  INVALID: {visible(fault, limit=300)}")
    return page.text()


def check_json(found: ProcessCheck) -> str:
    """One object whose keys are stable."""
    shown = {
        "version": netcordon.__version__,
        "valid": found.is_valid,
        "faults": list(found.faults),
        "plan_id": found.process.plan_id if found.process else None,
        "sha256": found.sha256 or None,
        "compared": found.compared,
        "validators": [
            {"name": v.name, "fingerprint": v.fingerprint, "time": rfc3339(v.time),
             "note": v.note or None, "known_as": v.known_as or None, "faults": list(v.faults)}
            for v in found.validators
        ],
    }  # fmt: skip
    return json.dumps(shown, indent=2, ensure_ascii=True) + "\n"
