"""An archive in a folder and in a bucket: damage is named, holds beat deletion, answers stay."""

from __future__ import annotations

import importlib.util
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from netcordon.casefile.workspace import open_workspace
from tests.conftest import REQUIRE_ENGINES
from tests.journeys.in_process import run
from tests.unit.archive.filled import a_day, clock, day_of, declare, take_in

PEER = "192.0.2.9"


def _filled(top: Path, archive: str) -> Path:
    """A workspace with three days, whose second also shows a peer of its own."""
    workspace = top / "ws"
    with open_workspace(workspace, create=True, clock=clock) as opened:
        for number in range(3):
            original = top / f"day{number}.log"
            original.write_text(f"day {number}\n", encoding="utf-8")
            take_in(opened, original, a_day(number, peer=PEER if number == 1 else "192.0.2.1"))
    declare(workspace, archive)
    return workspace


def _flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def test_damage_is_named_and_what_was_moved_comes_back(tmp_path: Path) -> None:
    workspace = _filled(tmp_path, '[archive]\nplace = "../archive"\n')
    before = run(workspace, "hunt", PEER)
    put = run(workspace, "archive", "put", "--move", "--older-than", "0", "--sensor", "tap")
    assert [line["moved"] for line in put["archive"]["put"]] == [True] * 3
    after = run(workspace, "hunt", PEER)
    assert after["seen"] == before["seen"]
    assert after["archive"]["files_excluded"] >= 4

    (never,) = {c["sensor"] for c in run(workspace, "archive", "check")["archive"]["coverage"]}
    assert never == "tap"
    drilled = run(workspace, "archive", "drill", "--day", f"{day_of(1):%Y-%m-%d}")["archive"]
    (one,) = drilled["drill"]["segments"]
    assert (drilled["ok"], one["rows"], one["known"], one["found"]) == (True, 3, 2, 2)
    assert one["original"] == "proved"
    assert (tmp_path / "archive" / drilled["proof"]).is_file()

    (file,) = (tmp_path / "archive").glob(
        f"data/*/network_activity/day={day_of(1):%Y-%m-%d}/*.parquet"
    )
    _flip(file)
    name = file.relative_to(tmp_path / "archive").as_posix()
    assert not run(workspace, "archive", "check")["archive"]["damaged"]  # sizes tell nothing
    checked = run(workspace, "archive", "check", "--hashes")
    assert [(d["name"], d["state"]) for d in checked["archive"]["damaged"]] == [(name, "changed")]
    assert checked["_status"] == 1
    failed = run(workspace, "archive", "drill", "--day", f"{day_of(1):%Y-%m-%d}")
    assert (failed["archive"]["ok"], failed["_status"]) == (False, 1)
    assert name in failed["archive"]["drill"]["segments"][0]["problems"][0]
    assert run(workspace, "archive", "check")["archive"]["drill_ok"] is False
    refused = run(workspace, "archive", "restore", "--day", f"{day_of(1):%Y-%m-%d}")
    assert refused["error"]["code"] == "NC-564"
    _flip(file)
    restored = run(workspace, "archive", "restore", "--day", f"{day_of(1):%Y-%m-%d}")
    assert len(restored["restored"]) == 1
    assert len(list((workspace / "lake").glob("evidence_id=*"))) == 1
    out = tmp_path / "out"
    handed = run(workspace, "archive", "restore", "--day", f"{day_of(2):%Y-%m-%d}", "-o", str(out))
    assert Path(handed["restored"][0]["original"]).read_text(encoding="utf-8") == "day 2\n"
    file.unlink()
    proved = run(workspace, "verify")
    assert (proved["ok"], proved["archived"]) == (True, 2)
    assert run(workspace, "archive", "find", PEER)["error"]["code"] == "NC-564"
    (tmp_path / "archive").rename(tmp_path / "elsewhere")
    assert run(workspace, "hunt", PEER)["error"]["code"] == "NC-561"


def test_a_hold_beats_deletion_and_deletion_is_remembered(tmp_path: Path) -> None:
    workspace = _filled(tmp_path, '[archive]\nplace = "../archive"\n[retention]\ndays = 200\n')
    run(workspace, "archive", "put")
    run(workspace, "case", "new", "A complaint")
    days = ("--since", f"{day_of(1):%Y-%m-%d}")
    assert run(workspace, "archive", "hold", *days)["error"]["code"] == "NC-569"  # no reason
    (hold,) = run(workspace, "archive", "hold", "--reason", "court", *days)["holds"]
    due = run(workspace, "archive", "expire")
    assert (due["_status"], len(due["archive"]["due"])) == (1, 3)
    assert [bool(line["holds"]) for line in due["archive"]["due"]].count(True) == 1
    objects = {p: p.read_bytes() for p in (tmp_path / "archive" / "data").rglob("*.parquet")}
    assert run(workspace, "archive", "expire", "--yes")["archive"]["deleted"]
    left = next(path for path in sorted(objects) if not path.exists())
    left.write_bytes(objects[left])  # as if it had been killed before the last objects went
    run(workspace, "archive", "expire", "--yes")
    assert not left.exists()
    rest = run(workspace, "archive", "check", "--hashes")["archive"]
    assert (rest["segments"], rest["rows"], rest["damaged"]) == (3, 3, [])
    assert [one["id"] for one in rest["holds"]] == [hold["id"]]
    assert run(workspace, "archive", "expire")["_status"] == 0
    assert run(workspace, "archive", "find", PEER)["hits"] == 1
    released = run(workspace, "archive", "hold", "--release", hold["id"], "--reason", "settled")
    assert released["holds"][0]["released_why"] == "settled"
    again = run(workspace, "archive", "hold", "--release", hold["id"], "--reason", "settled")
    assert again["error"]["code"] == "NC-566"
    run(workspace, "archive", "expire", "--yes")
    gone = run(workspace, "archive", "find", PEER)
    assert (gone["hits"], gone["archive"]["files"]) == (0, 0)
    assert not list((tmp_path / "archive" / "data").rglob("*.parquet"))
    assert run(workspace, "hunt", PEER)["hits"] == 1  # the workspace kept its own


@pytest.fixture
def bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, int]]:
    """A bucket on an S3 server of its own: its endpoint, and the process that serves it."""
    if importlib.util.find_spec("moto") is None:
        (pytest.fail if REQUIRE_ENGINES else pytest.skip)("moto, an S3 server, is not installed")
    for name, value in (
        ("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "testtest"),
        ("AWS_EC2_METADATA_DISABLED", "true"), ("NETCORDON_CACHE", str(tmp_path / "cache")),
    ):  # fmt: skip
        monkeypatch.setenv(name, value)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with (tmp_path / "moto.log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log)
    endpoint = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                _put(f"{endpoint}/bucket", b"")
                break
            except OSError:
                assert server.poll() is None, (tmp_path / "moto.log").read_text()
                assert time.monotonic() < deadline
                time.sleep(0.2)
        yield endpoint, server.pid
    finally:
        server.kill()
        server.wait()


def _put(url: str, content: bytes) -> None:
    request = urllib.request.Request(url, data=content, method="PUT")
    with urllib.request.urlopen(request, timeout=10):
        pass


@pytest.mark.engines
def test_a_bucket_answers_like_a_folder(tmp_path: Path, bucket: tuple[str, int]) -> None:
    endpoint, server = bucket
    workspace = _filled(
        tmp_path,
        f'[archive]\nplace = "s3://bucket/team"\nendpoint = "{endpoint}"\nregion = "us-east-1"\n',
    )
    before = run(workspace, "hunt", PEER)
    put = run(workspace, "archive", "put", "--move", "--older-than", "0")
    assert len(put["archive"]["put"]) == 3
    assert not list((workspace / "lake").glob("evidence_id=*"))
    after = run(workspace, "hunt", PEER)
    assert after["seen"] == before["seen"]
    fetched = sorted(p.parts[-2] for p in (tmp_path / "cache").rglob("*.parquet"))
    assert set(fetched) == {f"day={day_of(1):%Y-%m-%d}"}  # of the day that shows it alone
    checked = run(workspace, "archive", "check", "--hashes")["archive"]
    assert (checked["damaged"], checked["hashed"]) == ([], 3 * 4)
    assert run(workspace, "archive", "drill")["archive"]["ok"]
    later = (day_of(2) + timedelta(hours=1)).isoformat()
    rows = run(workspace, "archive", "find", PEER, "--since", later)
    assert rows["hits"] == 0

    entry = next(f for f in _names(endpoint) if "network_activity" in f and "05-03" in f)
    _put(f"{endpoint}/bucket/{entry}", b"PAR1 something else")
    (damage,) = run(workspace, "archive", "check")["archive"]["damaged"]
    assert entry.endswith(damage["name"])
    wrong = run(workspace, "archive", "restore", "--day", f"{day_of(2):%Y-%m-%d}")
    assert wrong["error"]["code"] == "NC-564"
    assert (
        len(run(workspace, "archive", "restore", "--day", f"{day_of(1):%Y-%m-%d}")["restored"]) == 1
    )
    os.kill(server, 9)
    assert run(workspace, "archive", "check")["error"]["code"] == "NC-561"


def _names(endpoint: str) -> list[str]:
    with urllib.request.urlopen(f"{endpoint}/bucket?list-type=2", timeout=10) as answer:
        text = answer.read().decode()
    return [part.split("</Key>")[0] for part in text.split("<Key>")[1:]]
