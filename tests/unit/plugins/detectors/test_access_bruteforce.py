"""How sessions at a guarded service are weighed."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import pytest

from netcordon.model.severity import Severity
from tests.unit.plugins.detectors.judging import judged

NOON = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)
ROW: dict[str, object] = {
    "src_ips": ["10.0.0.5"], "dst_ips": ["10.2.0.5"], "dst_ports": [22], "way": "guessing",
    "service": "ssh", "n": 60, "usual": 4100.0, "usual_s": 2.1, "src_internal": True, "alike": 1.0,
    "small": 1.0, "differing": 0, "differing_time": None, "differing_bytes": None, "failures": 0,
    "successes": 0, "success_time": None, "per_minute": 24.0,
}  # fmt: skip
judge = partial(judged, "access_bruteforce", ROW)


def test_guessing_from_inside_is_high() -> None:
    found = judge()
    assert found is not None
    assert (found.severity, found.succeeded) == (Severity.HIGH, None)


def test_from_outside_without_success_it_is_medium() -> None:
    found = judge(src_internal=False)
    assert found is not None
    assert found.severity is Severity.MEDIUM


def test_a_session_unlike_the_failed_ones_is_critical_from_anywhere() -> None:
    found = judge(differing=1, differing_time=NOON, differing_bytes=9000, src_internal=False)
    assert found is not None
    assert (found.severity, found.succeeded) == (Severity.CRITICAL, True)
    assert "got in" in found.title
    assert "T1078" in (found.techniques or ())


def test_many_unlike_sessions_are_no_success() -> None:
    found = judge(differing=20, differing_time=NOON)
    assert found is not None
    assert found.succeeded is None


def test_outcomes_on_the_wire_decide() -> None:
    found = judge(service="ftp", failures=40, successes=1, success_time=NOON)
    assert found is not None
    assert found.severity is Severity.CRITICAL
    assert found.facts["entered_time"] == NOON


@pytest.mark.parametrize(
    "changes",
    [
        {"service": "imap", "per_minute": 0.75, "alike": 0.9, "small": 1.0},
        {"service": "ssh", "small": 0.0, "alike": 0.3, "usual": 60_000.0},
    ],
)
def test_slow_or_busy_sessions_are_nothing(changes: dict[str, object]) -> None:
    assert judge(**changes) is None


def test_spraying_has_a_technique_of_its_own() -> None:
    found = judge(way="spraying", dst_ips=[f"10.2.0.{n}" for n in range(30)])
    assert found is not None
    assert found.techniques == ("T1110.003",)
    assert "30 hosts" in found.title
