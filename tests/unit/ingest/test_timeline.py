"""Timelines of other programs: what is read, what is refused, and nothing lost on the way back."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netcordon import registry
from netcordon.ingest.timeline.event import event_of
from netcordon.model.parser import Parser
from netcordon.model.timeline import TimelineEntry
from netcordon.reporting.exchange.timeline import FORMATS, head_of
from tests.journeys.in_process import run
from tests.unit.ingest.text.logs import read

_PLASO = """\
{"__container_type__": "event", "__type__": "AttributeContainer", "data_type": "fs:stat", \
"date_time": {"__class_name__": "NTFSFiletime", "__type__": "DateTimeValues"}, \
"datetime": "2026-11-21T03:10:00.123456+00:00", "display_name": "NTFS:\\\\Users\\\\a.exe", \
"hostname": "PC-042", "inode": "42", "message": "a.exe", "parser": "mft", \
"timestamp": 1795230600123456, "timestamp_desc": "Creation Time", "username": "j.ortega"}
{"__container_type__": "session_completion", "identifier": "x"}
{"__container_type__": "event", "message": "old", "timestamp": 1795230600000001, \
"timestamp_desc": "Content Modification Time", "data_type": "syslog:line"}
{"__container_type__": "event", "message": "no time at all", "timestamp_desc": "x"}
not JSON
"""
_CSV = """\
datetime,timestamp_desc,source,source_long,message,parser,display_name,tag
2026-11-21T03:10:00.000001+05:30,Last Visited Time,WEBHIST,Chrome History,"https://x/ ""quoted""
second line, with a comma",sqlite,/h,-
2026-11-21 03:10:00,Start Time,LOG,Syslog,'=1+1,text,/l,-
2026-11-21T03:10:00Z,x,y
"""


def test_plaso_writes_json_lines() -> None:
    found = read(_PLASO.encode())
    assert (found.kind, found.adds_up) == ("timeline_json", True)
    assert found.result.refused == {"no time that can be read": 1, "not a JSON object": 1}
    first, second = found.tables["timeline_event"]
    assert first["time"] == datetime(2026, 11, 21, 3, 10, 0, 123456)
    assert (first["source"], first["host"], first["account"], first["frame"]) == (
        "fs:stat", "PC-042", "j.ortega", 1,
    )  # fmt: skip
    assert json.loads(str(first["fields"]))["inode"] == "42"
    assert (second["time"], second["time_text"]) == (datetime(2026, 11, 21, 3, 10, 0, 1), None)


def test_plaso_and_timesketch_write_csv() -> None:
    found = read(_CSV.encode())
    assert (found.kind, found.adds_up) == ("timeline_csv", True)
    assert found.result.refused == {"not as many values as the heading": 1}
    first, second = found.tables["timeline_event"]
    assert first["time"] == datetime(2026, 11, 20, 21, 40, 0, 1)
    assert first["time_text"] == "2026-11-21T03:10:00.000001+05:30"
    assert first["message"] == 'https://x/ "quoted"\nsecond line, with a comma'
    assert (second["message"], second["frame"]) == ("=1+1", 4)
    open_ended = read(_CSV.encode() + b'2026-11-21T03:10:00Z,x,y,z,"never\nends,a,b,c\n')
    assert open_ended.adds_up
    assert len(open_ended.tables["timeline_event"]) == 2


def test_what_is_no_timeline_is_left_to_others() -> None:
    (parser,) = [p.content for p in registry.load("parsers")[0] if p.id == "timeline"]
    assert isinstance(parser, Parser)
    for other in (
        b'{"message": "x", "time": "2026-11-21T00:00:00Z"}\n',
        b"a,b\n1,2\n",
        b"",
        b"\xff",
    ):
        assert parser.recognise(other) is None


_ZONES = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
_TIMES = st.datetimes(datetime(1971, 1, 1), datetime(2190, 1, 1), timezones=_ZONES)
_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
_FIELDS = st.dictionaries(
    st.text("abcxyz_", min_size=1, max_size=8).map(lambda name: f"x_{name}"),
    st.one_of(_TEXTS, st.integers(-(1 << 53), 1 << 53), st.lists(_TEXTS, max_size=3)), max_size=4,
)  # fmt: skip


@given(_TIMES, _TEXTS, _TEXTS, _FIELDS)
def test_no_microsecond_zone_or_field_is_lost_in_json(
    moment: datetime, message: str, kind: str, fields: dict[str, Any]
) -> None:
    text = moment.isoformat()
    event = event_of(
        {"message": message, "datetime": text, "timestamp_desc": kind, "data_type": "t", **fields},
        UTC,
    )
    assert not isinstance(event, str)
    rest = json.loads(event.values["fields"] or "{}")
    entry = TimelineEntry(
        time=event.time, kind=str(event.values["time_kind"]), message=str(event.values["message"]),
        data_type=rest.pop("data_type"), time_text=str(event.values["time_text"]), fields=rest,
    )  # fmt: skip
    for name in ("timesketch-jsonl", "plaso-jsonl"):
        line = FORMATS[name](entry)
        assert line.count("\n") == 1
        told = json.loads(line)
        assert told["datetime"] == text
        assert datetime.fromisoformat(told["datetime"]) == moment
        assert told["timestamp"] == (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(
            microseconds=1
        )
        assert (told["message"], told["timestamp_desc"]) == (message, kind)
        assert {n: told[n] for n in fields} == fields
        again = event_of(told, UTC)
        assert not isinstance(again, str)
        assert (again.time, again.values["message"]) == (event.time, message)


@pytest.mark.parametrize("name", FORMATS)
def test_hostile_words_harm_nobody_who_opens_it(name: str) -> None:
    entry = TimelineEntry(
        time=1, kind="=cmd|' /C calc'!A0", message="=HYPERLINK(1)\x1b[2J\u202e\nnext",
        data_type="@x", fields={"message": "another", "src_ip": "+1", "x": "\x1b"},
    )  # fmt: skip
    text = head_of(name) + FORMATS[name](entry)
    assert not {"\x1b", "\u202e"} & set(text)
    if name == "timesketch-csv":
        head, row = csv.reader(io.StringIO(text))
        assert len(row) == len(head)
        assert not [cell for cell in row if cell.startswith(("=", "+", "@"))]
        assert row[1] == "1970-01-01T00:00:00.000001+00:00"
    else:
        assert json.loads(text)["message"] == entry.message


def test_a_timeline_comes_in_and_goes_out_again(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(_PLASO)
    (tmp_path / "in.csv").write_text(_CSV)
    files = (str(tmp_path / "in.jsonl"), str(tmp_path / "in.csv"))
    taken = run(tmp_path / "ws", "timeline", "import", *files, "--log-zone", "Europe/Paris")
    assert (taken["_status"], taken["timeline"]["refused"]) == (3, {
        "no time that can be read": 1, "not a JSON object": 1,
        "not as many values as the heading": 1,
    })  # fmt: skip
    rows = run(tmp_path / "ws", "timeline", "import", *files)  # again: known already
    assert len(rows["timeline"]["evidence"]) == 2

    out = {}
    for name in FORMATS:
        path = tmp_path / f"out.{name}"
        made = run(tmp_path / "ws", "timeline", "export", "--format", name, "-o", str(path))
        assert made["timeline"]["events"] == 4
        out[name] = path
    lines = [json.loads(line) for line in out["timesketch-jsonl"].read_text().splitlines()]
    assert [line["timestamp"] for line in lines] == sorted(line["timestamp"] for line in lines)
    assert lines[0]["datetime"] == "2026-11-21T03:10:00.000001+05:30"
    # No zone stood there: --log-zone told the time, and that is what goes out.
    assert lines[1]["datetime"] == "2026-11-21T02:10:00.000000+00:00"
    assert lines[1]["timestamp"] == 1795227000000000
    assert lines[3]["inode"] == "42"
    plaso = json.loads(out["plaso-jsonl"].read_text().splitlines()[3])
    assert plaso == {**lines[3], **plaso}
    assert plaso["date_time"]["__class_name__"] == "NTFSFiletime"

    # What was written is read again, with the same times and words.
    for name, path in out.items():
        again = run(tmp_path / name, "timeline", "import", str(path), "--log-zone", "Europe/Paris")
        assert again["_status"] == 0, name
        back = tmp_path / f"back.{name}"
        run(tmp_path / name, "timeline", "export", "--format", "timesketch-jsonl", "-o", str(back))
        told = [json.loads(line) for line in back.read_text().splitlines()]
        same = ("timestamp", "datetime", "timestamp_desc", "data_type")
        assert [[t[k] for k in same] for t in told] == [[t[k] for k in same] for t in lines], name
    nothing = run(tmp_path / "ws", "timeline", "export", "--format", "plaso-jsonl", "-o",
                  str(tmp_path / "n"), "--since", "2027-01-01")["error"]  # fmt: skip
    assert nothing["code"] == "NC-556"
    (tmp_path / "other.log").write_text("nothing of this kind\n")
    other = run(tmp_path / "ws", "timeline", "import", str(tmp_path / "other.log"))["error"]
    assert other["code"] == "NC-557"
