"""Which kind of document a text is, and everything that is wrong with it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from netcordon.reporting.exchange.cacao_check import check_playbook
from netcordon.reporting.exchange.inspector import Inspector, Remark, parsed
from netcordon.reporting.exchange.openc2_check import check_messages


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What became of a document.

    Attributes:
        kind: ``CACAO 2.0``, ``OpenC2`` or ``unknown``.
        remarks: nothing when it holds.
    """

    kind: str
    remarks: tuple[Remark, ...]


def check_text(text: str) -> Checked:
    """Judge a document; OpenC2 may also come as one message a line. Never raises on any text."""
    inspector = Inspector()
    try:
        document = parsed(text)
    except ValueError as error:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) < 2 or not all(line.lstrip().startswith("{") for line in lines):
            return Checked(kind="unknown", remarks=(Remark(place="", text=f"is no JSON: {error}"),))
        document = []
        for number, line in enumerate(lines, 1):
            try:
                document.append(parsed(line))
            except ValueError as wrong:
                remark = Remark(place=f"line {number}", text=f"is no JSON: {wrong}")
                return Checked(kind="unknown", remarks=(remark,))
    kind = _kind(document)
    if kind == "CACAO 2.0":
        check_playbook(inspector, document)
    elif kind == "OpenC2":
        check_messages(inspector, document)
    else:
        inspector.say("", "is neither a CACAO playbook nor an OpenC2 message")
    return Checked(kind=kind, remarks=tuple(inspector.remarks))


def _kind(document: object) -> str:
    first = document[0] if isinstance(document, list) and document else document
    if not isinstance(first, dict):
        return "unknown"
    if first.get("type") == "playbook" or "workflow" in first or "spec_version" in first:
        return "CACAO 2.0"
    return "OpenC2" if {"action", "target", "body", "headers"} & set(first) else "unknown"


def check_json(checked: Checked) -> str:
    """One object whose keys are stable."""
    shown = {
        "kind": checked.kind,
        "holds": not checked.remarks,
        "remarks": [{"place": r.place, "text": r.text} for r in checked.remarks],
    }
    return json.dumps(shown, indent=2, sort_keys=True, ensure_ascii=True) + "\n"
