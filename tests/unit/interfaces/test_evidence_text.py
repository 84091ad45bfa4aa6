"""What the commands about evidence say on a terminal of a hundred columns."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from netcordon.interfaces.cli.main import cli
from tests import traffic

Say = Callable[..., str]


@pytest.fixture
def say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Say:
    """What ``netcordon …`` prints in a workspace of a folder with a capture ``c.pcap``."""
    monkeypatch.chdir(tmp_path)
    recording = traffic.Recording()
    packet = traffic.ip("198.51.100.7", "203.0.113.9", 17, traffic.udp(1, 2, b"x"))
    recording.frames.append((traffic.START_US, traffic.ethernet(packet)))
    (tmp_path / "c.pcap").write_bytes(recording.pcap())

    def call(*arguments: str) -> str:
        runner = CliRunner(env={"NETCORDON_WORKSPACE": str(tmp_path / "ws"), "COLUMNS": "100"})
        done = runner.invoke(cli, arguments, standalone_mode=False)
        assert done.exception is None, done.exception
        return done.stdout

    return call


def test_custody_reads_from_the_first_hand_to_the_last(say: Say) -> None:
    hostile = "Ida\x1b[2J\u202e"
    say("person", "add", "Ida", "--role", "it", "--no-passphrase", "--key-out", "ida.pem")
    sealed = say("evidence", "seal", "c.pcap", "--collector", hostile, "--place", "SPAN of core-1",
                 "--clock-offset", "-0.8")  # fmt: skip
    id_ = sealed.split()[1]
    assert "by Ida⟨U+001B⟩[2J⟨U+202E⟩, at SPAN of core-1" in sealed
    assert "its clock was 0.8 s behind" in sealed
    given = say("evidence", "hand-over", id_, "--to", "CERT", "--reason", "r", "--key", "ida.pem")
    assert "IN DOUBT: CERT has not confirmed it" in given
    hand = given.split("netcordon evidence receive ")[1].split()[0]
    told = say("evidence", "custody")
    assert "handed over by Ida, signed" in told
    assert hand not in told
    assert max(map(len, told.splitlines())) <= 100
    head = say("evidence", "head")
    assert len(head.splitlines()) == 6
    assert all(len(word) == 5 for word in head.splitlines()[2].split())
    verified = say("verify", "--head", head.split()[1])
    assert "The journal goes on from the head that was given." in verified
    asked = say("evidence", "stamp", "--request", "q")
    assert "netcordon evidence stamp --response ANSWER" in asked


def test_what_leaves_says_what_it_still_tells(say: Say) -> None:
    id_ = say("evidence", "seal", "c.pcap", "--collector", "Ida").split()[1]
    packed = say("evidence", "package", id_, "-o", "p.zip", "--unencrypted")
    assert "ANYBODY: it is not encrypted" in packed
    assert "nobody (--key)" in packed
    opened = say("evidence", "open", "p.zip", "-o", "bag")
    assert "All that it claims holds." in opened
    assert "nobody signed it: ask the sender" in opened
    copied = say("evidence", "anonymise", "c.pcap", "-o", "a.pcapng", "--key-file", "k")
    assert "1 frame," in " ".join(copied.split())
    assert "TCP options and timestamps" in copied
    assert f"as made of {id_}" in copied
    again = say("evidence", "anonymise", "c.pcap", "-o", "b.pcapng", "--key-file", "k", "--payload",
                "cut", "--keep-oui")  # fmt: skip
    assert "the same names and addresses as in other copies" in again
    assert "who made each network card" in again
    assert "public suffixes" not in again


def test_a_plan_of_a_recording_can_be_typed(say: Say) -> None:
    told = say("capture", "plan", "-i", "eth1", "--filter", "port 53", "--switch", "junos",
               "--source", "ge-0/0/1", "--destination", "ge-0/0/47")  # fmt: skip
    for label in ("Record", "Ring", "To expect", "Switch", "Check", "Undo", "Caution", "Then"):
        assert f"\n{label} " in f"\n{told}" or f"\n{label}\n" in told, label
    assert (
        "            set forwarding-options analyzer netcordon output interface ge-0/0/47.0" in told
    )
    assert "not told: no evidence here shows what is normal" in told
    assert "cisco-nxos" in say("capture", "plan", "-i", "x", "--switch", "list")


def test_timelines_say_what_they_hold(say: Say, tmp_path: Path) -> None:
    line = '{"message":"m","datetime":"2026-11-21T03:10:00+01:00","timestamp_desc":"d"}\n'
    (tmp_path / "t.jsonl").write_text(line + "broken\n")
    taken = say("timeline", "import", "t.jsonl")
    assert "1 event" in taken
    assert "1 line: not a JSON object" in taken
    written = say("timeline", "export", "--format", "plaso-jsonl", "-o", "o")
    assert "1 event," in written
    assert "2026-11-21T03:10:00+01:00 to" in written
