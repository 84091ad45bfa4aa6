"""Several entered one host: who is part of what it does afterwards, and how grave that is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from netcordon.model.severity import Severity
from tests.unit.incidents.test_chain import incidents, medium
from tests.unit.incidents.test_correlate import EVIL, OTHER, A, B, C, beacon, groups, guess


def test_who_only_entered_beside_one_that_acts_is_no_part_of_it() -> None:
    """An administrator was on the server as well; the fallen host explains what follows."""
    acts = beacon("a", A, EVIL, 0)
    ways = (guess("from-a", A, B, 15, True), guess("from-c", C, B, 10, True))
    assert groups(acts, *ways, beacon("b", B, EVIL, 20)) == [["a", "from-a", "b"], ["from-c"]]


def test_where_none_of_them_acts_elsewhere_all_may_have_done_it() -> None:
    ways = (guess("from-a", A, B, 15, True), guess("from-c", C, B, 10, True))
    assert groups(*ways, beacon("b", B, EVIL, 20)) == [["from-c", "from-a", "b"]]


def test_an_entry_from_outside_is_never_set_aside() -> None:
    acts = beacon("a", A, OTHER, 0)
    ways = (guess("from-a", A, B, 15, True), guess("out", EVIL, B, 10, True))
    assert groups(acts, *ways, beacon("b", B, OTHER, 20)) == [["a", "out", "from-a", "b"]]


def test_an_entered_host_that_then_calls_for_orders_is_critical(tmp_path: Path) -> None:
    pc, server, evil = "10.0.0.1", "10.0.0.9", "203.0.113.5"
    scan = replace(medium("s", "recon_scan", "T1046", 1, pc, server), severity=Severity.HIGH)
    entry = medium("e", "lateral_admin_copy", "T1570", 5, pc, server, succeeded=True)
    orders = medium("o", "c2_beaconing", "T1071", 6, server, evil)
    first = medium("c", "c2_beaconing", "T1071", 0, pc, evil)
    (found,) = incidents(tmp_path / "a", [first, scan, entry, orders])
    assert found.severity is Severity.CRITICAL
    (alone, *_) = incidents(tmp_path / "b", [first, scan, entry])
    assert alone.severity is Severity.HIGH
