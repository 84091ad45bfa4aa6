"""Why a finding says what it says, on a terminal and as JSON."""

from __future__ import annotations

import json
import math

import netcordon
from netcordon.model.document import SampleRows
from netcordon.model.explanation import Explanation, TermExplained
from netcordon.model.quantity import name_text, number_text, share_text
from netcordon.reporting.json_contract import plain
from netcordon.reporting.page import Page
from netcordon.reporting.rows import Rows, render_rows
from netcordon.reporting.visible import visible

_STRONG, _CLEAR, _SLIGHT = 2.0, 1.0, 0.3
"""Log-odds from which on a term is called so: odds times 7.4, 2.7, 1.3."""


def explain_text(why: Explanation, *, width: int = 100, with_sql: bool = False) -> str:
    """The whole explanation; ``with_sql`` ends with the query."""
    page, said = Page(width), why.finding
    page.say("Finding", f"{said['id']}  {visible(str(said['title']))}")
    page.say(
        "", f"{said['severity']}, {share_text(float(said['confidence']))} sure, "
        f"found by {said['detector']}: {why.summary}",
    )  # fmt: skip
    page.gap()
    page.say("Why", *_sum(why))
    for term in why.terms:
        page.row(_term(term))
    facts = [
        f"{name_text(str(name))} {visible(_value(value), limit=160)}"
        for name, value in dict(said["facts"]).items()
        if value is not None and value not in ([], (), "")
    ]
    if facts:
        page.say("Measured", "; ".join(facts))
    page.gap()
    page.say("Change", *_changes(why))
    if why.benign:
        page.say("Harmless", f"What looks just like it: {why.benign}")
    if why.blind_spots:
        page.say("Not seen", why.blind_spots)
    page.gap()
    _rows(page, why)
    if why.look_next:
        page.say("Look next", why.look_next)
    page.say("Commands", f"netcordon packets {said['id']}", f"netcordon scope {said['id']}",
             f"netcordon explain {said['id']} --sql")  # fmt: skip
    if with_sql:
        page.gap()
        page.say("SQL", "parameters written in; the names beside the tables are made by netcordon")
        page.listing(visible(why.sql, limit=None, lines=True))
    return page.text()


def explain_json(why: Explanation) -> str:
    """One object whose keys are stable."""
    shown = {
        "version": netcordon.__version__,
        "finding": plain(why.finding),
        "summary": why.summary,
        "prior": why.prior,
        "prior_is_current": why.is_current,
        "terms": [
            {"name": t.name, "value": plain(t.value), "contribution": t.contribution,
             "odds_factor": math.exp(t.contribution), "confidence_without": t.without}
            for t in why.terms
        ],
        "benign": why.benign,
        "blind_spots": why.blind_spots,
        "look_next": why.look_next,
        "sql": why.sql,
        "rows": [dict(zip(why.sample.columns, row, strict=True)) for row in why.sample.rows]
        if why.sample else [],
        "display_filter": why.sample.display_filter if why.sample else None,
        "error": None,
    }  # fmt: skip
    return json.dumps(shown, ensure_ascii=True, allow_nan=False, indent=1) + "\n"


def _sum(why: Explanation) -> list[str]:
    if why.prior is None:
        return ["The detector is no longer there: its prior is not known."]
    before = 1 / (1 + math.exp(-why.prior))
    lines = [
        f"Before any sign, a candidate is what the title says in {share_text(before)} of cases."
    ]
    if not why.is_current:
        lines.append("This version weighs otherwise: investigate again for today's judgement.")
    return [*lines, "Every sign multiplies the odds:"]


def _term(term: TermExplained) -> str:
    return (
        f"{_factor(term.contribution):>7}  {_strength(term.contribution)}: {name_text(term.name)}"
        f"{_measured(term.value)}; without it {share_text(term.without)} sure"
    )


def _factor(contribution: float) -> str:
    factor = math.exp(contribution)
    return f"x {number_text(factor)}" if factor >= 1 else f": {number_text(1 / factor)}"


def _strength(contribution: float) -> str:
    size = abs(contribution)
    words = (
        "strongly" if size >= _STRONG else "clearly" if size >= _CLEAR
        else "slightly" if size >= _SLIGHT else "hardly"
    )  # fmt: skip
    return f"speaks {words} {'for' if contribution >= 0 else 'against'} it"


def _measured(value: object) -> str:
    return "" if value is None else f" = {visible(_value(value), limit=120)}"


def _value(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.2g}" if 0 < abs(value) < 0.001 else number_text(value)
    if isinstance(value, list | tuple):
        return ", ".join(_value(item) for item in value)
    return str(value)


def _changes(why: Explanation) -> list[str]:
    sure = float(why.finding["confidence"])
    turning = [t for t in why.terms if (t.without >= 0.5) != (sure >= 0.5)]
    if turning:
        names = ", ".join(name_text(t.name) for t in turning)
        return [f"It turns if one of these alone does not hold: {names}."]
    needed = [t for t in why.terms if t.contribution > 0]
    if sure < 0.5:
        return ["No single sign decides: even without what speaks against it, it stays unlikely."]
    if not needed:
        return ["No sign speaks for it; it rests on the prior alone."]
    weakest = min(why.terms, key=lambda t: t.without)
    return [
        f"No single sign decides: without the weightiest ({name_text(weakest.name)}) it would "
        f"still be {share_text(weakest.without)} sure. Several would have to fall."
    ]


def _rows(page: Page, why: Explanation) -> None:
    if why.sample is None or not why.sample.rows:
        page.say("Rows", "none that can be shown in short; their places stand in the report")
        return
    columns, rows, left = _fitting(why.sample, page.room)
    table = render_rows(Rows(columns, rows), "table")
    page.say("Rows", "a handful of them:")
    page.listing(table.rpartition("(")[0].rstrip())
    if left:
        page.say("", f"and the columns {', '.join(left)}")
    if why.sample.display_filter:
        page.say("Wireshark", visible(why.sample.display_filter))
    page.gap()


def _fitting(
    sample: SampleRows, room: int
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...], tuple[str, ...]]:
    """As many columns from the left as there is room for, their rows, and the other columns."""
    kept, used = 0, 0
    for number, name in enumerate(sample.columns):
        widest = max(len(visible(row[number], limit=60)) for row in sample.rows)
        used += max(len(name), widest) + 2
        if used - 2 > room and kept:
            break
        kept += 1
    rows = tuple(row[:kept] for row in sample.rows)
    return sample.columns[:kept], rows, sample.columns[kept:]
