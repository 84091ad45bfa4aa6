"""Sealing, hands that evidence goes through, the journal's head and its time stamps."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netcordon.model.proquint import from_proquints, proquints
from tests.journeys.in_process import run
from tests.unit.evidence.tsa import StampAuthority

Run = Callable[..., dict[str, Any]]


@pytest.fixture
def netcordon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """``netcordon …`` in a workspace with three people, whose keys stand in the folder."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> dict[str, Any]:
        return run(tmp_path / "ws", *arguments)

    for name in ("Ida", "Otto", "Mia"):
        key = ("--key-out", f"{name.lower()}.pem", "--no-passphrase")
        call("person", "add", name, "--role", "it", "--user", f"u-{name.lower()}", *key)
    return call


@pytest.fixture
def sealed(netcordon: Run, tmp_path: Path) -> dict[str, Any]:
    """A sealed memory image of which a copy is kept."""
    (tmp_path / "memory.img").write_bytes(b"a page of memory" * 4096)
    (item,) = netcordon(
        "evidence", "seal", "memory.img", "--collector", "Ida", "--place", "PC-042", "--keep",
        "--tool", "avml 0.14", "--clock-offset", "-0.8",
        "--from", "2026-11-20T01:00:00Z", "--to", "2026-11-20T01:04:00Z",
    )["evidence"]  # fmt: skip
    return dict(item)


def test_a_sealed_file_of_any_kind_is_proved_from_then_on(
    netcordon: Run, sealed: dict[str, Any], tmp_path: Path
) -> None:
    content = (tmp_path / "memory.img").read_bytes()
    assert sealed["sha256"] == hashlib.sha256(content).hexdigest()
    assert sealed["id"] == f"ev-{sealed['sha256'][:16]}"
    assert sealed["acquisition"]["clock_offset_s"] == -0.8
    assert sealed["acquisition"]["started_time"] == "2026-11-20T01:00:00.000000Z"
    kept = tmp_path / "ws" / "evidence" / "sealed" / sealed["sha256"]
    assert kept.read_bytes() == content
    assert kept.stat().st_mode & 0o777 == 0o400
    # The original may go: the copy is there.
    (tmp_path / "memory.img").unlink()
    assert netcordon("verify")["evidence"] == 1
    kept.chmod(0o600)
    kept.write_bytes(content[:-1] + b"X")
    (problem,) = netcordon("verify")["problems"]
    assert (problem["part"], problem["state"], problem["subject"]) == (
        "evidence", "changed", str(kept),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("nothing", "--collector", "Ida"), "NC-101"),
        ((".", "--collector", "Ida"), "NC-105"),
        (("ida.pem", "--collector", " "), "NC-801"),
        (("ida.pem", "--collector", "Ida", "--to", "2999-01-01"), "NC-541"),
        (("ida.pem", "--collector", "Ida", "--from", "2026-02-02", "--to", "2026-02-01"), "NC-541"),
        (("ida.pem", "--collector", "Ida", "--clock-offset", "nan"), "NC-541"),
    ],
)
def test_what_cannot_be_so_is_not_sealed(
    netcordon: Run, arguments: tuple[str, ...], code: str
) -> None:
    assert netcordon("evidence", "seal", *arguments)["error"]["code"] == code
    assert netcordon("evidence", "custody")["evidence"] == []


def test_evidence_changes_hands_under_two_signatures(
    netcordon: Run, sealed: dict[str, Any], tmp_path: Path
) -> None:
    given_ = netcordon(
        "evidence", "hand-over", sealed["id"], "--to", "Otto", "--reason", "analysis",
        "--key", "ida.pem",
    )  # fmt: skip
    (item,) = given_["evidence"]
    assert item["holder"] == "Otto"
    assert item["doubts"] == ["Otto has not confirmed it"]
    assert netcordon("evidence", "custody")["_status"] == 1

    hand = given_["hand_over"]
    others = netcordon("evidence", "receive", hand, "--key", "mia.pem")["error"]
    assert (others["code"], others["why"]) == ("NC-543", "it was handed to Otto")
    (tmp_path / "other.img").write_bytes(b"another image")
    wrong = netcordon("evidence", "receive", hand, "other.img", "--key", "otto.pem")["error"]
    assert wrong["code"] == "NC-544"
    taken = netcordon("evidence", "receive", hand, "memory.img", "--key", "otto.pem")
    assert taken["evidence"][0]["doubts"] == []
    assert taken["evidence"][0]["events"][-1]["said"] == "from Ida; hash checked"
    twice = netcordon("evidence", "receive", hand, "--key", "otto.pem")["error"]
    assert twice["why"] == "Otto has received it already"

    # Who does not have it cannot give it away without that being seen.
    gap = netcordon(
        "evidence", "hand-over", sealed["sha256"], "--to", "CERT desk", "--reason", "court",
        "--key", "mia.pem",
    )["evidence"][0]  # fmt: skip
    assert gap["doubts"] == [
        "Otto had it, not Mia: a hand-over is missing", "CERT desk has not confirmed it",
    ]  # fmt: skip
    assert netcordon("evidence", "custody", "ev-0000000000000000")["error"]["code"] == "NC-542"
    assert netcordon("verify")["ok"]


def test_nobody_receives_from_oneself_and_a_revoked_key_gives_nothing(
    netcordon: Run, sealed: dict[str, Any]
) -> None:
    give = ("evidence", "hand-over", sealed["id"], "--reason", "r", "--key", "ida.pem")
    hand = netcordon(*give, "--to", "whoever comes")["hand_over"]
    own = netcordon("evidence", "receive", hand, "--key", "ida.pem")["error"]
    assert own["why"] == "one cannot receive from oneself"
    assert len(netcordon("evidence", "custody")["evidence"][0]["events"]) == 2
    netcordon("person", "revoke", "Ida", "--reason", "lost", "--compromised")
    assert netcordon(*give, "--to", "Otto")["error"]["code"] == "NC-833"
    doubts = netcordon("evidence", "custody")["evidence"][0]["doubts"]
    assert doubts[0] == "the key of Ida was compromised then: lost"


@given(st.binary(min_size=0, max_size=32).filter(lambda b: len(b) % 2 == 0 and b))
def test_words_for_the_telephone_give_the_same_digits_again(digest: bytes) -> None:
    assert from_proquints(proquints(digest.hex()).upper()) == digest.hex()


def test_words_are_those_of_the_proposal() -> None:
    # Wilkerson 2009: 127.0.0.1 and 63.84.220.193
    assert proquints("7f000001") == "lusab-babad"
    assert proquints("3f54dcc1") == "gutih-tugad"
    with pytest.raises(ValueError, match="xusab"):
        from_proquints("xusab-babad")


def test_the_head_kept_elsewhere_and_the_stamps_prove_the_journal(
    netcordon: Run, tmp_path: Path, engine_program: Callable[[str], str]
) -> None:
    engine_program("openssl")
    (tmp_path / "tsa").mkdir()
    (tmp_path / "other").mkdir()
    authority = StampAuthority(tmp_path / "tsa")
    StampAuthority(tmp_path / "other")
    early = netcordon("evidence", "head")["head"]
    for kept in (early["text"], early["spoken"].replace("-", " - ").upper()):
        assert netcordon("verify", "--head", kept)["ok"]
    assert netcordon("verify", "--head", "12:abc")["error"]["code"] == "NC-545"

    # Over HTTP, with the certificate known: proved at once.
    with authority.listening() as url:
        stamp = netcordon("evidence", "stamp", "--url", url, "--ca", "tsa/ca.pem")["stamp"]
        mute = netcordon("evidence", "stamp", "--url", f"{url}x")["error"]
    assert (stamp["count"], stamp["hash"], stamp["proved"]) == (early["count"], early["hash"], True)
    assert stamp["authority"] == "CN=Stamp Authority"
    assert (mute["code"], "RFC 3161" in mute["why"]) == ("NC-546", True)
    assert netcordon("evidence", "stamp", "--url", url)["error"]["code"] == "NC-547"

    # By file: the answer says itself which head it is about, however much was written since.
    netcordon("evidence", "stamp", "--request", "head.tsq")
    text = netcordon("evidence", "head")["head"]["text"]
    netcordon("case", "new", "Beacon")
    (tmp_path / "head.tsr").write_bytes(authority.answer((tmp_path / "head.tsq").read_bytes()))
    wrong_ca = netcordon("evidence", "stamp", "--response", "head.tsr", "--ca", "other/ca.pem")
    assert wrong_ca["error"]["code"] == "NC-546"
    carried = netcordon("evidence", "stamp", "--response", "head.tsr")["stamp"]
    assert f"{carried['count']}:{carried['hash']}" == text
    assert not carried["proved"]

    # The same with OpenSSL alone.
    (tmp_path / "head.txt").write_text(f"{text}\n")
    proof = ("openssl", "ts", "-verify", "-data", "head.txt", "-in", "head.tsr", "-CAfile")
    assert subprocess.run([*proof, "tsa/ca.pem"], cwd=tmp_path, check=False).returncode == 0

    told = netcordon("verify")
    assert (told["ok"], told["stamps"], told["stamps_unproved"]) == (True, 0, 2)
    told = netcordon("verify", "--tsa-ca", "tsa/ca.pem")
    assert (told["ok"], told["stamps"], told["stamps_unproved"]) == (True, 2, 0)
    # A certificate that has expired proves nothing now, and accuses nobody.
    authority.certify(datetime(2021, 1, 1, tzinfo=UTC))
    netcordon("evidence", "stamp", "--request", "late.tsq")
    (tmp_path / "late.tsr").write_bytes(authority.answer((tmp_path / "late.tsq").read_bytes()))
    late = ("evidence", "stamp", "--response", "late.tsr")
    assert "has expired" in netcordon(*late, "--ca", "tsa/ca.pem")["error"]["why"]
    netcordon(*late)
    told = netcordon("verify", "--tsa-ca", "tsa/ca.pem")
    assert (told["ok"], told["stamps"], told["stamps_unproved"]) == (True, 2, 1)
    told = netcordon("verify", "--tsa-ca", "other/ca.pem")
    assert [p["part"] for p in told["problems"]] == ["stamp"] * 3
    elsewhere = run(tmp_path / "ws2", "case", "new", "Another journal")
    assert elsewhere["_status"] == 0
    foreign = run(tmp_path / "ws2", "evidence", "stamp", "--response", str(tmp_path / "head.tsr"))
    assert foreign["error"]["why"] == "what it stamped is no head of this journal"
    lied = f"{early['count']}:{'0' * 64}"
    assert not netcordon("verify", "--head", lied)["ok"]
