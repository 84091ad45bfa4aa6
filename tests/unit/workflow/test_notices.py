"""A notice from the journal's incident to the last confirmation."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from netcordon.casefile.canonical import plain
from netcordon.casefile.cases import RunRecord
from netcordon.casefile.workspace import open_workspace
from netcordon.errors import UsageError
from netcordon.model.notice import Audience
from netcordon.model.plan import Posture
from netcordon.workflow.notices import NoticeRequest, confirm_reading, draft_notice, notices
from tests.unit.notices.matters import incident

PEOPLE = b"name,mail,business_line\nA. Diaz,a@x.example,payments\nB. Kup,b@x.example,sales\n"


def _clock() -> datetime:
    return datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    path = tmp_path / "ws"
    with open_workspace(path, create=True, clock=_clock) as opened:
        document = plain(incident())
        assert isinstance(document, dict)
        opened.cases.record_run(
            RunRecord(title="t", options={}, versions={}, evidence_ids=[], findings=[],
                      incidents=[document], outcome={})
        )  # fmt: skip
    with (path / "netcordon.toml").open("a") as file:
        file.write('[[asset]]\naddress = "10.1.0.17"\nvalue = 3\nbusiness_line = "payments"\n')
    return path


def test_users_of_the_affected_line_are_told_and_confirm(workspace: Path) -> None:
    request = NoticeRequest(audience=Audience.USERS, language="de", people=PEOPLE)
    notice = draft_notice(workspace, request, clock=_clock)
    assert [person.name for person in notice.recipients] == ["A. Diaz"]
    assert notice.business_lines == ("payments",)
    assert "payments" in notice.text
    assert notices(workspace, clock=_clock)[0].unread == ("A. Diaz",)
    with pytest.raises(UsageError, match="NC-913"):
        confirm_reading(workspace, notice.id, "B. Kup", clock=_clock)
    with pytest.raises(UsageError, match="NC-913"):
        confirm_reading(workspace, "notice-0009", "A. Diaz", clock=_clock)
    confirm_reading(workspace, notice.id, "A. Diaz", clock=_clock)
    assert confirm_reading(workspace, notice.id, "A. Diaz", clock=_clock).unread == ()
    assert len(notices(workspace, clock=_clock)[0].read) == 1


@pytest.mark.parametrize("audience", [Audience.USERS, Audience.HELPDESK, Audience.PARTNER])
def test_nothing_goes_to_many_while_a_case_is_contained_discreetly(workspace, audience) -> None:
    request = NoticeRequest(audience=audience, posture=Posture.DISCREET)
    with pytest.raises(UsageError, match="NC-911"):
        draft_notice(workspace, request, clock=_clock)
    assert notices(workspace, clock=_clock) == ()


def test_what_there_is_not_cannot_be_told(workspace: Path) -> None:
    with pytest.raises(UsageError, match="NC-910"):
        draft_notice(
            workspace, NoticeRequest(audience=Audience.ADMINS, incident_id="inc-9"), clock=_clock
        )
    with pytest.raises(UsageError, match="NC-912"):
        draft_notice(workspace, NoticeRequest(audience=Audience.ADMINS, people=b"x"), clock=_clock)
