import gzip
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from netcordon.evidence.discover import Discovery, discover
from netcordon.settings import DecodeLimits
from tests.unit.evidence.captures import pcap

pytestmark = pytest.mark.usefixtures("pcap_parser")


def _discover(*given: object) -> Discovery:
    return discover([str(name) for name in given], limits=DecodeLimits())


def _names(result: Discovery, root: Path) -> list[str]:
    return [os.path.relpath(found.path, root) for found in result.found]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("b.pcap", "a.dat", "deep/er/c.pcap", ".hidden/d.pcap"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pcap() + name.encode())
    (tmp_path / "packed.gz").write_bytes(gzip.compress(pcap()))
    (tmp_path / "notes.txt").write_text("call the provider")
    (tmp_path / "empty.pcap").touch()
    (tmp_path / "odd.bin").write_bytes(b"\x7fELF\2\1\1\0rest")
    (tmp_path / "zeros.log").write_bytes(bytes(70_000))
    return tmp_path


def test_a_folder_gives_its_evidence_sorted_and_says_what_it_passed_over(tree):
    result = _discover(tree)
    assert _names(result, tree) == [
        "a.dat", "b.pcap", "packed.gz", ".hidden/d.pcap", "deep/er/c.pcap",
    ]  # fmt: skip
    assert {f.kind for f in result.found} == {"pcap"}
    assert [(Path(p.path).name, p.reason) for p in result.unrecognised] == [
        ("empty.pcap", "it is empty"),
        ("notes.txt", "it is text of no known kind, which a mapping can make readable"),
        ("odd.bin", "its first bytes are 7f 45 4c 46 02 01 01 00"),
        ("zeros.log", "it begins with zeros or blanks alone"),
    ]
    assert (result.errors, result.skipped) == ([], [])


def test_a_file_that_was_named_must_be_evidence(tree):
    result = _discover(tree / "notes.txt", tree / "empty.pcap", tree / "absent", tree / "b.pcap")
    assert [e.code for e in result.errors] == ["NC-103", "NC-104", "NC-101"]
    assert _names(result, tree) == ["b.pcap"], "the rest goes on"


def test_archives_that_are_not_unpacked_are_named(tree):
    (tree / "x.xz").write_bytes(b"\xfd7zXZ\x00rest")
    (tree / "twice.gz").write_bytes(gzip.compress(gzip.compress(pcap())))
    xz, twice = _discover(tree / "x.xz", tree / "twice.gz").errors
    assert "packed with xz" in xz.why
    assert xz.hint == "xz -d, then again"
    assert "twice" in twice.why


def test_each_file_once_however_it_is_named(tree):
    (tree / "link.pcap").symlink_to("b.pcap")
    os.link(tree / "b.pcap", tree / "hard.pcap")
    result = _discover(tree / "b.pcap", tree / "b.pcap", tree, tree)
    assert _names(result, tree).count("b.pcap") == 1
    assert not {"link.pcap", "hard.pcap"} & set(_names(result, tree))
    assert len([s for s in result.skipped if "the same file as" in s.reason]) == 4


def test_loops_end(tree):
    (tree / "deep" / "up").symlink_to(tree)
    (tree / "deep" / "self").symlink_to("self")
    result = _discover(tree)
    assert len(result.found) == 5
    assert [s.reason for s in result.skipped] == ["the folder was already visited"]
    assert [e.code for e in result.errors] == ["NC-102"]


def test_patterns_are_expanded_when_the_shell_did_not(tree):
    assert _names(_discover(f"{tree}/*.pcap"), tree) == ["b.pcap"]
    assert _names(_discover(f"{tree}/**/*.pcap"), tree) == [
        ".hidden/d.pcap", "b.pcap", "deep/er/c.pcap",
    ]  # fmt: skip
    (error,) = _discover(f"{tree}/*.nothing").errors
    assert error.code == "NC-101"
    (tree / "a[1].pcap").write_bytes(pcap() + b"literal")
    assert _names(_discover(tree / "a[1].pcap"), tree) == ["a[1].pcap"], (
        "a name comes before a pattern"
    )


def test_hostile_names_survive(tree):
    names = ["new\nline.pcap", "\x1b[31mred.pcap", "caf\udce9.pcap", " -rf.pcap", "‮txt.pcap"]
    for number, name in enumerate(names):
        (tree / name).write_bytes(pcap() + bytes([number]))
    assert set(names) < set(_names(_discover(tree), tree))
    result = _discover(*(tree / f"absent{name}" for name in names))
    assert all(str(error).isprintable() for error in result.errors)
    assert len(result.errors) == len(names)
    assert _discover("a\0b").errors[0].code == "NC-101"
    assert _discover("").errors[0].code == "NC-101"


def test_sockets_pipes_and_devices_in_folders_are_skipped_aloud(tree):
    os.mkfifo(tree / "fifo")
    (tree / "null").symlink_to("/dev/null")
    with socket.socket(socket.AF_UNIX) as unix:
        unix.bind(str(tree / "socket"))
        result = _discover(tree)
    assert [s.reason for s in result.skipped] == [
        "it is a pipe",
        "it is a device",
        "it is a socket",
    ]
    assert len(result.found) == 5


def test_streams_that_were_named_are_taken_untouched(tree):
    os.mkfifo(tree / "fifo")
    result = _discover("-", tree / "fifo", "-")
    assert [(f.path, f.kind, f.bytes) for f in result.found] == [
        ("-", None, None), (str(tree / "fifo"), None, None),
    ]  # fmt: skip
    assert result.skipped[0].reason == "named twice"
    (error,) = _discover("/dev/null").errors
    assert error.code == "NC-105"


def test_a_file_called_dash_is_no_standard_input(tree, monkeypatch):
    monkeypatch.chdir(tree)
    (tree / "-").write_bytes(pcap() + b"dash")
    assert [f.path for f in _discover("[-]").found] == ["./-"]
    assert [f.path for f in _discover("./-").found] == ["./-"]


def test_a_workspace_in_a_folder_is_left_out(tree, workspace):
    (workspace.evidence_dir / "copy.pcap").write_bytes(pcap() + b"copy")
    result = _discover(tree)
    assert len(result.found) == 5
    assert [s.reason for s in result.skipped] == ["it is a workspace of netcordon"]


def test_folders_nested_beyond_any_stack_are_walked():
    top = tempfile.mkdtemp()
    try:
        folder = os.open(top, os.O_RDONLY)
        for _ in range(1500):
            os.mkdir("d", dir_fd=folder)
            below = os.open("d", os.O_RDONLY, dir_fd=folder)
            os.close(folder)
            folder = below
        os.close(folder)
        (Path(top) / "x.pcap").write_bytes(pcap())
        assert _names(_discover(top), Path(top)) == ["x.pcap"]
    finally:  # Python cannot remove what it could not walk by recursion
        subprocess.run(["rm", "-rf", top], check=True)


def test_what_may_not_be_read_is_an_error_and_the_rest_goes_on():
    # Root may read anything, so the attempt is made as nobody.
    script = """
import os, sys
from netcordon.evidence.discover import discover
from netcordon.evidence.recognise import recognise
from netcordon.settings import DecodeLimits
recognise(b"x")  # loads what it needs: nobody may not read where Python lies
if os.geteuid() == 0: os.setgroups([]); os.setgid(65534); os.setuid(65534)
result = discover([sys.argv[1]], limits=DecodeLimits())
print([(e.code, os.path.basename(e.what.split("'")[1])) for e in result.errors])
print([os.path.basename(p.path) for p in result.unrecognised])
"""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        (root / "secret").mkdir(mode=0o000)
        (root / "file").write_bytes(b"x")
        (root / "file").chmod(0o000)
        (root / "open").write_bytes(b"x")
        (root / "open").chmod(0o444)
        root.chmod(0o755)
        done = subprocess.run([sys.executable, "-c", script, name], capture_output=True, text=True)
        (root / "secret").chmod(0o700)
    assert done.stdout.splitlines() == [
        "[('NC-102', 'file'), ('NC-102', 'secret')]",
        "['open']",
    ], done.stderr
