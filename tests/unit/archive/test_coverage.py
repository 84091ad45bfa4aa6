"""How long logs are kept: short by how many days, which days are missing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import pytest

from netcordon.archive.coverage import Kept, coverage
from netcordon.model.archive import CLASS_OF, LogClass, Retention
from netcordon.model.archive_report import Gap
from netcordon.model.archive_report import Kept as Verdict
from netcordon.tables.schema import TABLES

TODAY = date(2026, 11, 22)


def _ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def _kept(days: Iterable[int], of: LogClass = LogClass.FLOWS, sensor: str = "fw") -> list[Kept]:
    return [Kept(sensor, of, _ago(day), 10, 1) for day in days]


@pytest.mark.parametrize(
    ("days", "verdict", "short", "gaps"),
    [
        (range(1, 184), Verdict.MET, 0, []),
        (range(1, 171), Verdict.SHORT, 13, []),
        (range(200), Verdict.MET, 0, []),
        ([d for d in range(200) if d not in (40, 41)], Verdict.GAPS, 0, [(41, 40)]),
        ([d for d in range(200) if d != 183], Verdict.GAPS, 0, [(183, 183)]),
        (range(3, 200), Verdict.GAPS, 0, [(2, 1)]),
        ([0], Verdict.SHORT, 183, []),
        ([190, 300], Verdict.GAPS, 0, [(183, 1)]),
    ],
    ids=["just", "13 short", "today too", "a hole", "the first", "the last", "today", "old only"],
)  # fmt: skip
def test_the_verdict(
    days: Iterable[int], verdict: Verdict, short: int, gaps: list[tuple[int, int]]
) -> None:
    (found,) = coverage(_kept(days), Retention(), TODAY)
    assert (found.kept, found.short_days) == (verdict, short)
    assert list(found.gaps) == [Gap(first_day=_ago(a), last_day=_ago(b)) for a, b in gaps]
    assert found.projected_bytes == 10 * 183


def test_classes_have_their_own_times_and_sparse_ones_are_judged_by_the_sensor() -> None:
    kept = _kept(range(1, 101)) + _kept([90, 3], LogClass.ALERTS) + _kept([5], sensor="other")
    times = Retention(days=100, classes={LogClass.ALERTS: 95})
    found = {(c.sensor, c.log_class): c for c in coverage(kept, times, TODAY)}
    alerts = found["fw", LogClass.ALERTS]
    assert (alerts.kept, alerts.is_sparse, alerts.days) == (Verdict.MET, True, 95)
    assert found["fw", LogClass.FLOWS].kept is Verdict.MET
    assert found["other", LogClass.FLOWS].short_days == 95


def test_every_table_has_a_class_but_those_about_the_reading() -> None:
    assert TABLES.keys() - CLASS_OF.keys() == {
        "packet", "frame_index", "log_source", "ingest_warning",
    }  # fmt: skip
    assert not CLASS_OF.keys() - TABLES.keys()
