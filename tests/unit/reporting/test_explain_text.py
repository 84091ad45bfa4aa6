"""What a terminal shows of an explanation."""

from __future__ import annotations

from netcordon.model.explanation import Explanation
from netcordon.reporting.explain_text import explain_text


def test_what_was_not_measured_is_left_out() -> None:
    facts: dict[str, object] = {
        "failures": 0,
        "country": None,
        "changes": [],
        "note": "",
        "period_s": 25.0,
    }
    why = Explanation(
        finding={
            "id": "f-1", "title": "x", "severity": "low", "confidence": 0.2, "facts": facts,
            "detector": "d",
        },
        prior=-3.0, is_current=True, terms=(), summary="", benign="", blind_spots="",
        look_next="", sql="SELECT 1", sample=None,
    )  # fmt: skip
    shown = explain_text(why)
    (measured,) = [line for line in shown.splitlines() if line.startswith("Measured")]
    assert "failures 0" in measured
    assert "25" in measured
    for absent in ("country", "changes", "note", "None"):
        assert absent not in measured
