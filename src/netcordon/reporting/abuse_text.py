"""Abuse reports and the law-enforcement list on a terminal and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence

import netcordon
from netcordon.casefile.canonical import plain
from netcordon.model.abuse import AbuseDraft, AbuseRecord
from netcordon.model.package import PackageItem
from netcordon.model.quantity import time_text
from netcordon.reporting.page import Page
from netcordon.reporting.visible import visible


def drafts_text(drafts: Sequence[AbuseDraft], folder: str, *, width: int = 100) -> str:
    """Each with its contact and what its sender must know; the text when it went into no folder."""
    page = Page(width)
    for draft in drafts:
        contact = draft.contact
        page.say(draft.id, f"{draft.source}: {draft.lines} of {draft.recorded:,} connections shown")
        if contact:
            dated = f", of {visible(contact.dated, limit=20)}" if contact.dated else ""
            page.row(
                f"to {visible(contact.mail)}, for {visible(contact.network, limit=80)}, by "
                f"{visible(contact.source, limit=120)}{dated}"
            )
        for warning in draft.warnings:
            page.row(f"mind: {visible(warning, limit=200)}")
    if folder:
        page.say(
            "Written",
            f"{visible(folder)}: a report (XARF 4) and a mail each. Nothing is sent; afterwards: "
            "netcordon abuse sent ID",
        )
        return page.text()
    texts = [f"\nSubject: {draft.subject}\n\n{draft.text}" for draft in drafts]
    return page.text() + "".join(texts)


def records_text(records: Sequence[AbuseRecord], *, width: int = 100) -> str:
    """One line each."""
    page = Page(width)
    for one in records:
        sent = f"sent {time_text(one.sent)} UTC" if one.sent else "NOT SENT"
        reference = f", reference {visible(one.reference, limit=60)}" if one.reference else ""
        page.say(
            one.id, f"{one.source} to {visible(one.mail) or 'nobody known'}: {sent}{reference}"
        )
    return page.text() if records else "No abuse reports: netcordon abuse draft --mail YOU@DOMAIN\n"


def package_text(items: Sequence[PackageItem], *, width: int = 100) -> str:
    """What goes to the police, what is missing, and what stays here and why."""
    page = Page(width)
    for label, wanted in (("Has", "there"), ("Missing", "missing"), ("Stays", "left out")):
        found = [item for item in items if item.state == wanted]
        page.say(label, *(f"{item.name}: {visible(item.detail, limit=300)}" for item in found))
    return page.text()


def drafts_json(drafts: Sequence[AbuseDraft], folder: str) -> str:
    """One object whose keys are stable."""
    return _object({"drafts": plain(list(drafts)), "folder": folder})


def records_json(records: Sequence[AbuseRecord]) -> str:
    """Likewise."""
    return _object({"reports": plain(list(records))})


def package_json(items: Sequence[PackageItem]) -> str:
    """Likewise."""
    return _object({"package": plain(list(items))})


def _object(content: dict[str, object]) -> str:
    shown = {"version": netcordon.__version__, **content}
    return json.dumps(shown, indent=2, sort_keys=True, ensure_ascii=True) + "\n"
