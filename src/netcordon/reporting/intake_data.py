"""Reports of people for other programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

import netcordon
from netcordon.casefile.canonical import plain
from netcordon.model.intake import Filed
from netcordon.reporting.intake_text import channel_counts

Json = dict[str, object]


def filed_json(filed: Sequence[Filed], now: datetime) -> str:
    """One object: every report with its state."""
    return _object({"reports": [_filed(one, now) for one in filed]})


def one_json(filed: Filed, now: datetime, **more: object) -> str:
    """One object with one report."""
    return _object({"report": _filed(filed, now), **more})


def stats_json(filed: Sequence[Filed], now: datetime) -> str:
    """Counts by channel."""
    return _object({"channels": channel_counts(filed, now)})


def _filed(filed: Filed, now: datetime) -> Json:
    said = plain(filed)
    assert isinstance(said, dict)
    return {**said, "is_overdue": filed.is_overdue(now)}


def _object(content: Json) -> str:
    shown = {"version": netcordon.__version__, **content, "error": None}
    return json.dumps(shown, indent=1, sort_keys=True, ensure_ascii=True) + "\n"
