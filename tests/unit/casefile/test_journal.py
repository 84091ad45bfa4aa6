import sqlite3
from pathlib import Path

import pytest

from netcordon.casefile.anchor import ANCHOR_NAME, Checkpoint
from netcordon.casefile.journal import Draft
from netcordon.casefile.workspace import STORE_NAME, Workspace, open_workspace
from netcordon.errors import WorkspaceError


def _fill(workspace: Workspace, count: int = 6) -> None:
    for number in range(count):
        workspace.journal.append([Draft("note.taken", f"n-{number}", {"text": f"note {number}"})])


def _sql(workspace: Workspace, statement: str, *values: object) -> None:
    with sqlite3.connect(workspace.path / STORE_NAME) as connection:
        assert connection.execute(statement, values).rowcount == 1
    connection.close()


def test_entries_read_back_in_order_and_by_kind(workspace):
    _fill(workspace, 3)
    entries = list(workspace.journal.entries(("note.taken",)))
    assert [e.payload["text"] for e in entries] == ["note 0", "note 1", "note 2"]
    assert [e.seq for e in entries] == [2, 3, 4]
    assert entries[0].time < entries[1].time
    assert workspace.journal.head() == Checkpoint(4, entries[-1].hash)
    assert workspace.journal.audit() == []


def test_a_failing_append_adds_nothing(workspace):
    head = workspace.journal.head()
    with pytest.raises(TypeError):
        workspace.journal.append([Draft("note.taken", "a", {}), Draft("note.taken", "b", object())])
    assert workspace.journal.head() == head


_COLUMNS = ("time", "author", "kind", "subject", "payload", "prev_hash", "leaves", "hash")


@pytest.mark.parametrize("column", _COLUMNS)
def test_each_changed_byte_of_a_row_is_named(workspace, column):
    _fill(workspace, 3)
    with sqlite3.connect(workspace.path / STORE_NAME) as connection:
        query = f"SELECT {column} FROM journal_entry WHERE seq = 3"
        (value,) = connection.execute(query).fetchone()
    connection.close()
    for position in range(0, len(value), 1 + len(value) // 60):
        flipped = value[:position] + chr(ord(value[position]) ^ 1) + value[position + 1 :]
        _sql(workspace, f"UPDATE journal_entry SET {column} = ? WHERE seq = 3", flipped)
        first = workspace.journal.audit()[0]
        assert (first.seq, first.field) == (3, column), position
        with pytest.raises(WorkspaceError) as caught:
            list(workspace.journal.entries())
        assert caught.value.code == "NC-507"
        assert f"entry 3: field '{column}'" in caught.value.why
    _sql(workspace, f"UPDATE journal_entry SET {column} = ? WHERE seq = 3", value)
    assert workspace.journal.audit() == []


def test_cutting_off_the_end_is_noticed(workspace):
    _fill(workspace)
    _sql(workspace, "DELETE FROM journal_entry WHERE seq = 7")
    assert [d.what for d in workspace.journal.audit()] == [
        "1 entries are missing after entry 6, says journal_head",
        "1 entries are missing after entry 6, says case.anchor",
    ]
    entry = workspace.journal.entry(6)
    _sql(workspace, "UPDATE journal_head SET count = 6, hash = ?", entry.hash)
    (found,) = workspace.journal.audit()
    assert "case.anchor" in found.what
    with pytest.raises(WorkspaceError) as caught:
        workspace.journal.settle()
    assert caught.value.code == "NC-507"


def test_a_checkpoint_kept_elsewhere_beats_a_complete_forgery(workspace):
    _fill(workspace)
    kept = workspace.journal.head()
    anchor = workspace.path / ANCHOR_NAME
    _sql(workspace, "DELETE FROM journal_entry WHERE seq = 7")
    shorter = workspace.journal.entry(6)
    _sql(workspace, "UPDATE journal_head SET count = 6, hash = ?", shorter.hash)
    anchor.write_text(f'{{"count":6,"hash":"{shorter.hash}"}}\n')
    assert workspace.journal.audit() == [], "nothing inside the workspace can tell"
    assert len(workspace.journal.audit(against=kept)) == 1


def test_each_changed_byte_of_the_anchor_is_noticed(workspace):
    _fill(workspace)
    anchor = workspace.path / ANCHOR_NAME
    content = anchor.read_bytes()
    for position in range(len(content)):
        raw = bytearray(content)
        raw[position] ^= 1
        anchor.write_bytes(raw)
        found = workspace.journal.audit()
        assert found, position
        assert "case.anchor" in found[0].what
    anchor.unlink()
    assert [d.what for d in workspace.journal.audit()] == ["case.anchor is missing"]


def test_an_anchor_left_behind_by_a_kill_is_brought_up(workspace, clock):
    anchor = workspace.path / ANCHOR_NAME
    before = anchor.read_bytes()
    _fill(workspace, 2)
    anchor.write_bytes(before)
    workspace.close()
    with open_workspace(workspace.path, create=False, clock=clock) as again:
        assert again.journal.audit() == []
    assert anchor.read_bytes() != before


def test_no_flipped_byte_of_the_store_file_goes_unnoticed(workspace):
    """Each byte is either noticed or means nothing: then all entries read as before."""
    _fill(workspace, 3)
    path: Path = workspace.path / STORE_NAME
    content = path.read_bytes()
    entries = list(workspace.journal.entries())
    noticed = 0
    for position in range(0, len(content), 37):
        raw = bytearray(content)
        raw[position] ^= 0x11
        path.write_bytes(raw)
        if workspace.journal.audit():
            noticed += 1
        else:
            assert list(workspace.journal.entries()) == entries, position
    assert noticed > 50
    path.write_bytes(content)
    assert workspace.journal.audit() == []
