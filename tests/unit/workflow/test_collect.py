"""What is said while evidence is read: what could not be, how often, and where first."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from netcordon.casefile.workspace import open_workspace
from netcordon.workflow.collect import collect
from netcordon.workflow.observer import Silent

GOOD = "2024-05-06T07:08:09Z app sshd[7]: Failed password for root from 192.0.2.1 port 4000 ssh2\n"


class Notes(Silent):
    """Keeps what a person is told."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def note(self, text: str) -> None:
        self.heard.append(text)


def test_what_was_not_read_is_told_with_its_number_and_place(tmp_path: Path) -> None:
    log, notes = tmp_path / "auth.log", Notes()
    log.write_text(GOOD * 4 + "nobody knows this\n" + GOOD + "nor this\n")
    (tmp_path / "odd.txt").write_text("call the provider\n")
    when = datetime(2024, 5, 7, tzinfo=UTC)
    with open_workspace(tmp_path / "ws", create=True, clock=lambda: when) as workspace:
        collected = collect([str(log), str(tmp_path / "odd.txt")], workspace, notes)
    assert [item.records for item in collected.evidence] == [7]
    refused, unread = sorted(notes.heard)
    assert refused.startswith("  NC-270  Lines were not read: ")
    assert refused.endswith("(2 times, first at line 5)")
    assert unread.startswith("NC-103")
    assert "netcordon map propose FILE" in unread
