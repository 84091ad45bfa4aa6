"""Every finding is read by its technique, not by the name of its detector."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from netcordon.incidents.behaviour import TACTICS, TECHNIQUES, Kind, read
from netcordon.plugins import detectors
from tests.unit.incidents.traffic import find

_NAMED = re.compile(r"\"(T[01]\d{3})(?:\.\d{3})?\"")
SOURCES = sorted(Path(str(detectors.__file__)).parent.glob("[a-z]*.py"))


@pytest.mark.parametrize("source", SOURCES, ids=lambda p: p.stem)
def test_every_technique_that_a_detector_names_is_known(source: Path) -> None:
    named = set(_NAMED.findall(source.read_text("utf-8")))
    assert not named - set(TECHNIQUES), "it would be read by the detector's name instead"
    assert named


def test_every_tactic_is_one_of_the_matrix() -> None:
    assert {b.tactic for b in TECHNIQUES.values()} <= set(TACTICS)


@pytest.mark.parametrize(
    ("detector", "technique", "kind"),
    [
        ("access_account_change", "T1098", Kind.ACCOUNT_CHANGE),
        ("access_account_change", "T1136.002", Kind.ACCOUNT_CHANGE),
        ("impact_control_writes", "T0855", Kind.CONTROL),
        ("impact_control_writes", "T0843", Kind.CONTROL),
        ("evasion_log_clearing", "T1070.001", Kind.EVASION),
    ],
)
def test_a_change_of_state_is_no_guessing_and_no_flood(
    detector: str, technique: str, kind: Kind
) -> None:
    behaviour = read(find("f", detector, technique, (0, 1), "10.0.0.1", "10.0.0.2"))
    assert behaviour.kind is kind
    assert not behaviour.gives_access, "the host is not entered by it"
