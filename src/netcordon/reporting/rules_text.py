"""Rules for sensors on a terminal and as JSON: what each said of the evidence."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import netcordon
from netcordon.casefile.canonical import plain
from netcordon.model.quantity import count_text
from netcordon.model.signature import Signature
from netcordon.reporting.page import Page
from netcordon.reporting.visible import visible

_MOST_LEFT = 12
_NAMES = {"suricata": "Suricata", "sigma": "Sigma"}


def rules_text(
    title: str,
    folder: str,
    signatures: Sequence[Signature],
    written: Sequence[Signature],
    notes: Sequence[str],
    *,
    width: int = 100,
) -> str:
    """What was written with the hits of each rule, then what was not and why.

    Args:
        title: of the incident, with its id.
        folder: that was written.
        signatures: all that were tried.
        written: those that stand in the folder.
        notes: what must be known besides.
        width: of the terminal.
    """
    page = Page(width)
    page.say("Rules", visible(title, limit=300), *(visible(note, limit=300) for note in notes))
    page.gap()
    counts = [
        count_text(sum(s.language == language for s in written), f"{name} rule")
        for language, name in _NAMES.items()
    ]
    page.say("Written", f"{' and '.join(counts)}; hits in flows of the incident, by the evidence")
    for group in _by_mark(written):
        said = ", ".join(f"{_NAMES[s.language]} {_said(s)}" for s in group)
        page.row(f"{group[0].sid}  {visible(group[0].mark.title, limit=200)}: {said}")
        for each in group:
            if each.why_not:
                page.row(f"  kept though {_left(each)}")
    left = _by_mark([s for s in signatures if s not in written])
    if left:
        page.gap()
        page.say("Left out", f"{count_text(len(left), 'mark')} that would not serve (--keep)")
        for group in left[:_MOST_LEFT]:
            names = " and ".join(_NAMES[s.language] for s in group)
            page.row(f"{visible(group[0].mark.title, limit=200)} ({names}): {_left(group[0])}")
        if len(left) > _MOST_LEFT:
            page.row(f"{len(left) - _MOST_LEFT:,} more; --json names them all")
    page.gap()
    page.say("Folder", visible(folder, limit=300))
    return page.text()


def _by_mark(signatures: Sequence[Signature]) -> list[list[Signature]]:
    groups: dict[int, list[Signature]] = {}
    for each in signatures:
        groups.setdefault(each.sid, []).append(each)
    return list(groups.values())


def _left(each: Signature) -> str:
    return f"{visible(each.why_not, limit=200)}{_examples(each)}"


def _said(each: Signature) -> str:
    text = f"{each.hits:,} of {each.expected:,}"
    if each.others or each.elsewhere:
        ordinary = each.others + sum(each.elsewhere.values())
        text += f" and {ordinary:,} ordinary"
    return text


def _examples(each: Signature) -> str:
    named = [f"{e.src_ip} to {e.dst_ip} {e.protocol}/{e.dst_port}" for e in each.examples[:2]]
    named += [f"{visible(name, limit=80)}: {count:,}" for name, count in each.elsewhere.items()][:2]
    return f" ({'; '.join(named)})" if named else ""


def rules_json(
    incident_id: str,
    folder: str,
    signatures: Sequence[Signature],
    written: Sequence[Signature],
    files: Mapping[str, str],
    notes: Sequence[str],
    *,
    recorded: bool,
) -> str:
    """One object whose keys are stable."""
    there = {(s.language, s.sid) for s in written}
    shown = {
        "version": netcordon.__version__,
        "incident_id": incident_id,
        "folder": folder,
        "files": dict(files),
        "rules": [
            {**_keys(each), "written": (each.language, each.sid) in there} for each in signatures
        ],
        "notes": list(notes),
        "recorded": recorded,
    }
    return json.dumps(shown, indent=2, sort_keys=True, ensure_ascii=True) + "\n"


def _keys(each: Signature) -> dict[str, object]:
    shown = plain(each)
    assert isinstance(shown, dict)
    return dict(shown)
