"""What a text names, and what only looks like it."""

from __future__ import annotations

import time

import pytest

from netcordon.ingest.letters.moments import Setting, moment, moments
from netcordon.intake.observables import observables
from tests.unit.intake.letters import NOW, ours


def found(text: str) -> set[tuple[str, str]]:
    return {(one.type, one.value) for one in observables(text, ours)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("went to 203.0.113[.]77, then evil (dot) example!", {
            ("address", "203.0.113.77"), ("domain", "evil.example")}),
        ("see <hxxps://evil[.]example/a.bin?x=1>.", {("url", "https://evil.example/a.bin?x=1")}),
        ("203.0.113.9:8080 and [2001:db8::5]", {
            ("address", "203.0.113.9"), ("port", "8080"), ("address", "2001:db8::5")}),
        ("SRC=203.0.113.9 DST=198.18.5.20 DPT=22", {
            ("address", "203.0.113.9"), ("address", "198.18.5.20")}),
        ("write to bob [at] evil [dot] example", {("mail", "bob@evil.example")}),
        ("CORP\\jdoe ran C:\\Users\\x\\a.exe", {("account", "corp\\jdoe")}),
        ("user: svc-web was used; the user has a problem", {("account", "svc-web")}),
        ("hash d41d8cd98f00b204e9800998ecf8427e", {("md5", "d41d8cd98f00b204e9800998ecf8427e")}),
        ("evil.com and foo.sh, run.py, README.md, e.g. v1.2 at 12:30:01, a.b", {
            ("domain", "evil.com")}),
        ("port 3389/tcp", {("port", "3389")}),
        ("10:20:30 2026-11-21T22:00:00+01:00 -- Regards.Bob report.docx", set()),
        ("\u202e gpj.evil.example \x00\x1b[31m", {("domain", "gpj.evil.example")}),
    ],
)  # fmt: skip
def test_observables(text: str, expected: set[tuple[str, str]]) -> None:
    assert found(text) == expected


def test_our_own_are_told_apart_and_nothing_is_said_twice() -> None:
    named = observables("198.18.5.20 198.18.5.20 pc.corp.example 203.0.113.9", ours)
    assert [(o.value, o.is_ours) for o in named] == [
        ("198.18.5.20", True), ("pc.corp.example", True), ("203.0.113.9", False)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "utc", "zone"),
    [
        ("2026-11-21T22:30:00.123456+01:00", "2026-11-21T21:30:00.123456+00:00", "+01:00"),
        ("2026-11-21 22:30:00 UTC", "2026-11-21T22:30:00+00:00", "UTC"),
        ("Sat, 21 Nov 2026 22:30:00 -0500", "2026-11-22T03:30:00+00:00", "-0500"),
        ("21/Nov/2026:22:30:00 +0000", "2026-11-21T22:30:00+00:00", "+0000"),
        ("21.11.2026 22:30 MEZ", "2026-11-21T21:30:00+00:00", "MEZ"),
        ("Nov 21 22:30:00 host sshd", "2026-11-21T20:30:00+00:00", ""),
        ("Dec 31 23:30:00 host sshd", "2025-12-31T21:30:00+00:00", ""),
    ],
)
def test_times_keep_their_words_and_zone(text: str, utc: str, zone: str) -> None:
    one = moment(text, Setting(written=NOW, zone="+0200"))
    assert one is not None
    assert one.time is not None
    assert (one.time.isoformat(), one.zone) == (utc, zone)
    assert one.text in text
    assert one.assumed == ("" if zone else "+0200")


def test_a_time_that_is_none_is_no_time() -> None:
    assert moment("Nov 21 22:30:00").time is None  # type: ignore[union-attr]
    assert moment("2026-99-21 22:30").time is None  # type: ignore[union-attr]
    assert moments("nothing at 12:30") == []


@pytest.mark.parametrize(
    "hostile",
    [" [ . ] " * 30_000, "[" * 100_000, "a." * 60_000, "user: " * 20_000, "1:" * 60_000,
     "=" * 100_000, "x" * 120_000 + ".example", "within 1 " * 10_000, "2026-11-21 " * 10_000,
     "a@" * 50_000, "\t" * 120_000 + "(dot)"],
)  # fmt: skip
def test_hostile_text_costs_little(hostile: str) -> None:
    begin = time.process_time()
    assert len(observables(hostile, ours)) <= 2000
    moments(hostile, Setting(written=NOW))
    assert time.process_time() - begin < 2
