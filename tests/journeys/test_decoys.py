"""Marked documents, from making them to naming the one that was found, as a person does it."""

from __future__ import annotations

import io
import json
import stat
from pathlib import Path

import docx


def test_twenty_copies_and_the_one_that_came_back(cli, tmp_path: Path) -> None:
    people = "".join(f"Person {n}\n" for n in range(1, 20)) + "\u202eevil\x1b[31m\n"
    made = cli("decoy", "make", "board-paper", "--for", "-", "-o", "out", "-w", "ws",
               "--domain", "files.corp.example", "--json", stdin=people.encode())  # fmt: skip
    assert made.returncode == 0, made.stderr.decode()
    batch = json.loads(made.stdout)["batch"]
    assert len(batch["copies"]) == 20
    assert len({copy["sha256"] for copy in batch["copies"]}) == 20
    key = tmp_path / "ws/decoys/key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600

    wanted = batch["copies"][19]
    found = docx.Document(io.BytesIO((tmp_path / "out" / wanted["file"]).read_bytes()))
    retyped = "\n".join(p.text for p in found.paragraphs).lower().replace(wanted["token"], "")
    (tmp_path / "leak.txt").write_text(retyped, encoding="utf-8")
    traced = cli("decoy", "trace", "leak.txt", "-w", "ws")
    shown = traced.stdout.decode()
    assert traced.returncode == 1
    assert f"MADE FROM {wanted['id']}" in shown
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert max(map(len, shown.splitlines())) <= 100

    (tmp_path / "other.txt").write_text("The weather will be fine. " * 200)
    foreign = cli("decoy", "trace", "other.txt", "-w", "ws", "--json")
    assert foreign.returncode == 0
    assert json.loads(foreign.stdout)["trace"]["verdict"] == "no copy of ours"

    retired = cli("decoy", "retire", wanted["id"], "--reason", "came back", "-w", "ws")
    assert retired.returncode == 0
    listed = json.loads(cli("decoy", "list", "-w", "ws", "--json").stdout)
    assert listed["batches"][0]["retired"] == {wanted["id"]: "came back"}
    assert cli("decoy", "trace", "leak.txt", "-w", "ws").returncode == 1

    key.chmod(0o644)
    open_key = cli("decoy", "trace", "leak.txt", "-w", "ws")
    assert (open_key.returncode, b"NC-902" in open_key.stderr) == (4, True)
    key.chmod(0o600)
    script = tmp_path / "ws/decoys/dec-0001.json"
    script.write_bytes(script.read_bytes().replace(b"buyer", b"maker"))
    changed = cli("decoy", "trace", "leak.txt", "-w", "ws")
    assert (changed.returncode, b"NC-903" in changed.stderr) == (4, True)


def test_nothing_stays_of_what_could_not_be_made(cli, tmp_path: Path) -> None:
    for options, why in (
        (["board-paper", "-o", "out"], b"nobody is to get them"),
        (["nothing", "--place", "x", "-o", "out"], b"those that ship: board-paper"),
        (["salaries", "--place", "x", "--format", "pdf", "-o", "out"], b"becomes xlsx, csv"),
    ):
        failed = cli("decoy", "make", *options, "-w", "ws")
        assert failed.returncode == 2
        assert b"NC-901" in failed.stderr
        assert why in failed.stderr
        assert not (tmp_path / "out").exists()
    assert cli("decoy", "trace", "-", "-w", "ws", stdin=b"x").returncode == 4
