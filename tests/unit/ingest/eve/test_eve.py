"""EVE: each type of event in its table, the right way round, with its flow."""

from __future__ import annotations

import json

from tests.unit.ingest.text.logs import Read, read

FLOW = {
    "timestamp": "2021-06-06T15:57:37.272281+0200",
    "flow_id": 1022222090521211,
    "event_type": "flow",
    "src_ip": "192.0.2.76",
    "src_port": 38669,
    "dest_ip": "198.51.100.129",
    "dest_port": 443,
    "proto": "TCP",
    "app_proto": "tls",
    "vlan": [7],
    "flow": {
        "pkts_toserver": 6,
        "pkts_toclient": 5,
        "bytes_toserver": 1000,
        "bytes_toclient": 4000,
        "start": "2021-06-07T15:35:18.543355+0200",
        "end": "2021-06-07T15:35:19.543860+0200",
        "age": 1,
        "state": "closed",
        "reason": "shutdown",
        "alerted": True,
    },
    "tcp": {"tcp_flags": "1b", "tcp_flags_ts": "1b", "tcp_flags_tc": "13", "state": "closed"},
}


def eve(*events: dict[str, object]) -> Read:
    found = read(b"".join(json.dumps(event).encode() + b"\n" for event in events))
    assert found.adds_up
    return found


def event(kind: str, **more: object) -> dict[str, object]:
    shared = {
        k: FLOW[k]
        for k in ("timestamp", "flow_id", "src_ip", "src_port", "dest_ip", "dest_port", "proto")
    }
    return {**shared, "event_type": kind, **more}


def test_a_flow_has_times_in_utc_and_a_payload_that_is_a_lower_bound() -> None:
    found = eve(FLOW)
    row = found.only("network_activity")
    assert found.kind == "eve"
    assert row["uid"] == "1022222090521211"
    assert str(row["start_time"]) == "2021-06-07 13:35:18.543355"
    assert (row["wire_bytes_out"], row["payload_bytes_out"]) == (1000, 1000 - 6 * 66)
    assert (row["conn_state"], row["service"], row["vlan"]) == ("SF", "tls", 7)
    assert (row["tcp_flags_out"], row["tcp_flags_in"]) == (0x1B, 0x13)


def test_what_a_rules_author_says_goes_before_the_priority_of_its_class() -> None:
    told = {"action": "allowed", "gid": 1, "signature_id": 7, "signature": "S", "severity": 1}
    metadata = {
        "signature_severity": ["Informational"], "confidence": ["High"],
        "mitre_technique_id": ["T1071", "T1573.002"],
    }  # fmt: skip
    found = eve(event("alert", alert=told), event("alert", alert={**told, "metadata": metadata}))
    plain, rich = found.tables["detection_finding"]
    assert (plain["severity_id"], plain["confidence"], plain["techniques"]) == (4, None, None)
    assert (rich["severity_id"], rich["confidence"]) == (1, 0.8)
    assert rich["techniques"] == ["T1071", "T1573.002"]


def test_an_alert_towards_the_client_still_names_the_initiator_first() -> None:
    back = event(
        "alert",
        direction="to_client",
        alert={
            "action": "allowed",
            "gid": 1,
            "signature_id": 2210044,
            "rev": 2,
            "signature": "S",
            "category": "C",
            "severity": 1,
        },
    )
    swapped = {
        "src_ip": "dest_ip",
        "dest_ip": "src_ip",
        "src_port": "dest_port",
        "dest_port": "src_port",
    }
    back |= {key: FLOW[other] for key, other in swapped.items()}
    row = eve(back).only("detection_finding")
    assert (row["src_ip"], row["dst_port"]) == (FLOW["src_ip"], 443)
    assert (row["rule_id"], row["rule_revision"], row["severity_id"]) == ("1:2210044", 2, 4)
    assert (row["is_from_src"], row["uid"], row["frame"]) == (False, "1022222090521211", 1)


def test_questions_and_answers_are_the_same_in_all_three_shapes() -> None:
    record = {"rrname": "a.example", "rrtype": "A", "ttl": 60, "rdata": "192.0.2.1"}
    first = event("dns", dns={"type": "answer", "id": 7, "rcode": "NOERROR", **record})
    second = event(
        "dns",
        dns={
            "version": 2,
            "type": "answer",
            "id": 7,
            "rcode": "NOERROR",
            "rrname": "a.example",
            "rrtype": "A",
            "answers": [record],
        },
    )
    third = event(
        "dns",
        dns={
            "version": 3,
            "type": "response",
            "id": 7,
            "rcode": "NOERROR",
            "queries": [{"rrname": "a.example", "rrtype": "A"}],
            "answers": [record],
        },
    )
    for shape in (first, second, third):
        row = eve(shape).only("dns_activity")
        assert (row["query"], row["query_type"], row["rcode"]) == ("a.example", "A", "NOERROR")
        assert (row["answers"], row["is_response"]) == (["192.0.2.1"], True)
    asked = eve(event("dns", dns={"type": "request", "queries": [record]})).only("dns_activity")
    assert (asked["query"], asked["is_response"], asked["rcode"]) == ("a.example", False, None)


def test_a_line_is_read_as_what_it_is_and_not_as_what_it_seems() -> None:
    nested = event("rdp", rdp={"event_type": "initial_request", "cookie": "ann"})
    lying = {"x": {"event_type": "alert"}, **event("ssh", ssh={"client": {"proto_version": "2.0"}})}
    found = eve(nested, lying, event("unheard", x=1), {"timestamp": "never", "event_type": "dns"})
    assert found.only("rdp_activity")["cookie"] == "ann"
    assert found.only("ssh_activity")["frame"] == 2
    assert "detection_finding" not in found.tables
    assert dict(found.result.refused) == {"no table for events of type unheard": 1, "no time": 1}


def test_ten_thousand_types_of_events_cost_no_more_than_one() -> None:
    found = eve(FLOW, *(event(f"kind{i}") for i in range(10_000)))
    assert sum(found.result.refused.values()) == 10_000
    assert len(found.result.refused) <= 9


def test_a_file_and_a_login_have_their_flow() -> None:
    sent = event(
        "fileinfo",
        app_proto="http",
        http={"hostname": "h", "url": "/u"},
        fileinfo={"filename": "/u", "state": "CLOSED", "size": 5, "gaps": False},
    )
    login = event(
        "smb",
        smb={
            "command": "SMB2_COMMAND_SESSION_SETUP",
            "status": "STATUS_LOGON_FAILURE",
            "ntlmssp": {"user": "ann", "domain": "CORP", "host": "PC"},
        },
    )
    found = eve(sent, login)
    assert found.only("file_activity")["is_upload"] is True
    assert found.only("file_activity")["file_name"] is None, "the path it was sent to is no name"
    row = found.only("authentication")
    assert (row["account"], row["domain"], row["outcome"]) == ("ann", "CORP", "failure")
    assert found.only("smb_activity")["command"] == "session_setup"


def test_a_sensor_that_dropped_packets_says_so() -> None:
    found = eve(
        {
            "timestamp": FLOW["timestamp"],
            "event_type": "stats",
            "stats": {"capture": {"kernel_packets": 1000, "kernel_drops": 50}},
        }
    )
    assert found.result.facts["largest_sensor_dropped"] == 50
    assert {row["metric"] for row in found.tables["device_health"]} == {
        "capture.kernel_packets",
        "capture.kernel_drops",
    }
