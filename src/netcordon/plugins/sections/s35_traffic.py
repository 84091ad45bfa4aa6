"""Traffic over time, out of, into and within the organisation, with the incidents marked."""

from __future__ import annotations

from netcordon.model.document import Document
from netcordon.model.quantity import utc
from netcordon.model.section import Block, Plot, Section, Text


def write(document: Document) -> list[Block]:
    """One plot; a sentence when there is nothing to plot."""
    series = tuple(s for s in document.traffic if s.x)
    if not series:
        return [Text("No flow was read, so there is no traffic to plot.")]
    windows = tuple(
        (
            utc(i.first_seen_time).timestamp(),
            utc(i.last_seen_time).timestamp(),
            f"incident: {i.severity}",
        )
        for i in document.incidents[:4]
    )
    shaded = "Shaded: from the first to the last trace of an incident." if windows else ""
    plot = Plot(
        title="Traffic over time",
        description=f"Each row has a scale of its own. {shaded}".strip(),
        series=series,
        windows=windows,
    )
    nets = ", ".join(document.home_nets[:12]) or "none"
    how = "inferred from the traffic, not given" if document.home_nets_inferred else "as given"
    return [plot, Text(f"The organisation's networks ({how}): {nets}.", muted=True)]


SECTION = Section(heading="Traffic over time", irm=("I15",), write=write)
