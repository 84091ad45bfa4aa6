import os
import signal
import stat
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path

import pytest

from netcordon.casefile.config import TEMPLATE
from netcordon.casefile.workspace import is_workspace, open_workspace
from netcordon.errors import WorkspaceError

_OPEN = """
import sys
from datetime import UTC, datetime
from netcordon.casefile.workspace import open_workspace
from netcordon.errors import WorkspaceError
try:
    ws = open_workspace(sys.argv[1], create=True, clock=lambda: datetime(2026, 1, 1, tzinfo=UTC))
except WorkspaceError as error:
    sys.exit(error.code)
"""


def _code(*arguments, **options):
    with pytest.raises(WorkspaceError) as caught:
        open_workspace(*arguments, **options)
    assert caught.value.hint, "an error says what to try"
    return caught.value.code


def test_a_new_workspace_is_private_and_complete(workspace):
    assert stat.S_IMODE(workspace.path.stat().st_mode) == 0o700
    names = {p.name for p in workspace.path.iterdir()}
    assert names == {
        ".lock", "netcordon.toml", "evidence", "lake", "reports", "case.sqlite", "case.anchor",
    }  # fmt: skip
    for name in ("case.sqlite", "case.anchor", "netcordon.toml"):
        assert stat.S_IMODE((workspace.path / name).stat().st_mode) == 0o600
    assert (workspace.path / "netcordon.toml").read_text() == TEMPLATE
    assert workspace.journal.head().count == 1


def test_a_workspace_opens_again_with_what_was_written(workspace, clock):
    head = workspace.journal.head()
    workspace.close()
    with open_workspace(workspace.path, create=False, clock=clock) as again:
        assert again.journal.head() == head


def test_a_second_run_is_told_who_holds_it(workspace, clock):
    with pytest.raises(WorkspaceError) as caught:
        open_workspace(workspace.path, create=True, clock=clock)
    assert caught.value.code == "NC-502"
    assert f"process {os.getpid()} on" in caught.value.why
    assert "since 2026-03-01T12:00:01" in caught.value.why


def test_reading_works_beside_a_run(workspace, clock):
    with open_workspace(workspace.path, create=False, clock=clock, readonly=True) as reader:
        assert reader.journal.head() == workspace.journal.head()
        with pytest.raises(WorkspaceError):
            reader.register.tables_lost("ev-1", "a reader must not write")


def test_a_killed_run_does_not_hold_the_workspace(tmp_path, clock):
    code = _OPEN + "\nprint('held', flush=True)\nimport time; time.sleep(60)\n"
    run = subprocess.Popen([sys.executable, "-c", code, tmp_path / "ws"], stdout=subprocess.PIPE)
    assert run.stdout.readline() == b"held\n"
    assert _code(tmp_path / "ws", create=True, clock=clock) == "NC-502"
    run.send_signal(signal.SIGKILL)
    run.communicate()
    open_workspace(tmp_path / "ws", create=True, clock=clock).close()


def test_what_is_no_workspace_is_left_alone(tmp_path, clock):
    assert _code(tmp_path / "absent", create=False, clock=clock) == "NC-501"
    assert not (tmp_path / "absent").exists()
    (tmp_path / "lake").mkdir()
    assert _code(tmp_path, create=True, clock=clock) == "NC-501"
    assert [p.name for p in tmp_path.iterdir()] == ["lake"]
    (tmp_path / "file").write_text("x")
    assert _code(tmp_path / "file", create=True, clock=clock) == "NC-501"
    assert _code(tmp_path / "file" / "below", create=True, clock=clock) == "NC-501"


@pytest.mark.parametrize("stage", range(5))
def test_a_creation_that_was_killed_is_completed(tmp_path, clock, stage):
    root = tmp_path / "ws"
    open_workspace(root, create=True, clock=clock).close()
    # Undo the steps of a creation from the last to the first.
    for name in ["case.anchor", "case.sqlite", "reports", "lake", "netcordon.toml"][: stage + 1]:
        path = root / name
        path.rmdir() if path.is_dir() else path.unlink()
    if stage == 4:
        (root / "evidence").rmdir()
    with open_workspace(root, create=True, clock=clock) as again:
        assert is_workspace(root)
        assert again.journal.audit() == []
        assert again.journal.head().count == 1


def test_a_missing_store_never_costs_the_tables(tmp_path, clock):
    root = tmp_path / "ws"
    open_workspace(root, create=True, clock=clock).close()
    table = root / "lake" / "evidence_id=ev-1" / "x.parquet"
    table.parent.mkdir()
    table.write_bytes(b"rows")
    (root / "case.anchor").rename(tmp_path / "anchor")
    assert _code(root, create=True, clock=clock) == "NC-507"
    (tmp_path / "anchor").rename(root / "case.anchor")
    (root / "case.sqlite").unlink()
    assert _code(root, create=True, clock=clock) == "NC-503"
    assert _code(root, create=True, clock=clock, readonly=True) == "NC-503"
    assert table.exists()


def test_a_store_that_is_no_database_is_said(tmp_path, clock):
    root = tmp_path / "ws"
    open_workspace(root, create=True, clock=clock).close()
    (root / "case.sqlite").write_bytes(b"not a database, " * 1000)
    assert _code(root, create=True, clock=clock) == "NC-503"
    assert _code(root, create=True, clock=clock, readonly=True) == "NC-503"


def test_a_later_version_is_refused(workspace, clock):
    with workspace._engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA user_version=99")
    workspace.close()
    assert _code(workspace.path, create=True, clock=clock) == "NC-508"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[organisation\n", "line 1"),
        ("[organization]\n", "unknown section 'organization'"),
        ("[organisation]\nhome_net = []\n", "unknown key organisation.home_net"),
        ('[organisation]\nhome_nets = ["10.0.0.0/33"]\n', "'10.0.0.0/33' is no network"),
        ('[organisation]\nhome_nets = ["::/0"]\n', "is every address there is"),
        ("[organisation]\nhome_nets = [1]\n", "1 is no network"),
        ('[organisation]\nhome_nets = "10.0.0.0/8"\n', "not a list"),
        ('[report]\ntlp = "pink"\n', "'pink' is none of"),
        ("[organisation]\nname = 3\n", "not a text"),
    ],
)
def test_wrong_settings_are_named(workspace, clock, text, why):
    workspace.close()
    (workspace.path / "netcordon.toml").write_text(text)
    with pytest.raises(WorkspaceError) as caught:
        open_workspace(workspace.path, create=True, clock=clock)
    assert caught.value.code == "NC-506"
    assert why in caught.value.why


def test_settings_are_read(workspace, clock):
    workspace.close()
    text = TEMPLATE.replace("# name =", "name =", 1).replace("# home_nets =", "home_nets =")
    (workspace.path / "netcordon.toml").write_text(text.replace("# tlp =", "tlp ="))
    with open_workspace(workspace.path, create=False, clock=clock) as again:
        assert again.config.name == "Example Ltd"
        assert again.config.home_nets[-1] == "fd00::/8"
        assert again.config.tlp.value == "TLP:AMBER"


def test_a_name_that_is_no_utf8_works(tmp_path, clock):
    root = tmp_path / b"caf\xe9 #?%\n".decode("utf-8", "surrogateescape")
    with open_workspace(root, create=True, clock=clock) as opened:
        assert opened.journal.audit() == []


def test_without_rights_the_error_says_so():
    # Root may do anything, so the attempt is made as nobody, below a folder that nobody may not
    # write.
    drop = "import os\nif os.geteuid() == 0: os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
    code = _OPEN.replace("try:", drop + "try:", 1)
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o555)
        root = f"{name}/ws"
        done = subprocess.run([sys.executable, "-c", code, root], capture_output=True, text=True)
    assert done.stderr.strip() == "NC-504"


@pytest.mark.engines
def test_a_full_disk_is_said_and_nothing_is_half_written(tmp_path):
    script = f"""
import pathlib, sys
from datetime import UTC, datetime
from netcordon.casefile.journal import Draft
from netcordon.casefile.workspace import open_workspace
from netcordon.errors import WorkspaceError
clock = lambda: datetime(2026, 1, 1, tzinfo=UTC)
root = pathlib.Path({str(tmp_path)!r}) / "ws"
with open_workspace(root, create=True, clock=clock) as ws:
    done = 0
    try:
        while True:
            ws.journal.append([Draft("note.taken", "n", {{"text": "x" * 5000}})])
            done += 1
    except WorkspaceError as error:
        assert error.code == "NC-505", error
    assert done
    (root / "filler").unlink(missing_ok=True)
    assert ws.journal.audit() == [], ws.journal.audit()
    print(done, ws.journal.head().count)
"""
    mount = 'mount -t tmpfs -o size=256k none "$1" && exec "$2" -c "$3"'
    done = subprocess.run(
        [
            "unshare",
            "--mount",
            "--map-root-user",
            "sh",
            "-c",
            mount,
            "-",
            tmp_path,
            sys.executable,
            script,
        ],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    appended, count = map(int, done.stdout.split())
    assert count in (appended + 1, appended + 2), "an entry whose anchor found no room still counts"


def test_the_clock_must_have_a_zone(tmp_path):
    naive = datetime(2026, 1, 1)
    with pytest.raises(ValueError, match="zone"):
        open_workspace(tmp_path / "ws", create=True, clock=lambda: naive)
