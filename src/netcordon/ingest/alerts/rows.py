"""Rows that every reader makes: an alert, a hit of a honeypot, a login at one, a file it got."""

from __future__ import annotations

from collections.abc import Mapping

from netcordon.ingest.alerts.record import Record
from netcordon.ingest.messages.events import Event, Value
from netcordon.ingest.messages.flows import protocol

SEVERITIES = {
    "info": 1, "informational": 1, "information": 1, "unknown": None, "undefined": None,
    "low": 2, "minor": 2, "medium": 3, "moderate": 3, "high": 4, "major": 4, "critical": 5,
}  # fmt: skip
"""A severity in words -> OCSF's number."""


def alert(record: Record, product: str, time: int | None, **told: Value) -> Event:
    """An alert of a tool; ``told`` are columns of ``detection_finding``."""
    values: dict[str, Value] = {
        "time": time,
        "product": product,
        "kind": "alert",
        "count": 1,
        "reporter": record.reporter,
        "is_from_src": True,
    }
    values |= told
    if isinstance(values.get("protocol"), str):
        values["protocol"] = protocol(str(values["protocol"]))
    return Event("detection_finding", values)


def hit(record: Record, product: str, time: int | None, **told: Value) -> Event:
    """Something that was done to a honeypot: nobody has any business there."""
    return alert(record, product, time, **{"kind": "honeypot", **told})


def decoy_login(
    product: str, time: int | None, told: Mapping[str, Value], *, is_let_in: bool = False
) -> Event:
    """A login at a honeypot; whom it lets in, it deceives. ``told`` are further columns."""
    values: dict[str, Value] = {
        "time": time,
        "provider": product,
        "method": "password",
        "outcome": "success" if is_let_in else "failure",
        "is_decoy": True,
    }
    return Event("authentication", values | dict(told))


def severity_of(words: str) -> int | None:
    """OCSF's number of a severity in words."""
    return SEVERITIES.get(words.lower())
