from __future__ import annotations

import base64
import struct

import pytest

from netcordon.ingest.capture.events import ORIG, RESP
from tests.unit.ingest.capture.application import messages, talk
from tests.unit.ingest.capture.application.talk import Segment

REQUEST = b"\x0c\x04pc-7\x3c\x08MSFT 5.0\x51\x0a\x00\x00\x00pc-7.co" + b"\x32\x04\x0a\x00\x00\x05"


def test_a_dhcp_request_and_its_acknowledgement() -> None:
    own = bytes((10, 0, 0, 5))
    options = (
        b"\x36\x04\x0a\x00\x00\x01\x33\x04\x00\x00\x0e\x10\x03\x04\x0a\x00\x00\x01\x0f\x04corp"
    )
    heard = talk.udp(
        [
            Segment(ORIG, messages.dhcp(3, REQUEST)),
            Segment(RESP, messages.dhcp(5, options, reply=True, yours=own)),
        ],
        67, 68,
    )  # fmt: skip
    asked, given = heard.rows["dhcp_activity"]
    assert (asked["message_type"], asked["host_name"], asked["fqdn"]) == (
        "REQUEST",
        "pc-7",
        "pc-7.co",
    )
    assert (asked["client_mac"], asked["assigned_ip"]) == ("02:00:00:00:00:01", "10.0.0.5")
    assert (given["message_type"], given["lease_s"], given["routers"]) == (
        "ACK",
        3600,
        ["10.0.0.1"],
    )
    assert (given["server_ip"], given["domain"]) == ("10.0.0.1", "corp")
    facts = [(r["ip"], r["mac"], r["host_name"], r["os_hint"]) for r in heard.rows["host_identity"]]
    assert facts == [
        (None, "02:00:00:00:00:01", "pc-7", "MSFT 5.0"),
        ("10.0.0.5", "02:00:00:00:00:01", None, None),
    ]


def test_arp_says_who_has_an_address_and_a_probe_says_nothing() -> None:
    head = struct.pack(">HHBBH", 1, 0x0800, 6, 4, 2)
    sender, target = bytes.fromhex("020000000001"), bytes.fromhex("020000000002")
    heard = talk.arp(head + sender + bytes((10, 0, 0, 5)) + target + bytes((10, 0, 0, 1)))
    row = heard.one("arp_activity")
    assert (row["operation"], row["sender_ip"], row["target_ip"]) == (
        "reply",
        "10.0.0.5",
        "10.0.0.1",
    )
    assert (row["src_mac"], row["sender_mac"]) == ("02:00:00:00:00:01", "02:00:00:00:00:01")
    assert heard.one("host_identity")["ip"] == "10.0.0.5"
    probe = talk.arp(head + sender + bytes(4) + target + bytes((10, 0, 0, 1)))
    assert "host_identity" not in probe.rows


def test_kerberos_over_udp_and_tcp() -> None:
    asked, failed = (
        messages.as_req(b"anna", b"CORP.EXAMPLE"),
        messages.krb_error(24, b"anna", b"CORP"),
    )
    heard = talk.udp([Segment(ORIG, asked), Segment(RESP, failed)], 88)
    request, error = heard.rows["kerberos_activity"]
    assert (request["message_type"], request["client_name"]) == ("AS-REQ", "anna")
    assert (request["realm"], request["service_name"]) == ("CORP.EXAMPLE", "krbtgt/CORP.EXAMPLE")
    assert request["encryption_types"] == [18, 23]
    assert (error["message_type"], error["error_code"], error["src_ip"]) == (
        "KRB-ERROR",
        24,
        talk.CLIENT,
    )
    login = heard.one("authentication")
    assert (login["account"], login["outcome"]) == ("anna", "failure")
    assert heard.one("host_identity")["user"] == "anna"

    wire = len(asked).to_bytes(4, "big") + asked
    over_tcp = talk.tcp(talk.stream((ORIG, wire[:9]), (ORIG, wire[9:])), 50088)
    assert over_tcp.one("kerberos_activity")["client_name"] == "anna"


def test_a_machine_account_is_a_host() -> None:
    heard = talk.udp([Segment(ORIG, messages.as_req(b"PC-7$", b"CORP"))], 88)
    identity = heard.one("host_identity")
    assert (identity["host_name"], identity["user"], identity["domain"]) == ("PC-7", None, "CORP")


def test_kerberos_padata_options_and_tickets() -> None:
    sealed = messages.der(0x30, messages.der(0xA0, messages.der(2, b"\x17")))
    ticket = messages.der(
        0x61, messages.der(0x30, messages.der(0xA1, messages.der(0x1B, b"CORP")),
                           messages.der(0xA2, messages.principal(b"cifs", b"srv")),
                           messages.der(0xA3, sealed)))  # fmt: skip
    shown = messages.der(
        0x6E, messages.der(0x30, messages.der(0xA2, messages.der(3, b"\0\x20\0\0\0")),
                           messages.der(0xA3, ticket), messages.der(0xA4, sealed)))  # fmt: skip
    user = messages.der(0x30, messages.der(0xA0, messages.principal(b"admin")))
    padata = messages.der(0x30, *(
        messages.der(0x30, messages.der(0xA1, messages.der(2, number)),
                     messages.der(0xA2, messages.der(4, value)))
        for number, value in ((b"\x01", shown), (b"\0\x81", user))))  # fmt: skip
    body = messages.der(0x30, messages.der(0xA0, messages.der(3, b"\0\x40\x81\0\0")),
                        messages.der(0xA3, messages.principal(b"host", b"srv")))  # fmt: skip
    asked = messages.der(
        0x6C, messages.der(0x30, messages.der(0xA3, padata), messages.der(0xA4, body))
    )
    heard = talk.udp([Segment(ORIG, asked), Segment(ORIG, shown)], 88)
    request, presented = heard.rows["kerberos_activity"]
    assert (request["message_type"], request["ticket_options"]) == ("TGS-REQ", 0x40810000)
    assert (request["padata_types"], request["impersonated_name"]) == ([1, 129], "admin")
    assert (request["ticket_encryption_type"], request["pre_authentication"]) == (23, None)
    assert (presented["service_name"], presented["ticket_options"]) == ("cifs/srv", 0x20000000)
    assert presented["ticket_encryption_type"] == 23
    without = talk.udp([Segment(ORIG, messages.as_req(b"anna", b"CORP"))], 88)
    assert without.one("kerberos_activity")["pre_authentication"] is False


def test_requests_within_requests_end_somewhere() -> None:
    asked = b""
    for _ in range(600):
        entry = messages.der(0x30, messages.der(0xA1, messages.der(2, b"\x01")),
                             messages.der(0xA2, messages.der(4, asked)))  # fmt: skip
        asked = messages.der(
            0x6C, messages.der(0x30, messages.der(0xA3, messages.der(0x30, entry)))
        )
    assert len(talk.udp([Segment(ORIG, asked)], 88).rows["kerberos_activity"]) == 1


GSS = b"\x60\x81\x80\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x01\0"


@pytest.mark.parametrize("wrapper", [b"", GSS])
def test_a_ticket_within_another_protocols_token(wrapper: bytes) -> None:
    ticket = messages.der(0x61, messages.der(0x30, messages.der(0xA2, messages.principal(b"http"))))
    shown = messages.der(
        0x6E, messages.der(0x30, messages.der(0xA0, messages.der(2, b"\x05")),
                           messages.der(0xA1, messages.der(2, b"\x0e")),
                           messages.der(0xA3, ticket)))  # fmt: skip
    head = b"GET / HTTP/1.1\r\nHost: h\r\nAuthorization: Kerberos "
    request = head + base64.b64encode(wrapper + shown) + b"\r\n\r\n"
    row = talk.tcp(talk.stream((ORIG, request)), 5985).one("kerberos_activity")
    assert (row["message_type"], row["service_name"]) == ("AP-REQ", "http")
