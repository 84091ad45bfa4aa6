"""The coverage matrix of a plan as rows of text, and what of the plan is open still."""

from __future__ import annotations

from netcordon.model.plan import Cell, CellState, Gap, Plan
from netcordon.model.quantity import count_text
from netcordon.reporting.visible import visible

HOST = "at the host"
"""Heading of the column for ways that cross no declared boundary."""


_OPEN = (CellState.GAP, CellState.LEFT, CellState.CUT)
"""States beside which a gap is worth telling; of a way that is cut it is that of its name."""


def covered_text(plan: Plan) -> str:
    """``9 of 9 fields (100 %): 6 closed by devices, 3 by people``."""
    closed, by_people, fields = plan.covered
    done = closed + by_people
    # Rounded down: 100 % is said only when nothing is open.
    share = 100 * done // fields if fields else 100
    said = [f"{closed} closed by devices"]
    said += [f"{by_people} seen to by people"] if by_people else []
    left = sum(cell.state is CellState.LEFT for cell in plan.coverage)
    said += [f"{left} left open by decision"] if left else []
    said += [count_text(fields - done - left, "gap")] if fields > done + left else []
    return f"{done} of {count_text(fields, 'field')} ({share} %): {', '.join(said)}"


def matrix_rows(plan: Plan) -> list[list[str]]:
    """A heading, then one row for each way; boundaries are columns. Text is harmless already."""
    columns = list(dict.fromkeys(cell.boundary for cell in plan.coverage))
    cells: dict[str, dict[str, Cell]] = {}
    for cell in plan.coverage:
        cells.setdefault(cell.way_id, {})[cell.boundary] = cell
    head = ["way", *(visible(name) if name else HOST for name in columns)]
    return [
        head,
        *(
            [way_id, *(_said(of_way[name]) if name in of_way else "" for name in columns)]
            for way_id, of_way in cells.items()
        ),
    ]


def _said(cell: Cell) -> str:
    if cell.state is CellState.CUT:
        return f"cut by {', '.join(cell.command_ids)}"
    if cell.state is CellState.HARMLESS:
        return "open, harmless"
    if cell.state is CellState.GAP:
        return "GAP"
    if cell.state is CellState.LEFT:
        return "left open"
    return f"{cell.state} ({', '.join(cell.measure_ids)})"


def still_open(plan: Plan) -> list[Gap]:
    """Gaps that neither a person's task nor another boundary closes, and ways that wait."""
    states = {(cell.way_id, cell.boundary): cell.state for cell in plan.coverage}
    return [
        gap for gap in plan.gaps if states.get((gap.way_id, gap.boundary), CellState.GAP) in _OPEN
    ]
