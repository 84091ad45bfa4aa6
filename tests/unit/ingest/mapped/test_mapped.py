"""Lines become rows as the mapping says, and every line is accounted for."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from netcordon.errors import UsageError
from netcordon.ingest.mapped.definition import read_mapping
from netcordon.ingest.mapped.stamps import check_format, microseconds
from tests.unit.ingest.mapped.by_mapping import CSV, EVERY, FIREWALL, read


def test_csv_with_quotes_units_constants_and_a_zone() -> None:
    log = read(*EVERY["csv"])
    first, second, third = log.tables["network_activity"]
    assert first["start_time"] == datetime(2026, 11, 21, 21, 30, 0, 500_000)
    assert first["end_time"] == datetime(2026, 11, 21, 21, 30, 2)
    assert (first["duration_s"], first["ip_bytes_out"]) == (1.5, 1536)
    assert (first["src_ip"], first["dst_port"]) == ("10.0.0.1", 443)
    assert (first["protocol"], first["service"], first["first_frame"]) == ("tcp", "http", 2)
    assert second["start_time"] == datetime(2026, 7, 21, 20, 30, 0, 250_000), "summer time"
    assert second["dst_ip"] == "2001:db8::1"
    assert second["dst_port"] is second["duration_s"] is None
    assert second["end_time"] == second["start_time"], "there at its start at least"
    assert (second["protocol"], third["protocol"]) == ("udp", "unknown")
    assert len({row["uid"] for row in (first, second, third)}) == 3
    assert log.result.refused == {
        "another number of fields": 1, "no address in src_ip": 1,
        "no time, or none of the declared format": 1,
    }  # fmt: skip
    assert log.adds_up
    assert log.result.facts["mapping"] == "acme-fw"
    assert not [w for w in log.result.warnings if w.code == "NC-271"]


def test_json_with_nested_keys_and_keys_with_dots() -> None:
    log = read(*EVERY["json"])
    first, second = log.tables["dns_activity"]
    assert first["time"] == datetime(2026, 11, 21, 21, 30, 0, 123_456)
    assert (first["src_ip"], first["query"], first["is_response"]) == (
        "10.0.0.1",
        "a.example",
        True,
    )
    assert first["answers"] == ["192.0.2.1"]
    assert (second["src_ip"], second["query"]) == (None, "7")
    assert log.result.refused == {
        "no time, or none of the declared format": 1, "not a JSON object": 1
    }  # fmt: skip
    assert [w.code for w in log.result.warnings].count("NC-271") == 1, "one time names no zone"
    assert log.adds_up


def test_key_value_pairs() -> None:
    log = read(*EVERY["pairs"])
    first, second = log.tables["authentication"]
    assert (first["account"], first["outcome"], first["src_ip"]) == ("a b", "success", "10.0.0.5")
    assert (second["account"], second["outcome"], second["src_ip"]) == ("c", None, None)
    assert log.result.refused == {
        "no time, or none of the declared format": 1, "none of the fields is in it": 1
    }  # fmt: skip
    assert log.adds_up


def test_many_lines_go_the_way_of_few() -> None:
    """A block without quotes, one with, and one that must be read line by line."""
    head, line = CSV.split(b"\n")[0], b"21/11/2026 22:30:00.5;10.0.0.1;203.0.113.9;443;1;1;6;x"
    plain = read(FIREWALL, b"\n".join([head, *[line] * 500]))
    quoted = read(FIREWALL, b"\n".join([head, *[line[:-1] + b'"x;y"'] * 500]))
    odd = read(FIREWALL, b"\n".join([head, *[line[:-1] + b'"x;y"'] * 499, b'a;"b']))
    rows = [{k: v for k, v in r.items() if k != "uid"} for r in plain.tables["network_activity"]]
    for other in (quoted, odd):
        told = [
            {k: v for k, v in r.items() if k != "uid"} for r in other.tables["network_activity"]
        ]
        assert told == rows[: len(told)]
    assert (quoted.result.records, odd.result.refused) == (500, {"another number of fields": 1})


def test_a_heading_without_a_field_refuses_all_and_says_which() -> None:
    log = read(FIREWALL, CSV.replace(b"ts;", b"when;", 1))
    assert set(log.result.refused) == {"the heading has no field ts"}
    assert log.adds_up


_ZONES = ("UTC", "Europe/Paris", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe")


@pytest.mark.parametrize(
    "form",
    ["%Y-%m-%d %H:%M:%S", "%d/%b/%Y:%H:%M:%S %z", "%m/%d/%y %I:%M:%S %p", "%Y%m%d%H%M%S.%f",
     "%a %b %d %H:%M:%S %Y", "%d.%m.%Y %H:%M"],
)  # fmt: skip
def test_times_are_those_of_the_standard_library(form: str) -> None:
    rng = random.Random(form)
    texts, expected = [], []
    zone = ZoneInfo(rng.choice(_ZONES))
    for _ in range(300):
        moment = datetime(1971, 1, 1, tzinfo=UTC) + timedelta(
            seconds=rng.randrange(2_900_000_000), microseconds=rng.randrange(10**6)
        )
        own = moment.astimezone(timezone(timedelta(minutes=rng.randrange(-700, 700))))
        local = (own if "%z" in form else moment.astimezone(zone)).strftime(form)
        read_back = datetime.strptime(local, form)  # noqa: DTZ007 - the zone is put on below
        if read_back.tzinfo is None:
            read_back = read_back.replace(tzinfo=zone)
        texts.append(local)
        expected.append((read_back - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1))
    assert check_format(form) == ""
    assert microseconds(pa.array(texts), form, str(zone)).to_pylist() == expected


@pytest.mark.parametrize(
    ("form", "text"),
    [("%Y-%m-%d %H:%M:%S", "2026-02-29 10:00:00"), ("%Y-%m-%d %H:%M:%S", "2026-11-21 24:00:00"),
     ("%Y-%m-%d %H:%M:%S", "2026-11-21 10:00:00 "), ("%Y-%m-%d %I:%M %p", "2026-11-21 13:00 PM"),
     ("%Y-%m-%d %H:%M:%S", "1969-01-01 10:00:00"), ("%d %b %Y %H:%M", "21 Foo 2026 10:00"),
     ("epoch", "9e99"), ("epoch_ms", "-5"), ("iso", "2026-13-01T00:00:00Z"), ("iso", "")],
)  # fmt: skip
def test_what_is_no_time_is_none(form: str, text: str) -> None:
    assert microseconds(pa.array([text]), form, "Europe/Paris").to_pylist() == [None]


_BASE = 'format="csv"\ntable="network_activity"\n'
_ENDS = 'start_time="a"\nsrc_ip="b"\ndst_ip="c"\n'


@pytest.mark.parametrize(
    ("toml", "why"),
    [
        ("=", "Invalid"), ("\xff", "decode"), ("a = " + "[" * 5000, "recursion"),
        ("a = " + "9" * 6000, "thousands of digits"), ('format="xml"', "table"),
        ('table="packet"\nformat="csv"', "table"), ('table="network_activity"', "format"),
        (_BASE, "columns"), (_BASE + "[columns]\n" + 'start_time="a"', "src_ip is missing"),
        (_BASE + "x=1", "unknown key"), (_BASE + 'zone="Mars/Base"', "zone"),
        (_BASE + 'delimiter="ab"', "delimiter"), (_BASE + 'delimiter="\\n"', "delimiter"),
        (_BASE + 'time_format="%Q"', "directive"), (_BASE + 'time_format="%Y"', "must say"),
        (_BASE + 'time_format="%Y%Y-%m-%d %H:%M"', "twice"), (_BASE + 'name="A b"', "name"),
        (_BASE + "[columns]\n" + _ENDS + "src_ip_hi=\"x\"", "no column 'src_ip_hi'"),
        (_BASE + "[columns]\n" + _ENDS + "service={}", "exactly one"),
        (_BASE + "[columns]\n" + _ENDS + "service={constant=5}", "no value of type"),
        (_BASE + "[columns]\n" + _ENDS + 'dst_port={constant=99999999999}', "no value of type"),
        (_BASE + "[columns]\n" + _ENDS + 'service={field="x",factor="2"}', "factor"),
        (_BASE + "[columns]\n" + _ENDS + 'service={field="x",factor=inf}', "factor"),
        (_BASE + "[columns]\n" + _ENDS + 'service={field="x",values={a=1}}', "values"),
        (_BASE + "[columns]\n" + _ENDS + 'service={path=["x"]}', "only of JSON"),
        (_BASE + "[columns]\n" + _ENDS + 'service={field="x",sql="DROP"}', "unknown key"),
        (_BASE.replace("csv", "json") + "[columns]\n" + _ENDS + 'service="a..b"', "empty"),
        ("#" * 300_000, "KiB"),
    ],
)  # fmt: skip
def test_a_mapping_that_cannot_be_used_names_the_key(toml: str, why: str) -> None:
    with pytest.raises(UsageError, match=f"NC-520.*(?:{why})"):
        read_mapping(toml.encode("latin-1"), "m.toml")


@pytest.mark.parametrize("name", EVERY)
def test_damaged_lines_never_stop_the_reading(name: str) -> None:
    mapping, data = EVERY[name]
    rng = random.Random(name)
    pieces = (b'"', b";", b"\x00", b"\xff", b"\r", b"\n", b"{", b"}", b"=", b"9" * 400,
              b'"\\ud800"', b"[" * 2000, b"\\u0000", b"nan", b"-", b"1e400")  # fmt: skip
    for _ in range(40):
        content = bytearray(data * 3)
        for _ in range(rng.randint(1, 12)):
            place = rng.randrange(len(content) + 1)
            content[place : place + rng.choice((0, 1, 5))] = rng.choice(pieces)
        assert read(mapping, bytes(content)).adds_up
