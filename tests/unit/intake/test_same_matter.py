"""What joins an earlier report, what does not, and what of a later letter binds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from netcordon.casefile.intake import (
    filed_reports,
    record_again,
    record_closing,
    record_report,
)
from netcordon.casefile.workspace import open_workspace
from netcordon.intake.same import same_matter
from netcordon.model.handling import TLP
from netcordon.model.intake import Channel, Filed, Report, Reporter, Support

NOW = datetime(2026, 10, 24, 22, 0, tzinfo=UTC)
FIRST = Report(
    format="mail", channel=Channel.OUTSIDER, reference="AB-1", subject="abuse", text="",
    reporter=Reporter(mail="abuse@provider.example", support=Support.VOUCHED),
    due=NOW + timedelta(hours=48), due_why="the rule", sha256="1" * 64, message_id="a@provider",
)  # fmt: skip


@pytest.mark.parametrize(
    ("support", "joins"),
    [
        (Support.VOUCHED, True),
        (Support.CLAIMED, False),
        (Support.NOTHING, False),
        (Support.CONTRADICTED, False),
    ],
)
def test_a_letter_in_somebodys_name_does_not_speak_with_the_weight_of_theirs(
    support: Support, joins: bool
) -> None:
    known = Filed(id="intake-0001", report=FIRST, time=NOW, author="root")
    later = replace(FIRST, sha256="2" * 64, reporter=replace(FIRST.reporter, support=support))
    assert (same_matter(later, [known]) is known) is joins
    assert same_matter(replace(later, sha256=FIRST.sha256), [known]) is known


def test_what_binds_more_of_two_letters_binds(tmp_path: Path) -> None:
    soon, late = NOW + timedelta(hours=4), NOW + timedelta(days=9)
    with open_workspace(tmp_path / "ws", create=True, clock=lambda: NOW) as opened:

        def again(**told: object) -> Report:
            record_again(opened.journal, "intake-0001", replace(FIRST, **told))  # type: ignore[arg-type]
            return filed_reports(opened.journal)["intake-0001"].report

        record_report(opened.journal, "intake-0001", FIRST)
        assert again(due=late, due_why="the letter").due == FIRST.due
        told = again(due=soon, due_why="the letter", left_out=("too deep",))
        assert (told.due, told.due_why, told.left_out) == (soon, "the letter", ("too deep",))
        assert again(tlp=TLP.RED).tlp is TLP.AMBER, "nobody said so"
        assert again(tlp=TLP.CLEAR, is_tlp_stated=True).tlp is TLP.AMBER
        told = again(tlp=TLP.RED, is_tlp_stated=True)
        assert (told.tlp, told.is_tlp_stated) == (TLP.RED, True)
        # The date of a matter that was closed is past with it.
        record_closing(opened.journal, "intake-0001", "done")
        assert again(due=late, due_why="the letter").due == late
        assert filed_reports(opened.journal)["intake-0001"].closed is None
