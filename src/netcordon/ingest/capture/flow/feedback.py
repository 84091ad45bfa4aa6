"""What the application layer answers is put into the flows, open ones and those just closed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netcordon.ingest.capture.flow.flowtable import FlowTable
from netcordon.ingest.capture.layout import Records


def apply_feedback(table: FlowTable, feedback: Records, first_row: int) -> None:
    """Apply one chunk's answers.

    Args:
        table: the flows.
        feedback: FEEDBACK records; at most one a flow.
        first_row: first closed row that this chunk made; earlier ones are final.
    """
    if len(feedback) == 0:
        return
    slots = feedback["slot"]
    is_open = (slots >= 0) & (slots < len(table.flows))
    flows = table.flows
    is_open[is_open] = (flows["serial"][slots[is_open]] == feedback["flow"][is_open]) & (
        flows["is_live"][slots[is_open]] == 1
    )
    answers, at = feedback[is_open], slots[is_open]
    _say(flows, at, answers)
    flows["want"][at] = answers["want"]
    table.sides["skip"][at, 0] = answers["skip_orig"]
    table.sides["skip"][at, 1] = answers["skip_resp"]

    closed = table.closed_flows[first_row : int(table.counters["closed"][0])]
    answers = feedback[~is_open]
    if len(closed) == 0 or len(answers) == 0:
        return
    order = np.argsort(closed["serial"])
    places = np.searchsorted(closed["serial"], answers["flow"], sorter=order)
    rows = order[np.minimum(places, len(closed) - 1)]
    is_found = closed["serial"][rows] == answers["flow"]
    _say(closed, rows[is_found], answers[is_found])


def _say(flows: Records, at: NDArray[np.integer], answers: Records) -> None:
    named = answers["service"] != 0
    flows["service"][at[named]] = answers["service"][named]
    flows["flip"][at] |= answers["flip"]
