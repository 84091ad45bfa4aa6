"""What differs between two plans, on a terminal and as JSON."""

from __future__ import annotations

import json

from netcordon.casefile.canonical import plain
from netcordon.model.plan_diff import PlanDiff
from netcordon.reporting.page import Page
from netcordon.reporting.visible import visible

_MOST = 20


def plan_diff_text(diff: PlanDiff, *, width: int = 100) -> str:
    """Came with ``+``, went with ``-``; first what explains it."""
    page = Page(width)
    page.say("Plans", f"{diff.before} (-) and {diff.after} (+)")
    page.say("Why", *(visible(reason, limit=600) for reason in diff.reasons))
    if not diff.parts:
        page.gap()
        page.say("", "They hold the same.")
    for part in diff.parts:
        page.gap()
        lines = [f"- {text}" for text in part.went] + [f"+ {text}" for text in part.came]
        for number, line in enumerate(lines[:_MOST]):
            page.say(part.what.capitalize() if not number else "", visible(line, limit=300))
        if len(lines) > _MOST:
            page.row(f"and {len(lines) - _MOST} more (--json)")
    return page.text()


def plan_diff_json(diff: PlanDiff) -> str:
    """One object whose keys are stable."""
    return json.dumps(plain(diff), indent=2, sort_keys=True, ensure_ascii=True) + "\n"
