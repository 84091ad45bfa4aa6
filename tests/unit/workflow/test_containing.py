"""What a person chooses on the command line, and what hunted lists allow."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from netcordon.casefile.lookups import HuntRecord, record_hunt
from netcordon.casefile.plans import hunted_markings
from netcordon.casefile.workspace import open_workspace
from netcordon.errors import UsageError
from netcordon.model.handling import PAP
from netcordon.model.plan import Posture
from netcordon.planning.picks import Preference
from netcordon.workflow.contain import PlanRequest
from netcordon.workflow.containing import read_picks

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_choices_are_read():
    picks = read_picks(
        PlanRequest(
            prefer=("way-1=slow", "way-2=LEAVE"), pap=("way-3=Red",), isolate=("FD00::0:5",),
            areas=("office",), override=("way-3",), reason=" agreed ", posture="discreet",
        )
    )  # fmt: skip
    assert picks.prefer == {"way-1": Preference.SLOW, "way-2": Preference.LEAVE}
    assert picks.pap == {"way-3": PAP.RED}
    assert picks.isolate == ("fd00::5",)
    assert (picks.reason, picks.posture) == ("agreed", Posture.DISCREET)
    assert picks.way_ids() == {"way-1", "way-2", "way-3"}


@pytest.mark.parametrize(
    ("said", "code", "why"),
    [
        ({"prefer": ("way-1=stop",)}, "NC-821", "'stop'"),
        ({"prefer": ("way-1",)}, "NC-821", "''"),
        ({"pap": ("way-1=pink",)}, "NC-821", "'pink'"),
        ({"isolate": ("PC-042",)}, "NC-821", "'PC-042'"),
        ({"override": ("way-1",)}, "NC-824", "with a reason"),
        ({"override": ("way-1",), "reason": "  "}, "NC-824", "with a reason"),
        ({"override": ("way-1",), "reason": "x" * 2001}, "NC-824", "with a reason"),
    ],
)
def test_what_is_no_choice_is_refused_in_words(said, code, why):
    with pytest.raises(UsageError, match=code) as caught:
        read_picks(PlanRequest(**said))
    assert why in caught.value.what


def test_hunted_lists_mark_what_was_seen_of_them(tmp_path):
    def hunt(pap, *seen):
        return HuntRecord(
            lists=[{"name": "feed", "format": "text", "sha256": "ab" * 32, "tlp": None,
                    "pap": pap, "indicators": 9, "left_out": 0}],
            indicators=9, hits=len(seen), evidence_ids=("ev-1",), versions={},
            seen=[{"type": kind, "value": value, "rows": 1} for kind, value in seen],
        )  # fmt: skip

    with open_workspace(tmp_path / "case", create=True, clock=lambda: NOW) as opened:
        record_hunt(opened.journal, hunt(None, ("domain", "unmarked.example")))
        record_hunt(
            opened.journal,
            hunt("PAP:AMBER", ("domain", "bad.example"), ("address", "203.0.113.7"),
                 ("ja4", "t13d1516h2_8daaf6152771_02713d6af862")),
        )  # fmt: skip
        found = hunted_markings(opened.journal)
    assert [(m.name or m.network, m.pap, m.source) for m in found] == [
        ("bad.example", PAP.AMBER, "feed"), ("203.0.113.7/32", PAP.AMBER, "feed"),
    ]  # fmt: skip
