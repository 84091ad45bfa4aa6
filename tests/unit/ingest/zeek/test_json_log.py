"""Zeek's logs as JSON lines: one log, many mixed, both spellings of the ends."""

from __future__ import annotations

import json

from tests.unit.ingest.text.logs import read

CONN = {
    "ts": 1664462456.755299, "uid": "C5xhsO3uGtOfyrBlHh", "id.orig_h": "192.0.2.11",
    "id.orig_p": 40042, "id.resp_h": "198.51.100.8", "id.resp_p": 53, "proto": "udp",
    "service": "dns", "duration": 0.5, "orig_bytes": 10, "resp_bytes": 111, "conn_state": "SF",
    "history": "Dd", "orig_pkts": 1, "orig_ip_bytes": 38, "resp_pkts": 1, "resp_ip_bytes": 139,
}  # fmt: skip


def lines(*values: dict[str, object]) -> bytes:
    return b"".join(json.dumps(value).encode() + b"\n" for value in values)


def test_a_flow_is_the_same_in_json_with_either_spelling_and_either_time() -> None:
    other = {key.replace("id.", "id_"): value for key, value in CONN.items()}
    other["ts"] = "2022-09-29T14:40:56.755299Z"
    first, second = read(lines(CONN)), read(lines(other))
    assert first.kind == second.kind == "zeek-json"
    assert first.only("network_activity") == second.only("network_activity")
    assert str(first.only("network_activity")["start_time"]) == "2022-09-29 14:40:56.755299"


def test_mixed_logs_go_to_their_tables_by_the_name_they_carry() -> None:
    values = [
        {**CONN, "_path": "conn"},
        {"_path": "notice", "ts": 2.5, "note": "Scan::Port_Scan", "msg": "m", "src": "192.0.2.9"},
        {"_path": "unheard_of", "ts": 2.5},
        {"_path": "kerberos", "ts": 3.5, "uid": "C1", "id.orig_h": "192.0.2.1", "id.orig_p": 1,
         "id.resp_h": "192.0.2.2", "id.resp_p": 88, "request_type": "TGS", "client": "ann/CORP",
         "service": "cifs/host", "success": True, "cipher": "rc4-hmac"},
    ]  # fmt: skip
    found = read(lines(*values))
    assert found.adds_up
    assert dict(found.result.refused) == {"no table for the log unheard_of": 1}
    notice = found.only("detection_finding")
    assert (notice["src_ip"], notice["rule_id"], notice["category"], notice["frame"]) == (
        "192.0.2.9", "Scan::Port_Scan", "Scan", 2,
    )  # fmt: skip
    asked, told = found.tables["kerberos_activity"]
    assert (asked["message_type"], told["message_type"]) == ("TGS-REQ", "TGS-REP")
    assert (asked["client_name"], asked["realm"]) == ("ann", "CORP")
    assert told["ticket_encryption_type"] == 23


def test_calls_have_the_names_of_the_specification() -> None:
    call = {
        "ts": 1.5, "uid": "C1", "id.orig_h": "192.0.2.1", "id.orig_p": 1, "id.resp_h": "192.0.2.2",
        "id.resp_p": 445, "named_pipe": "\\pipe\\svcctl", "endpoint": "svcctl",
        "operation": "CreateServiceW", "rtt": 0.1,
    }  # fmt: skip
    row = read(lines(call)).only("dcerpc_activity")
    assert (row["interface"], row["operation"]) == ("svcctl", "RCreateServiceW")


def test_a_sensor_that_lost_packets_says_so() -> None:
    loss = {"ts": 1.5, "ts_delta": 900.0, "peer": "w-1", "gaps": 3, "acks": 60, "percent_lost": 5.0}
    found = read(lines(loss))
    rows = found.tables["device_health"]
    assert {(r["metric"], r["value"]) for r in rows} == {
        ("percent_lost", 5.0), ("gaps", 3.0), ("acks", 60.0),
    }  # fmt: skip
    assert found.result.facts["largest_capture_loss_percent"] == 5.0
