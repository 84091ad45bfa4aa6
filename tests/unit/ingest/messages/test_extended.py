"""Logs that name their fields."""

from __future__ import annotations

from datetime import datetime

from tests.unit.ingest.messages.lines import EXTENDED
from tests.unit.ingest.text.logs import read

_FIREWALL = (
    b"#Version: 1.5\n#Software: Microsoft Windows Firewall\n#Time Format: Local\n"
    b"#Fields: date time action protocol src-ip dst-ip src-port dst-port size tcpflags tcpsyn\n\n"
    b"2024-05-06 07:08:09 DROP TCP 192.0.2.5 192.0.2.6 50000 445 52 S 1\n"
    b"2024-05-06 07:08:10 ALLOW UDP 192.0.2.6 192.0.2.53 50001 53 0 - -\n"
    b"2024-05-06 07:08:11 INFO-EVENTS-LOST\n"
)


def test_the_windows_firewall() -> None:
    found = read(_FIREWALL)
    assert found.kind == "extended:flows"
    assert found.adds_up
    dropped, passed = found.tables["network_activity"]
    assert (dropped["src_ip"], dropped["dst_port"], dropped["conn_state"]) == (
        "192.0.2.5", 445, "S0",
    )  # fmt: skip
    assert (dropped["tcp_flags_out"], dropped["packets_in"]) == (2, 0)
    assert (passed["protocol"], passed["packets_out"]) == ("udp", None)
    assert found.result.refused == {"another number of fields": 1}
    assert [w.code for w in found.result.warnings] == ["NC-270", "NC-271"]


def test_a_web_server_and_a_header_that_changes() -> None:
    found = read(EXTENDED)
    assert found.kind == "extended:web"
    iis, proxy = found.tables["http_activity"]
    assert iis["time"] == datetime(2024, 5, 6, 7, 8, 9)
    assert (iis["uri"], iis["user_agent"], iis["status_code"]) == ("/a?b=c", "Agent x", 200)
    assert (iis["dst_ip"], iis["dst_port"], iis["account"]) == ("192.0.2.80", 80, None)
    assert (proxy["host"], proxy["user_agent"], proxy["response_body_bytes"]) == (
        "a.example", "Agent y/1+2", 99,
    )  # fmt: skip
