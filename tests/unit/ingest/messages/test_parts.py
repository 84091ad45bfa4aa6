"""Envelopes, times and fields."""

from __future__ import annotations

import time

import pytest

from netcordon.ingest.messages.envelope import opened
from netcordon.ingest.messages.moments import Clock
from netcordon.ingest.messages.pairs import cef, leef, pairs

_2024 = 1_715_000_000_000_000


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("<13>Oct 11 22:14:15 h su[3]: text", ("Oct 11 22:14:15", "h", "su", "text")),
        ("52 <13>Oct  1 22:14:15 h text", ("Oct  1 22:14:15", "h", "", "text")),
        (
            "<165>1 2003-10-11T22:14:15.003Z h app - ID47 - \ufefftext",
            ("2003-10-11T22:14:15.003Z", "h", "app", "text"),
        ),
        (
            '<14>1 2003-10-11T22:14:15Z h RT_FLOW - RT_FLOW_SESSION_DENY [j@2 a="]" b="c"]',
            ("2003-10-11T22:14:15Z", "h", "RT_FLOW", 'RT_FLOW_SESSION_DENY [j@2 a="]" b="c"]'),
        ),
        (
            "<189>29: r1: *Mar  1 18:46:11.123 UTC: %SEC-6-X: text",
            ("Mar  1 18:46:11.123 UTC", "r1", "", "%SEC-6-X: text"),
        ),
        ("<166>Mar 15 2024 10:00:00: %ASA-6-1: t", ("Mar 15 2024 10:00:00", "", "", "%ASA-6-1: t")),
        (
            "2015-03-07T05:09:30+02:00 h kernel: x",
            ("2015-03-07T05:09:30+02:00", "h", "kernel", "x"),
        ),
        ("no envelope at all", ("", "", "", "no envelope at all")),
        ("", ("", "", "", "")),
    ],
)
def test_envelopes(line: str, expected: tuple[str, str, str, str]) -> None:
    found = opened(line)
    assert (found.time, found.host, found.tag, found.text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-05-06T09:08:09.25+02:00", 1714979289_250000),
        ("May  6 07:08:09", 1714979289_000000),
        ("May  6 2024 07:08:09", 1714979289_000000),
        ("06/May/2024:09:08:09 +0200", 1714979289_000000),
        ("06-May-2024 07:08:09.250", 1714979289_250000),
        ("6May2024 07:08:09", 1714979289_000000),
        ("2024/05/06 07:08:09", 1714979289_000000),
        ("5/6/24 7:08:09 AM", 1714979289_000000),
        ("Mon May  6 07:08:09 2024", 1714979289_000000),
        ("1714979289", 1714979289_000000),
        ("1714979289250", 1714979289_250000),
        ("1714979289250000000", 1714979289_250000),
        ("Dec 31 23:00:00", 1704063600_000000),  # of the year before the file's
        ("Feb 30 00:00:00", None),
        ("99:99", None),
        ("9" * 500, None),
    ],
)
def test_times(text: str, expected: int | None) -> None:
    assert Clock(_2024).microseconds(text) == expected


def test_without_the_files_time_a_year_is_not_invented() -> None:
    assert Clock().microseconds("May  6 07:08:09") is None
    assert Clock().microseconds("May  6 2024 07:08:09") is not None


def test_times_without_a_zone_are_of_the_zone_that_was_named() -> None:
    vienna = Clock(_2024, "Europe/Vienna")
    assert vienna.microseconds("2024-05-06 09:08:09") == 1714979289_000000
    assert vienna.microseconds("2024-01-06 08:08:09") == 1704524889_000000
    assert "Europe/Vienna" in vienna.warnings()[0].what
    assert vienna.microseconds("2024-05-06 07:08:09Z") == 1714979289_000000


def test_fields_in_quotes_cannot_write_other_fields() -> None:
    found = pairs('a=1 url="http://x/ srcip=6.6.6.6" srcip=192.0.2.1,b=2,c="x \\" d=4" e=')
    assert found["srcip"] == "192.0.2.1"
    assert found["b"] == "2"
    assert found["e"] == ""
    assert found["c"] == 'x \\" d=4'
    assert "d" not in found


def test_cef_and_leef() -> None:
    event = cef("CEF:0|V\\|x|P|1|9|N|5|msg=a b\\=c src=192.0.2.1")
    assert event is not None
    assert (event.vendor, event.fields) == ("V|x", {"msg": "a b=c", "src": "192.0.2.1"})
    assert cef("CEF:0|too|short") is None
    assert leef("LEEF:1.0|x") is None
    tabs = leef("LEEF:1.0|V|P|1|9|src=192.0.2.1\tmsg=a b")
    named = leef("LEEF:2.0|V|P|1|9|x5E|src=192.0.2.1^msg=a b")
    assert tabs is not None
    assert named is not None
    assert tabs.fields == named.fields


@pytest.mark.parametrize("unit", ['a="', "a=", "a", " ", 'a="\\"', "a=,", "|", "[", "\\"])
def test_no_text_takes_long(unit: str) -> None:
    text = unit * (65536 // len(unit))
    begin = time.process_time()
    for read in (pairs, cef, leef, opened):
        for head in ("", "CEF:0|a|b|c|d|e|f|", "LEEF:1.0|a|b|c|d|"):
            read(head + text)
    assert time.process_time() - begin < 2
