"""Each kind of device, by lines written after its vendor's description."""

from __future__ import annotations

from datetime import datetime

import pytest

from netcordon.evidence.recognise import recognise
from tests.unit.ingest.messages import lines
from tests.unit.ingest.messages.lines import read_messages

_0708 = datetime(2024, 5, 6, 7, 8, 9)
_FLOWS = {
    "syslog:netfilter": (
        lines.IPTABLES,
        {
            "start_time": datetime(2024, 3, 11, 20, 35, 11), "src_ip": "192.0.2.55",
            "src_port": 56247, "dst_ip": "192.0.2.1", "dst_port": 1083, "protocol": "tcp",
            "conn_state": "S0", "packets_out": 1, "packets_in": 0, "ip_bytes_out": 44,
            "tcp_flags_out": 2, "ttl_min_out": 38, "src_mac": "02:00:00:00:00:02",
        },
    ),
    "syslog:filterlog": (
        lines.FILTERLOG,
        {
            "start_time": datetime(2024, 5, 6, 5, 8, 9, 500000), "src_ip": "192.0.2.9",
            "dst_port": 445, "conn_state": "S0", "tcp_flags_out": 2, "payload_bytes_out": 0,
        },
    ),
    "syslog:cisco_asa": (
        lines.FTD,
        {
            "start_time": _0708, "duration_s": 10.0, "src_ip": "192.0.2.2", "dst_port": 53,
            "service": "dns", "payload_bytes_out": 60, "packets_in": 1, "conn_state": "SF",
        },
    ),
    "syslog:key_value": (
        lines.FORTIGATE,
        {
            "start_time": datetime(2024, 5, 6, 7, 7, 59), "end_time": _0708, "duration_s": 10.0,
            "src_ip": "192.0.2.5", "dst_ip": "198.51.100.5", "conn_state": "SF",
            "packets_out": 10, "packets_in": 12, "ip_bytes_out": 5000, "payload_bytes_out": 4600,
        },
    ),
    "syslog:palo_alto": (
        lines.PAN,
        {
            "start_time": datetime(2024, 5, 6, 7, 7, 53), "duration_s": 16.0, "service": "tls",
            "src_port": 50001, "dst_port": 443, "ip_bytes_out": 1974, "ip_bytes_in": 372,
            "packets_out": 6, "packets_in": 3, "conn_state": "SF",
        },
    ),
    "syslog:cef": (
        lines.CEF, {"start_time": _0708, "src_port": 1, "dst_port": 22, "conn_state": "S0"},
    ),
    "syslog:leef": (
        lines.LEEF, {"start_time": _0708, "src_port": 1, "dst_port": 22, "protocol": "tcp"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", sorted(_FLOWS))
def test_a_connection(kind: str) -> None:
    line, expected = _FLOWS[kind]
    found = read_messages(line)
    assert found.kind == kind
    row = found.only("network_activity")
    assert {name: row[name] for name in expected} == expected


def test_an_asa_connection_is_one_flow_that_begins_where_it_was_built() -> None:
    found = read_messages(*lines.ASA)
    torn, denied = found.tables["network_activity"]
    assert (torn["src_ip"], torn["dst_ip"], torn["dst_port"]) == ("192.0.2.8", "198.51.100.7", 443)
    assert (torn["start_time"], torn["duration_s"]) == (datetime(2024, 3, 15, 10), 30.0)
    assert torn["conn_state"] == "SF"
    assert torn["payload_bytes_out"] is None
    assert (denied["protocol"], denied["conn_state"], denied["dst_port"]) == ("udp", "S0", 53)


def test_a_connection_that_did_not_end_stands_as_it_began() -> None:
    row = read_messages(lines.ASA[0]).only("network_activity")
    assert (row["src_ip"], row["dst_port"], row["first_frame"]) == ("192.0.2.8", 443, 1)
    assert row["conn_state"] is None
    assert row["packets_out"] is None


def test_proxies_and_web_servers() -> None:
    squid = read_messages(lines.SQUID).only("http_activity")
    assert (squid["host"], squid["method"], squid["dst_ip"]) == (
        "a.example", "CONNECT", "198.51.100.6",
    )  # fmt: skip
    assert (squid["response_time"] - squid["time"]).total_seconds() == 3.387  # type: ignore[operator]
    web = read_messages(lines.COMBINED).only("http_activity")
    assert (web["time"], web["account"], web["status_code"]) == (_0708, "alice", 404)
    assert (web["uri"], web["user_agent"], web["referrer"]) == ("/a?b=c", 'agent "x" A', None)


def test_one_file_may_mix_devices_and_says_what_it_did_not_read() -> None:
    found = read_messages(*lines.EVERY, "<30>May  6 07:08:09 host cron[1]: job done")
    assert found.result.refused == {"no message of a known kind": 1}
    assert len(found.tables["network_activity"]) == len(lines.EVERY) - 3  # two web, one ASA pair
    assert found.tables["http_activity"]


def test_what_times_leave_out_is_said() -> None:
    found = read_messages(lines.IPTABLES)
    codes = {w.code: w.what for w in found.result.warnings}
    assert set(codes) == {"NC-271", "NC-272"}
    assert "2024" in codes["NC-272"]
    assert not read_messages(lines.FILTERLOG).result.warnings


_QUERIES = {
    "syslog:bind": (
        lines.BIND,
        {
            "time": datetime(2024, 5, 6, 7, 8, 9, 250000), "src_port": 38251, "protocol": "tcp",
            "dst_ip": "192.0.2.53", "query_type": "AAAA", "is_response": False, "rd": True,
        },
    ),
    "syslog:unbound": (
        lines.UNBOUND,
        {"time": _0708, "query_type": "TXT", "rcode": "NXDOMAIN", "is_response": True},
    ),
    "syslog:dnsmasq": (
        lines.DNSMASQ[0], {"time": _0708, "query_type": "TYPE65", "is_response": False},
    ),
    "syslog:windows_dns": (
        lines.WINDOWS_DNS,
        {
            "time": _0708, "query_type": "A", "rcode": "NXDOMAIN", "transaction_id": 0x78C1,
            "is_response": True, "aa": True, "rd": True, "ra": True,
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", sorted(_QUERIES))
def test_a_lookup(kind: str) -> None:
    line, expected = _QUERIES[kind]
    found = read_messages(line)
    assert found.kind == kind
    row = found.only("dns_activity")
    assert (row["src_ip"], row["query"], row["dst_port"]) == ("192.0.2.8", "a.example", 53)
    assert {name: row[name] for name in expected} == expected


def test_an_answer_that_names_no_client_is_refused_and_counted() -> None:
    found = read_messages(*lines.DNSMASQ)
    assert found.result.refused == {"an answer of dnsmasq, which names no client": 1}


def test_a_packet_that_passed_tells_nothing_of_its_flow() -> None:
    row = read_messages(lines.IPTABLES.replace("DROP", "ACCEPT")).only("network_activity")
    assert row["packets_out"] is row["packets_in"] is row["ip_bytes_out"] is None
    assert row["conn_state"] is None
    assert row["tcp_flags_out"] == 2


def test_a_connection_with_a_name_for_an_end_is_refused() -> None:
    named = lines.FORTIGATE.replace("dstip=198.51.100.5", "dstip=host.example")
    found = read_messages(lines.FORTIGATE, named)
    assert found.result.refused == {"an end of the connection is no address": 1}
    assert len(found.tables["network_activity"]) == 1


@pytest.mark.parametrize("spoilt", ["\0" * 400, "\0" * 40 + lines.SQUID, "\0\0"])
def test_zeros_of_a_crash_cost_their_line_and_not_the_log(spoilt: str) -> None:
    found = read_messages(spoilt, lines.SQUID, lines.SQUID)
    assert len(found.tables["http_activity"]) == 2
    assert sum(found.result.refused.values()) == 1


def test_a_file_of_zeros_and_one_of_two_octets_a_letter_are_no_messages() -> None:
    assert recognise(b"\0" * 4000) is None
    assert recognise(f"{lines.SQUID}\n{lines.SQUID}\n".encode("utf-16")) is None
