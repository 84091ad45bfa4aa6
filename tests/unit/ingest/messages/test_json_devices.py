"""Firewalls and proxies that write JSON, by objects made after their vendors' references."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

import pytest

from tests.unit.ingest.messages.lines import read_messages

_IN = {"src_ip": "192.0.2.9", "dst_ip": "198.51.100.5"}
_PAN = {
    "LogType": "TRAFFIC", "Subtype": "end", "TimeGenerated": "2024-05-06T07:08:09.000000Z",
    "SourceAddress": "192.0.2.9", "DestinationAddress": "198.51.100.5", "SourcePort": 40001,
    "DestinationPort": 443, "Protocol": "tcp", "Action": "allow", "BytesSent": 74,
    "BytesReceived": 90, "SessionID": 7, "DeviceSN": "1", "SourceUser": "corp\\carla",
}  # fmt: skip
_NETSKOPE = {
    "access_method": "Client", "traffic_type": "Web", "timestamp": 1714979289, "type": "malsite",
    "userip": "192.0.2.9", "srcip": "203.0.113.9", "dstip": "198.51.100.5", "dstport": 443,
    "url": "a.example/x", "user": "carla", "alert": "yes", "alert_type": "malsite",
    "policy": "Bad places", "action": "block", "activity": "Upload", "object_type": "File",
    "object": "plan.docx",
}  # fmt: skip
_CASES: tuple[tuple[Mapping[str, object], str, Mapping[str, object]], ...] = (
    (_PAN, "network_activity", {**_IN, "dst_port": 443, "ip_bytes_out": 74, "conn_state": "SF"}),
    (_PAN, "host_identity", {"ip": "192.0.2.9", "user": "carla", "domain": "corp"}),
    ({**_PAN, "LogType": "THREAT", "Subtype": "url", "URL": "a.example/x?y"}, "http_activity",
     {**_IN, "host": "a.example", "uri": "/x?y"}),
    ({**_PAN, "LogType": "DECRYPTION", "Subtype": "start", "TLSVersion": "TLS1.2",
      "ServerNameIndication": "a.example"}, "tls_activity",
     {**_IN, "server_name": "a.example", "version": "TLSv1.2"}),
    ({"sourcetype": "zscalernss-web", "event": {
        "datetime": "2024-05-06 07:08:09", "ClientIP": "192.0.2.9", "serverip": "198.51.100.5",
        "requestmethod": "POST", "url": "a.example/x", "hostname": "a.example", "status": "200",
        "action": "Allowed", "useragent": "Mozilla/5.0%20(X)", "requestsize": "60"}},
     "http_activity",
     {**_IN, "method": "POST", "status_code": 200, "user_agent": "Mozilla/5.0 (X)", "uri": "/x"}),
    (_NETSKOPE, "http_activity", {**_IN, "host": "a.example", "account": "carla"}),
    (_NETSKOPE, "detection_finding", {**_IN, "title": "Bad places", "action": "block"}),
    (_NETSKOPE, "file_activity", {**_IN, "file_name": "plan.docx", "is_upload": True}),
    ({"date": "2024-05-06", "time": "07:08:09", "c-ip": "192.0.2.9", "cs-host": "a.example",
      "r-ip": "198.51.100.5", "cs-method": "GET", "cs-uri-path": "/x", "sc-status": 200},
     "http_activity", {**_IN, "host": "a.example", "uri": "/x", "status_code": 200}),
    ({"@timestamp": "2024-05-06T07:08:09Z", "sec_event_type": "waf_sec_event", "vh_name": "v",
      "sec_event_name": "WAF", "src_ip": "192.0.2.9", "dst_ip": "198.51.100.5", "method": "POST",
      "req_path": "/x", "domain": "a.example", "action": "block"}, "detection_finding",
     {**_IN, "title": "WAF", "observable": "/x"}),
)  # fmt: skip

OBJECTS = [case[0] for case in _CASES]


@pytest.mark.parametrize(("value", "table", "wanted"), _CASES)
def test_an_object_says(
    value: Mapping[str, object], table: str, wanted: Mapping[str, object]
) -> None:
    found = read_messages(json.dumps(value))
    assert found.kind == "device_json"
    row = found.only(table)
    assert {name: row[name] for name in wanted} == dict(wanted)


def test_an_object_behind_syslog_and_one_over_many_lines_say_the_same() -> None:
    carried = read_messages(f"<14>May  6 07:08:09 lb {json.dumps(_PAN)}")
    spread = read_messages(json.dumps(_PAN, indent=2))
    for found in (carried, spread):
        row = found.only("network_activity")
        assert (row["start_time"], row["src_port"]) == (datetime(2024, 5, 6, 7, 8, 9), 40001)


def test_a_collectors_file_may_hold_messages_between_the_objects() -> None:
    line = "<38>May  6 07:08:09 gw sshd[7]: Accepted password for carla from 192.0.2.9 port 5 ssh2"
    found = read_messages(json.dumps(_PAN), line, json.dumps(_PAN))
    assert found.kind == "device_json"
    assert found.only("authentication")["account"] == "carla"
    assert not found.result.refused
