"""When evidence was observed, also where it is a log of logins alone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from netcordon.workflow.series import observed_span
from tests.cases.evidence import START, engine

_US = int(START.timestamp()) * 1_000_000


def test_a_log_without_flows_was_observed_when_its_logins_and_calls_were(tmp_path: Path) -> None:
    login = {"time": _US + 5_000_000, "frame": 1, "account": "bob"}
    call = {"time": _US + 9_000_000, "frame": 2, "operation": "CreateUser"}
    with engine({"authentication": [login], "api_activity": [call]}, tmp_path) as made:
        assert observed_span(made) == (START + timedelta(seconds=5), START + timedelta(seconds=9))


@pytest.mark.parametrize("table", ["http_activity", "dns_activity", "detection_finding"])
def test_a_proxys_or_a_sensors_log_was_observed_as_well(tmp_path: Path, table: str) -> None:
    rows = [{"time": _US + second * 1_000_000, "frame": second} for second in (3, 7)]
    with engine({table: rows}, tmp_path) as made:
        assert observed_span(made) == (START + timedelta(seconds=3), START + timedelta(seconds=7))


def test_nothing_was_observed_of_nothing(tmp_path: Path) -> None:
    with engine({}, tmp_path) as made:
        assert observed_span(made) == (None, None)
