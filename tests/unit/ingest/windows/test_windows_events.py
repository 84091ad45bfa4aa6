"""Events of Windows: one meaning, three shapes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

import pytest

from tests.unit.ingest.text.logs import Read, read

Data = Mapping[str, object]
Shape = Callable[[int, str, Data], dict[str, object]]

TIME = "2024-05-01T10:00:00.5Z"
SYSMON = "Microsoft-Windows-Sysmon/Operational"


def _winlogbeat(number: int, channel: str, data: Data) -> dict[str, object]:
    told = {"event_id": str(number), "channel": channel, "computer_name": "DC1", "event_data": data}
    return {"@timestamp": TIME, "winlog": told, "message": "..."}


def _evtx(number: int, channel: str, data: Data) -> dict[str, object]:
    created = {"#attributes": {"SystemTime": TIME}}
    system = {"EventID": number, "Channel": channel, "Computer": "DC1", "TimeCreated": created}
    return {"Event": {"System": system, "EventData": data}}


def _flat(number: int, channel: str, data: Data) -> dict[str, object]:
    return {"@timestamp": TIME, "EventID": number, "Channel": channel, "Hostname": "DC1", **data}


def _numbered(number: int, channel: str, data: Data) -> dict[str, object]:
    """As newer tools write an event whose number has an attribute, and a time with its zone."""
    told = _evtx(number, channel, data)["Event"]
    assert isinstance(told, dict)
    told["System"] |= {
        "EventID": {"#text": number, "#attributes": {"Qualifiers": 0}},
        "TimeCreated_attributes": {"SystemTime": TIME.replace("T", " ").replace("Z", " UTC")},
        "TimeCreated": None,
    }
    return {"Event": told}


def _wazuh(number: int, channel: str, data: Data) -> dict[str, object]:
    small = {name[0].lower() + name[1:]: value for name, value in data.items()}
    system = {"eventID": str(number), "channel": channel, "computer": "DC1", "systemTime": TIME}
    return {"timestamp": TIME, "data": {"win": {"system": system, "eventdata": small}}}


def _evtxecmd(number: int, channel: str, data: Data) -> dict[str, object]:
    pairs = [{"@Name": name, "#text": value} for name, value in data.items()]
    payload = json.dumps({"EventData": {"Data": pairs}})
    return {"EventId": number, "Channel": channel, "Computer": "DC1", "TimeCreated": TIME,
            "PayloadData1": "x", "Payload": payload}  # fmt: skip


def _analytics(number: int, channel: str, data: Data) -> dict[str, object]:
    return {"TimeGenerated": TIME, "EventID": number, "Channel": channel, "Computer": "DC1", **data}


SHAPES: tuple[Shape, ...] = (
    _winlogbeat, _evtx, _flat, _numbered, _wazuh, _evtxecmd, _analytics,
)  # fmt: skip


def _read(*events: Mapping[str, object], indent: int | None = None) -> Read:
    found = read(json.dumps(list(events), indent=indent).encode())
    assert found.kind == "windows"
    assert found.adds_up
    assert not found.result.refused
    return found


@pytest.mark.parametrize("shape", SHAPES)
def test_a_login_says_the_same_in_each_shape(shape: Shape) -> None:
    data = {
        "TargetUserName": "bob", "TargetDomainName": "CORP", "LogonType": 3, "IpPort": "50001",
        "IpAddress": "::ffff:192.0.2.4", "WorkstationName": "-", "SubStatus": "0xC000006A",
        "Status": "0xc000006d", "AuthenticationPackageName": "NTLM",
    }  # fmt: skip
    row = _read(shape(4625, "Security", data)).only("authentication")
    names = ("src_ip", "src_port", "account", "domain", "service", "method", "outcome",
             "status_detail", "workstation", "provider")  # fmt: skip
    assert [row[name] for name in names] == [
        "192.0.2.4", 50001, "bob", "CORP", "network", "ntlm", "failure", "wrong password", None,
        "windows",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "data", "wanted"),
    [
        (4624, {"LogonType": "10", "AuthenticationPackageName": "Negotiate"}, ("success", None)),
        (4768, {"Status": "0x0"}, ("success", None)),
        (4768, {"Status": "0x6"}, ("failure", "no such user")),
        (4771, {"Status": "0x18"}, ("failure", "wrong password")),
        (4776, {"Status": "0xC0000064"}, ("failure", "no such user")),
        (4625, {"Status": "0xc0000234", "SubStatus": "0x0"}, ("failure", "account locked")),
    ],
)
def test_outcome_of_a_login(number: int, data: Data, wanted: tuple[str, str | None]) -> None:
    row = _read(_flat(number, "Security", data)).only("authentication")
    assert (row["outcome"], row["status_detail"]) == wanted


@pytest.mark.parametrize("shape", SHAPES)
def test_connections_and_lookups_of_sysmon(shape: Shape) -> None:
    data = {
        "UtcTime": "2024-05-01 09:59:59.250", "Protocol": "tcp", "SourceIp": "192.0.2.4",
        "SourcePort": "50001", "DestinationIp": "198.51.100.9", "DestinationPort": "443",
    }  # fmt: skip
    found = _read(
        shape(3, SYSMON, data),
        shape(22, SYSMON, {"QueryName": "a.example", "QueryStatus": "0",
                           "QueryResults": "type:  5 b.example;::ffff:192.0.2.8;"}),
        shape(22, SYSMON, {"QueryName": "no.example", "QueryStatus": "9003", "QueryResults": "-"}),
        shape(5157, "Security", {"SourceAddress": "-", "DestAddress": "-"}),
    )  # fmt: skip
    flow = found.only("network_activity")
    assert (flow["src_ip"], flow["dst_ip"], flow["dst_port"]) == ("192.0.2.4", "198.51.100.9", 443)
    assert str(flow["start_time"]) == "2024-05-01 09:59:59.250000"
    answered, missing = found.tables["dns_activity"]
    assert (answered["answers"], answered["rcode"]) == (["b.example", "192.0.2.8"], "NOERROR")
    assert (missing["query"], missing["rcode"], missing["answers"]) == (
        "no.example", "NXDOMAIN", None,
    )  # fmt: skip
    assert found.only("api_activity")["operation"] == "event 5157"


def test_all_else_is_an_activity_of_the_computer() -> None:
    who = {"SubjectUserName": "carla", "SubjectDomainName": "CORP"}
    found = _read(
        _flat(4732, "Security", {**who, "TargetUserName": "Administrators"}),
        _flat(1102, "Security", who),
        _flat(1, SYSMON, {"User": "CORP\\bob", "Image": "C:\\a.exe", "CommandLine": "a -x"}),
        _flat(9999, "Else", {}),
        indent=1,
    )
    rows = found.tables["api_activity"]
    assert [row["operation"] for row in rows] == [
        "member added to local group", "audit log cleared", "process created", "event 9999",
    ]  # fmt: skip
    assert [row["change"] for row in rows] == ["role", "logging", None, None]
    assert [row["account"] for row in rows] == ["CORP\\carla", "CORP\\carla", "CORP\\bob", None]
    assert {row["tenant"] for row in rows} == {"DC1"}
    assert [row["frame"] for row in rows] == [1, 2, 3, 4]
