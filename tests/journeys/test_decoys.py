"""Marked documents, from making them to naming the one that was found, as a person does it."""

from __future__ import annotations

import io
import json
import stat
from pathlib import Path

import docx

from tests.traffic import Recording, client_hello, dns_query


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


def test_a_copy_that_is_used_raises_an_alert_and_a_hunt_finds_it(
    cli, investigate, tmp_path: Path
) -> None:
    made = cli("decoy", "make", "network-access", "--place", "share", "--copies", "3", "-w", "case",
               "-o", "out", "--domain", "corp.example", "--format", "txt", "--json")  # fmt: skip
    copies = json.loads(made.stdout)["batch"]["copies"]
    recording = Recording()
    used, name = copies[1], copies[1]["host"].encode()
    recording.datagram("10.1.0.17", "10.1.0.2", 40000, 53, dns_query(name))
    recording.session("10.1.0.17", "203.0.113.9", 40001, 443, [(True, client_hello(name))])
    body = (tmp_path / "out" / copies[2]["file"]).read_bytes()
    request = b"PUT /in/a.txt HTTP/1.1\r\nHost: drop.example\r\nContent-Type: text/plain\r\n"
    request += b"Content-Length: " + str(len(body)).encode() + b"\r\n\r\n" + body
    recording.session("10.1.0.18", "203.0.113.10", 40002, 80, [
        (True, request), (False, b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")
    ])  # fmt: skip
    (tmp_path / "a.pcap").write_bytes(recording.pcap())
    document = investigate(tmp_path / "a.pcap", options=["--home-net", "10.0.0.0/8"])
    found = {f["src_ips"][0]: f for f in document["findings"] if f["detector"] == "exfil_decoy"}
    assert set(found) == {"10.1.0.17", "10.1.0.18"}
    assert all(f["severity"] == "high" for f in found.values())
    assert found["10.1.0.17"]["facts"]["decoy"] == used["id"]
    assert found["10.1.0.18"]["facts"]["decoy"] == copies[2]["id"]
    assert document["incidents"]

    hunted = cli("hunt", "-w", "case", "--json")
    assert hunted.returncode == 1, hunted.stderr
    values = {i["value"] for i in json.loads(hunted.stdout)["seen"]}
    assert values == {used["host"], copies[2]["sha256"]}


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
