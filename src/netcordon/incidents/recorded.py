"""Incidents read back from the journal, as far as their documents say what they were."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from netcordon.model.incident import Channel, Incident, Party
from netcordon.model.severity import Severity


def incident_of(document: Mapping[str, Any]) -> Incident:
    """An incident without its card, story and scope, which are read from the document itself."""
    return Incident(
        id=document["id"],
        title=document["title"],
        summary=document["summary"],
        severity=Severity(document["severity"]),
        confidence=document["confidence"],
        first_seen_time=_time(document["first_seen_time"]),
        last_seen_time=_time(document["last_seen_time"]),
        actors=tuple(Party(**party) for party in document["actors"]),
        victims=tuple(Party(**party) for party in document["victims"]),
        pivots=tuple(document["pivots"]),
        channels=tuple(_channel(channel) for channel in document["channels"]),
        techniques=tuple(document["techniques"]),
        kill_chain=tuple(document["kill_chain"]),
        card={},
        finding_ids=tuple(document["finding_ids"]),
        first_actions=tuple(document["first_actions"]),
    )


def _channel(document: Mapping[str, Any]) -> Channel:
    return Channel(
        **{
            **document,
            "first_seen_time": _time(document["first_seen_time"]),
            "last_seen_time": _time(document["last_seen_time"]),
            "finding_ids": tuple(document["finding_ids"]),
        }
    )


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
