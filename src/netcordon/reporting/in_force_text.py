"""What is in force, on a terminal: a table of commands, and where devices differ."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from netcordon.model.enforced import ActionState
from netcordon.model.in_force import Drift, PlanStatus, Reconciled, Row
from netcordon.model.quantity import count_text, span_text
from netcordon.reporting.page import LABEL, Page
from netcordon.reporting.visible import visible

_HEAD = ("command", "at", "state", "packets", "trying", "until", "what")
_MOST_POINT, _MOST_HOSTS = 24, 12
_STANDS = frozenset(
    {ActionState.ACCEPTED, ActionState.ACTIVE, ActionState.VERIFIED, ActionState.FAILED}
)

_WRONG = frozenset({ActionState.FAILED, ActionState.DRIFTED, ActionState.ROLLED_BACK})


def status_text(found: PlanStatus, at: datetime, *, width: int = 100) -> str:
    """The table of one plan."""
    page = Page(width)
    stands = sum(row.state in _STANDS for row in found.rows)
    page.say(
        "Status", f"{found.plan_id} for {found.case_id}: {stands} of "
        f"{count_text(len(found.rows), 'command')} in force",
    )  # fmt: skip
    waits = sorted({row.deadline for row in found.rows if row.deadline is not None})
    if waits:
        page.say("Confirm", f"before {waits[0]:%H:%M:%S} UTC, or it is taken back: "
                            f"netcordon contain confirm {found.plan_id}")  # fmt: skip
    _table(page, found.rows, at, width)
    for row in found.rows:
        if row.state in _WRONG and row.why:
            page.row(f"{row.command_id} {row.state}: {visible(row.why, limit=300)}")
    if found.tasks:
        done = sum(bool(task.done) for task in found.tasks)
        page.gap()
        page.say("People", f"{done} of {count_text(len(found.tasks), 'task')} done")
    for task in found.tasks:
        said = f" (done, says {visible(task.done)})" if task.done else ""
        page.row(f"{task.measure_id} {visible(task.title, limit=200)}{said}")
    hosts = list(dict.fromkeys(host for row in found.rows for host in row.trying))
    if hosts:
        more = f" and {len(hosts) - _MOST_HOSTS} more" if len(hosts) > _MOST_HOSTS else ""
        page.say(
            "Still trying", f"{', '.join(hosts[:_MOST_HOSTS])}{more}, in the traffic that was "
            "verified last; most likely still infected",
        )  # fmt: skip
    _drifts(page, found.drifts)
    return page.text()


def ledger_text(rows: Sequence[Row], at: datetime, *, width: int = 100) -> str:
    """What stands anywhere, by workspace and case."""
    page = Page(width)
    if not rows:
        page.say("Ledger", "nothing stands anywhere, by the ledger of this user")
        return page.text()
    page.say(
        "Ledger", f"{count_text(len(rows), 'command')} of "
        f"{count_text(len({(r.workspace, r.case_id) for r in rows}), 'case')} at "
        f"{count_text(len({r.point for r in rows}), 'device')}",
    )  # fmt: skip
    for workspace, case_id in sorted({(row.workspace, row.case_id) for row in rows}):
        page.gap()
        mine = [r for r in rows if (r.workspace, r.case_id) == (workspace, case_id)]
        plans = ", ".join(sorted({row.plan_id for row in mine}))
        page.say("Case", f"{case_id} in {visible(workspace, limit=200)}, {plans}")
        _table(page, mine, at, width)
    return page.text()


def reconciled_text(found: Reconciled, *, repair: bool, width: int = 100) -> str:
    """What ``contain reconcile`` found."""
    page = Page(width)
    wrong = len(found.drifts)
    page.say(
        "Reconcile", f"{count_text(found.looked_at, 'command')} read back"
        + (f", {count_text(wrong, 'difference')}" if wrong else ", devices and ledger agree"),
    )  # fmt: skip
    _drifts(page, found.drifts)
    if wrong and not repair and not found.is_sound:
        page.say("Then", "netcordon contain reconcile --repair, or undo what is no longer wanted")
    return page.text()


def _table(page: Page, rows: Sequence[Row], at: datetime, width: int) -> None:
    lines: list[tuple[str, ...]] = [_HEAD]
    for row in rows:
        packets = row.seen.packets if row.seen is not None else None
        lines.append(
            (
                row.command_id,
                _cut(row.point, _MOST_POINT),
                "confirm!" if row.deadline is not None else str(row.state),
                f"{packets:,}" if packets is not None else "",
                str(len(row.trying) or ""),
                _until(row, at),
                visible(row.what, limit=None),
            )
        )
    columns = [max(len(line[n]) for line in lines) for n in range(len(_HEAD) - 1)]
    left = max(width - LABEL - sum(columns) - 2 * len(columns), 12)
    shown = [
        "  ".join([*(cell.ljust(n) for cell, n in zip(line, columns, strict=False)),
                   _cut(line[-1], left)]).rstrip()
        for line in lines
    ]  # fmt: skip
    page.listing("\n".join(shown))


def _cut(text: str, most: int) -> str:
    shown = visible(text, limit=None)
    return shown if len(shown) <= most else f"{shown[: most - 1]}…"


def _until(row: Row, at: datetime) -> str:
    if row.expires_time is None or row.state not in _STANDS:
        return ""
    left = (row.expires_time - at).total_seconds()
    return f"in {span_text(left)}" if left > 0 else "over"


def _drifts(page: Page, drifts: Sequence[Drift]) -> None:
    for number, each in enumerate(drifts):
        page.say(
            "Differs" if not number else "",
            f"{visible(each.point)} {each.case_id} {each.command_id} {each.kind}: "
            f"{visible(each.said, limit=200)}"
            + (f"; {visible(each.settled, limit=200)}" if each.settled else ""),
        )
