"""Events of many products: each becomes the row that its documentation promises."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from netcordon.ingest.messages.moments import Clock
from netcordon.ingest.records.log import product_of
from netcordon.ingest.records.products import ALL
from netcordon.ingest.records.record import Record
from tests.unit.ingest.records.clouds import CLOUDS, GUARDDUTY, TIME, WAF, Case
from tests.unit.ingest.records.endpoints import ENDPOINTS
from tests.unit.ingest.text.logs import Read, read

EVERY: tuple[Case, ...] = (*CLOUDS, *ENDPOINTS)


def _lines(*events: Mapping[str, object]) -> bytes:
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)


def _read(data: bytes) -> Read:
    found = read(data)
    assert found.adds_up
    return found


@pytest.mark.parametrize(
    "case", EVERY, ids=[f"{n}-{product_of(Record(c[0]), ALL).name}" for n, c in enumerate(EVERY)]
)
def test_an_event_says_what_its_product_documents(case: Case) -> None:
    event, table, wanted = case
    product = product_of(Record(event), ALL)
    assert product is not None
    (made,) = product.events(Record(event), Clock(0))
    assert made is not None
    assert made.table == table
    found = _read(_lines(event))
    assert found.kind == product.name
    row = found.only(table)
    assert {name: row[name] for name in wanted} == wanted
    time = row["start_time"] if table == "network_activity" else row["time"]
    assert str(time).startswith("2024-05-01 10:00:00")


def test_every_product_has_an_event_here_that_no_other_claims() -> None:
    claimed = {name: set[str]() for name in (product.name for product in ALL)}
    for event, _, _ in EVERY:
        first = product_of(Record(event), ALL)
        assert first is not None
        claimed[first.name] |= {one.name for one in ALL if one.marks(Record(event))}
    assert claimed == {name: {name} for name in claimed}


def test_products_may_stand_in_one_file_and_what_is_unknown_is_refused() -> None:
    found = _read(_lines(GUARDDUTY, WAF, {"a": 1}, {**WAF, "timestamp": "never"}) + b"{broken\n")
    assert found.result.refused == {
        "no event of a known product": 1, "no time, or none that can be read": 1,
        "not a JSON object": 1,
    }  # fmt: skip
    assert [row["frame"] for row in found.tables["detection_finding"]] == [1, 2]


@pytest.mark.parametrize(
    "carried",
    [
        lambda event: {"_index": "logs", "_id": "1", "_source": event},
        lambda event: {"preview": False, "result": {"_raw": json.dumps(event), "host": "h"}},
        lambda event: {"time": 1, "sourcetype": "x", "source": "y", "event": event},
        lambda event: {"id": "1", "timestamp": 1, "message": json.dumps(event)},
        lambda event: {"detail-type": "GuardDuty Finding", "source": "s", "detail": event},
        lambda event: {
            "category": "kube-audit",
            "time": 1,
            "resourceId": "r",
            "operationName": "o",
            "properties": {"log": json.dumps(event)},
        },
    ],
)
@pytest.mark.parametrize("is_array", [False, True])
def test_what_a_collector_put_around_an_event_is_taken_off(carried, is_array: bool) -> None:
    events = [carried(GUARDDUTY), carried(GUARDDUTY)]
    data = json.dumps(events, indent=1).encode() if is_array else _lines(*events)
    found = _read(data)
    assert found.kind == "guardduty"
    assert [row["frame"] for row in found.tables["detection_finding"]] == [1, 2]


@pytest.mark.parametrize(
    "envelope",
    [
        lambda events: {"took": 3, "timed_out": False, "_shards": {"total": 1, "failed": 0},
                        "hits": {"total": {"value": 2, "relation": "eq"}, "max_score": 1.0,
                                 "hits": [{"_index": "i", "_source": e} for e in events]}},
        lambda events: {"Schema": [{"Name": "a", "Type": "b"}], "Results": events},
        lambda events: {"stat": "OK", "response": {"authlogs": events}},
        lambda events: {"messageType": "DATA_MESSAGE", "owner": "1", "logEvents": [
            {"id": "1", "timestamp": 1, "message": json.dumps(e)} for e in events]},
        lambda events: {"entries": events},
    ],
)  # fmt: skip
def test_envelopes_of_interfaces(envelope) -> None:
    found = _read(json.dumps(envelope([GUARDDUTY, GUARDDUTY]), indent=2).encode())
    assert [row["frame"] for row in found.tables["detection_finding"]] == [1, 2]


def test_an_activity_of_several_events_makes_several_rows() -> None:
    activity = {
        "id": {"time": TIME, "applicationName": "login"}, "actor": {"email": "b"},
        "events": [{"name": "login_challenge"}, {"name": "login_success"}, {"name": "odd"}],
    }  # fmt: skip
    found = _read(_lines(activity))
    assert [row["outcome"] for row in found.tables["authentication"]] == [None, "success"]
    assert found.only("api_activity")["operation"] == "odd"


def test_a_connection_to_a_name_is_refused_with_its_reason() -> None:
    event = {"@timestamp": TIME, "event": {"category": "network"}, "source": {"address": "a.b"},
             "destination": {"address": "c.d"}}  # fmt: skip
    found = read(_lines(event))
    assert found.result.refused == {"an end of the connection is no address": 1}


@pytest.mark.parametrize(
    ("value", "path", "wanted"),
    [
        ({"a": {"B": 1}}, "a.b", "1"),
        ({"a.b": {"c": True}}, "a.b.c", "true"),
        ({"a": [{"x": 1}, {"b": 2.5}]}, "a.b", "2.5"),
        ({"a": '{"b": "c"}'}, "a.b", "c"),
        ({"a": [{"name": "N", "intValue": 7}]}, "a[n]", "7"),
        ({"a": {"n": "v"}}, "a[n]", "v"),
        ({"a": "<null>"}, "a", None),
        ({"a": {"b": 1}}, "a", None),
        ({"a": 1e400}, "a", None),
        ({"a": "\ud800"}, "a", "?"),
    ],
)
def test_a_field_is_found_however_it_is_nested(value, path: str, wanted: str | None) -> None:
    assert Record(value).text(path) == wanted
