"""Events exported as tables: what portals and people hand in."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence

import pytest

from netcordon.ingest.text.csv_rows import header
from tests.unit.ingest.text.logs import read

TIME = "2024-05-01T10:00:00Z"
DEFENDER = {
    "Timestamp": TIME, "DeviceId": "d", "DeviceName": "pc1", "ActionType": "ConnectionSuccess",
    "LocalIP": "10.0.0.9", "LocalPort": "50000", "RemoteIP": "198.51.100.7", "RemotePort": "443",
    "Protocol": "Tcp", "InitiatingProcessCommandLine": 'a "b", c\nd',
}  # fmt: skip
KIBANA = {
    "@timestamp": "May 1, 2024 @ 10:00:00.000", "event.category": "network",
    "source.ip": "10.0.0.9", "destination.ip": "198.51.100.7", "destination.port": "443",
    "event.dataset": "flow",
}  # fmt: skip
PORTAL = {
    "Date (UTC)": TIME, "User agent": "Edge", "Username": "bob@example.org",
    "IP address": "198.51.100.7", "Location": "Paris, Paris, FR", "Status": "Failure",
    "Failure reason": "Invalid password", "Multifactor authentication result": "",
}  # fmt: skip
AUDIT = {"CreationTime": TIME[:-1], "Operation": "UserLoggedIn", "Workload": "AzureActiveDirectory",
         "UserId": "bob", "ClientIP": "198.51.100.7"}  # fmt: skip
OFFICE = {"RecordType": "15", "CreationDate": TIME, "UserIds": "bob", "Operations": "UserLoggedIn",
          "AuditData": json.dumps(AUDIT)}  # fmt: skip
WINDOWS = {
    "TimeGenerated": TIME, "Computer": "DC1", "Channel": "Security", "EventID": "4625",
    "TargetUserName": "bob", "IpAddress": "198.51.100.7", "Status": "0xc000006d",
}  # fmt: skip

CASES = (
    (DEFENDER, "defender", "network_activity", {"src_ip": "10.0.0.9", "dst_port": 443}),
    (KIBANA, "ecs", "network_activity", {"dst_ip": "198.51.100.7", "dst_port": 443}),
    (PORTAL, "entra", "authentication", {"outcome": "failure", "src_country": "FR",
                                         "status_detail": "Invalid password"}),
    (OFFICE, "microsoft365", "authentication", {"src_ip": "198.51.100.7", "account": "bob"}),
    (WINDOWS, "windows", "authentication", {"account": "bob", "src_ip": "198.51.100.7"}),
)  # fmt: skip


def exported(*rows: Mapping[str, str], separator: str = ",", end: str = "\r\n") -> bytes:
    """A table with a header."""
    made = io.StringIO()
    writer = csv.writer(made, delimiter=separator, lineterminator=end)
    writer.writerow(rows[0])
    writer.writerows(row.values() for row in rows)
    return made.getvalue().encode()


@pytest.mark.parametrize(("row", "kind", "table", "wanted"), CASES, ids=[c[1] for c in CASES])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_row_is_an_event(
    row: Mapping[str, str], kind: str, table: str, wanted: Mapping[str, object], separator: str
) -> None:
    for data in (exported(row, row, separator=separator), b"\xef\xbb\xbf" + exported(row, row)):
        found = read(data, piece=100)
        assert found.kind == kind
        assert found.adds_up
        assert not found.result.refused
        first, second = found.tables[table]
        assert {name: first[name] for name in wanted} == wanted
        place = "first_frame" if table == "network_activity" else "frame"
        assert (first[place], second[place]) == (2, 3), "the header is line 1"
        time = first["start_time"] if table == "network_activity" else first["time"]
        assert str(time).startswith("2024-05-01 10:00:00")


def test_rows_that_do_not_fit_are_refused_and_no_more() -> None:
    sound = exported(DEFENDER)
    broken = b'only,three,cells\r\n\r\n"' + b"x" * 200_000 + b'"\r\n'
    found = read(sound + broken + exported(DEFENDER).partition(b"\r\n")[2])
    assert found.adds_up
    assert len(found.tables["network_activity"]) == 2
    assert found.result.refused == {"not a JSON object": 2}


@pytest.mark.parametrize(
    "text",
    [
        "a,b,c\n1,2,3\n", "a,b,c,d\n1,2,3\n", "a,a,c,d\n1,2,3,4\n", "1,2,3,4\n1,2,3,4\n",
        "2024-05-01,10.0.0.1,x,y\n1,2,3,4\n", '{"a,b,c,d": 1}\n1,2,3,4\n', "a,b,c,d\n", "",
    ],
)  # fmt: skip
def test_what_is_no_table_with_a_header(text: str) -> None:
    assert header(text.encode()) is None


def test_names_with_dots_that_are_columns_too_stay_as_they_are() -> None:
    columns: Sequence[str] = ("@timestamp", "source", "source.ip", "destination.ip", "event.kind")
    row = dict(zip(columns, (TIME, "x", "10.0.0.9", "198.51.100.7", "event"), strict=True))
    assert read(exported(row)).only("network_activity")["src_ip"] == "10.0.0.9"
