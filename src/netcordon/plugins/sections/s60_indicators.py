"""Indicators of compromise: what to watch for or block, defanged, with what blocking may harm."""

from __future__ import annotations

from netcordon.model.document import Document
from netcordon.model.quantity import time_text
from netcordon.model.section import Block, Code, Defanged, Section, Table, Text

_MOST = 150

_LEADS_SOMEWHERE = frozenset({"ipv4-addr", "ipv6-addr", "domain-name", "url", "email-addr"})
"""Types that a program may turn into a link; marks of a client are shown as they are."""


def write(document: Document) -> list[Block]:
    """One table; values as observed are in indicators.csv."""
    if not document.indicators:
        return [Text("No indicator was derived: nothing seen here is worth blocking by itself.")]
    rows = tuple(
        (
            i.type,
            Defanged(i.value) if i.type in _LEADS_SOMEWHERE else Code(i.value),
            i.role.replace("_", " "),
            f"{i.confidence:.0%}",
            time_text(i.first_seen_time),
            time_text(i.last_seen_time),
            i.caution or "none known",
        )
        for i in document.indicators[:_MOST]
    )
    table = Table(
        caption="Indicators, defanged; indicators.csv holds them as observed",
        columns=(
            "Type",
            "Value",
            "Role",
            "Confidence",
            "First, UTC",
            "Last, UTC",
            "Before blocking",
        ),
        rows=rows,
        left_out=max(len(document.indicators) - _MOST, 0),
        where_all="indicators.csv",
    )
    return [table]


SECTION = Section(heading="Indicators of compromise", irm=("L7",), write=write)
