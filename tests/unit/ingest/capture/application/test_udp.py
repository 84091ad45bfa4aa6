"""Readers of protocols over UDP: messages as their specifications draw them, and any bytes."""

from __future__ import annotations

import json
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netcordon.ingest.capture.application.datagram.readers import BULK_READERS, READERS
from netcordon.ingest.capture.application.record.activity import MOST_ROWS
from netcordon.ingest.capture.events import ORIG, RESP
from tests.unit.ingest.capture import datagrams
from tests.unit.ingest.capture.application import messages, talk
from tests.unit.ingest.capture.application.talk import Row, Segment


def read(service: str, *turns: tuple[int, bytes], port: int = 4000) -> talk.Heard:
    return talk.udp([Segment(way, data) for way, data in turns], port, service=service)


def rows(service: str, *turns: tuple[int, bytes]) -> list[Row]:
    heard = read(service, *turns)
    assert heard.layer.refused == {}
    return heard.rows.get("application_activity", [])


def facts(row: Row) -> dict[str, object]:
    found = json.loads(str(row["detail"]))
    assert isinstance(found, dict)
    return found


def test_a_list_of_clients_asked_of_a_time_server() -> None:
    asked = bytes((0x17, 0, 3, 42)) + bytes(4)
    given_ = bytes((0xD7, 0, 3, 42, 0, 6, 0, 72)) + bytes(440)
    request, answer = rows("ntp", (ORIG, asked), (RESP, given_))
    assert (request["operation"], request["object"], request["is_response"]) == (
        "private", "MON_GETLIST_1", False)  # fmt: skip
    assert (answer["status"], answer["bytes"], facts(answer)["items"]) == ("ok", 448, 6)
    assert (answer["src_ip"], answer["is_response"]) == (talk.CLIENT, True)


def test_only_the_first_exchange_of_time_is_told() -> None:
    server = bytes((0x24, 1, 6, 0xEC)) + bytes(8) + b"GPS\0" + bytes(32)
    turns = [(ORIG, datagrams.ntp()), (RESP, server)] * 3
    request, answer = rows("ntp", *turns)
    assert (request["operation"], answer["status"]) == ("client", "stratum 1")
    assert facts(answer)["reference_id"] == "GPS"


def test_snmp_says_what_is_asked_and_never_the_community() -> None:
    (row,) = rows("snmp", (ORIG, datagrams.snmp_get(b"public")))
    assert (row["operation"], row["object"]) == ("get", "1.3.6.1.2.1.1.1.0")
    assert facts(row) == {"is_default_community": True, "version": "2c"}
    (row,) = rows("snmp", (ORIG, datagrams.snmp_get(b"s3cret")))
    assert facts(row)["is_default_community"] is False
    assert "s3cret" not in repr(row)


def test_snmp_version_3_names_its_user() -> None:
    ber = datagrams.ber
    head = ber(0x30, ber(2, b"\1"), ber(2, b"\x05\xdc"), ber(4, b"\x05"), ber(2, b"\3"))
    security = ber(
        0x30, ber(4, b"e"), ber(2, b"\1"), ber(2, b"\2"), ber(4, b"anna"), ber(4), ber(4)
    )
    pdu = ber(0xA1, ber(2, b"\1"), ber(2, b"\0"), ber(2, b"\0"), ber(0x30))
    scoped = ber(0x30, ber(4, b"e"), ber(4), pdu)
    message = ber(0x30, ber(2, b"\3"), head, ber(4, security), scoped)
    (row,) = rows("snmp", (ORIG, message))
    assert (row["operation"], row["account"]) == ("get-next", "anna")
    assert facts(row) == {"is_authenticated": True, "is_encrypted": False, "version": "3"}


def test_stun_maps_an_address() -> None:
    # RFC 5769 section 2.2
    response = bytes.fromhex(
        "0101003c2112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220"
        "002000080001a147e112a643000800142b91f599fd9e90c38c7489f92af9ba53f06be7d7"
        "80280004c07d4c96"
    )
    request, answer = rows("stun", (ORIG, datagrams.stun()), (RESP, response))
    assert (request["operation"], answer["status"]) == ("Binding", "success")
    assert answer["software"] == "test vector"
    assert facts(answer) == {"mapped_address": "192.0.2.1:32853"}


def test_ssdp_and_its_answer() -> None:
    search = b"M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nST: ssdp:all\r\n\r\n"
    answer = (b"HTTP/1.1 200 OK\r\nST: upnp:rootdevice\r\nSERVER: Linux UPnP/1.0 cam/2\r\n"
              b"LOCATION: http://10.0.0.9/d.xml\r\n\r\n")  # fmt: skip
    asked, told = rows("ssdp", (ORIG, search), (ORIG, search), (RESP, answer))
    assert (asked["operation"], asked["object"]) == ("M-SEARCH", "ssdp:all")
    assert (told["software"], told["status"]) == ("Linux UPnP/1.0 cam/2", "200")
    assert facts(told)["location"] == "http://10.0.0.9/d.xml"


def test_ssdp_is_told_once_a_flow_and_within_bounds() -> None:
    searches = [b"M-SEARCH * HTTP/1.1\r\nST: urn:%d\r\n\r\n" % n for n in range(100)]
    found = rows("ssdp", *((ORIG, message) for message in (searches[0], *searches)))
    assert [row["object"] for row in found] == [f"urn:{n}" for n in range(32)]


def test_what_answers_a_search_first_is_the_server() -> None:
    long = b"HTTP/1.1 200 OK\r\nST: upnp:rootdevice\r\nX: " + b"a" * 2000 + b"\r\n\r\n"
    heard = read("ssdp", (ORIG, long), (ORIG, b"HTTP? no"))
    (row,) = heard.rows["application_activity"]
    assert (row["is_response"], row["src_ip"], row["bytes"]) == (True, talk.SERVER, len(long))
    assert heard.layer.refused == {"datagram malformed": 1}


def test_ws_discovery_without_a_parser_of_xml() -> None:
    probe = (b'<s:Envelope><a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe'
             b'</a:Action><d:Types xmlns:x="u">dn:NetworkVideoTransmitter</d:Types>')  # fmt: skip
    (row,) = rows("wsd", (ORIG, probe))
    assert (row["operation"], row["object"]) == ("Probe", "dn:NetworkVideoTransmitter")


def sip(line: bytes, *fields: bytes) -> bytes:
    return b"\r\n".join((line, *fields, b"", b""))


def test_a_registration_and_its_outcome() -> None:
    who = (b"From: <sip:2001@pbx.example>;tag=1", b"To: <sip:2001@pbx.example>", b"Call-ID: c1")
    first = sip(b"REGISTER sip:pbx.example SIP/2.0", *who, b"CSeq: 1 REGISTER",
                b"User-Agent: friendly-scanner")  # fmt: skip
    refused = sip(b"SIP/2.0 401 Unauthorized", *who, b"CSeq: 1 REGISTER")
    again = sip(b"REGISTER sip:pbx.example SIP/2.0", *who, b"CSeq: 2 REGISTER",
                b'Authorization: Digest username="2001", response="00ff"')  # fmt: skip
    heard = read("sip", (ORIG, first), (RESP, refused), (ORIG, again),
                 (RESP, sip(b"SIP/2.0 200 OK", *who, b"CSeq: 2 REGISTER")))  # fmt: skip
    told = heard.rows["application_activity"]
    assert [row["operation"] for row in told] == ["REGISTER"] * 4
    assert (told[0]["software"], told[1]["status"]) == ("friendly-scanner", "401 Unauthorized")
    assert told[0]["object"] == "sip:pbx.example"
    login = heard.one("authentication")
    assert (login["account"], login["outcome"]) == ("2001@pbx.example", "success")
    assert "00ff" not in repr(heard.rows)


def test_bittorrent_names_torrents() -> None:
    query = (b"d1:ad2:id20:" + b"i" * 20 + b"9:info_hash20:" + bytes(range(20))
             + b"e1:q9:get_peers1:t2:aa1:v4:UT\0\1" + b"1:y1:qe")  # fmt: skip
    (row,) = rows("bittorrent", (ORIG, query), (ORIG, query))
    assert (row["operation"], row["object"], row["software"]) == (
        "get_peers", bytes(range(20)).hex(), "UT")  # fmt: skip
    connect = bytes.fromhex("0000041727101980") + struct.pack(">II", 0, 7)
    announce = bytes(8) + struct.pack(">II", 1, 8) + bytes(range(20)) + bytes(62)
    told = rows("bittorrent", (ORIG, connect), (ORIG, announce))
    assert [(row["operation"], row["object"]) for row in told] == [
        ("connect", None), ("announce", bytes(range(20)).hex())]  # fmt: skip


def test_files_over_tftp() -> None:
    (row,) = rows("tftp", (ORIG, b"\0\2run.cfg\0Octet\0blksize\x001428\0"), (RESP, b"\0\4\0\0"))
    assert (row["operation"], row["object"]) == ("write", "run.cfg")
    assert facts(row) == {"mode": "octet", "options": {"blksize": "1428"}}


def test_radius_logs_in() -> None:
    request = datagrams.radius(1, 7, (1, b"anna"), (2, b"\x99" * 16), (4, bytes((10, 0, 0, 9))))
    heard = read("radius", (ORIG, request), (ORIG, request), (RESP, datagrams.radius(3, 7)))
    asked = heard.rows["application_activity"][0]
    assert (asked["operation"], asked["account"]) == ("Access-Request", "anna")
    assert facts(asked)["nas_address"] == "10.0.0.9"
    login = heard.one("authentication")
    assert (login["account"], login["outcome"], login["method"]) == ("anna", "failure", "radius")


def test_coap_paths() -> None:
    # RFC 7252 figure 16, with a second path segment and a query
    request = bytes.fromhex("44017d342001aabbbb74656d70657261747572650173") + b"\x43a=1"
    asked, told = rows("coap", (ORIG, request), (RESP, bytes.fromhex("64457d342001aabbff3232")))
    assert (asked["operation"], asked["object"]) == ("GET", "/temperature/s?a=1")
    assert (told["status"], facts(told)["token"]) == ("2.05", "2001aabb")


def test_ike_names_version_and_exchange() -> None:
    (row,) = rows("ike", (ORIG, datagrams.ike()), (ORIG, datagrams.ike()))
    assert (row["operation"], row["software"]) == ("IKE_SA_INIT", "IKEv2")
    (row,) = rows("ike", (ORIG, b"\0\0\0\0" + datagrams.ike(4, 0x10)))
    assert (row["operation"], row["software"]) == ("Aggressive", "IKEv1")


def test_a_host_announces_itself() -> None:
    names = messages.netbios_name(b"FILES", 0) + messages.netbios_name(b"CORP", 0x1D)
    browse = (b"\xffSMB\x25" + bytes(60) + b"\\MAILSLOT\\BROWSE\0" + b"\x0f\1" + bytes(4)
              + b"FILES".ljust(16, b"\0") + b"\x06\x01" + bytes(10))  # fmt: skip
    head = bytes([0x11, 2, 0, 1, 10, 0, 0, 5, 0, 138]) + struct.pack(">HH", 200, 0)
    heard = read("nbdgm", (ORIG, head + names + browse))
    row = heard.one("application_activity")
    assert (row["operation"], row["object"]) == ("LocalMasterAnnouncement", "CORP")
    identity = heard.one("host_identity")
    assert (identity["host_name"], identity["os_hint"]) == ("FILES", "Windows 6.1")
    assert identity["ip"] == talk.CLIENT


def test_the_port_mapper_is_asked_for_a_port() -> None:
    call = struct.pack(">14I", 9, 0, 2, 100000, 2, 3, 0, 0, 0, 0, 100003, 3, 17, 0)
    (row,) = rows("portmap", (ORIG, call))
    assert (row["operation"], row["object"]) == ("portmap GETPORT", "nfs")


def test_a_port_opened_in_a_router() -> None:
    asked, told = rows("natpmp", (ORIG, struct.pack(">BBHHHI", 0, 2, 0, 22, 2222, 3600)),
                       (RESP, struct.pack(">BBHIHHI", 0, 130, 0, 5, 22, 2222, 3600)))  # fmt: skip
    assert (asked["operation"], told["status"]) == ("map tcp", "result 0")
    assert facts(asked) == facts(told) == {
        "internal_port": 22, "external_port": 2222, "lifetime_s": 3600}  # fmt: skip


def test_a_search_for_a_domain_controller() -> None:
    ber = datagrams.ber
    host = ((b"DnsDomain", b"corp.example."), (b"Host", b"PC-7"))
    wanted = [ber(0xA3, ber(4, name), ber(4, value)) for name, value in host]
    search = ber(0x63, ber(4), ber(10, b"\0"), ber(10, b"\0"), ber(2, b"\0"), ber(2, b"\0"),
                 ber(1, b"\0"), ber(0xA0, *wanted), ber(0x30, ber(4, b"Netlogon")))  # fmt: skip
    heard = read("cldap", (ORIG, ber(0x30, ber(2, b"\1"), search)))
    row = heard.one("application_activity")
    assert (row["object"], facts(row)) == ("Netlogon", {"domain": "corp.example", "host": "PC-7"})
    assert heard.one("host_identity")["host_name"] == "PC-7"


def test_memcached_commands() -> None:
    asked, told = rows("memcached", (ORIG, b"\0\1\0\0\0\1\0\0get k1\r\n"),
                       (RESP, b"\0\1\0\0\0\1\0\0VALUE k1 0 3\r\nabc\r\nEND\r\n"))  # fmt: skip
    assert (asked["operation"], asked["object"], told["status"]) == ("get", "k1", "VALUE")
    assert "abc" not in repr(told)


def test_what_is_too_much_is_counted() -> None:
    turns = [
        (ORIG, bytes((0x40, 1)) + number.to_bytes(2, "big")) for number in range(MOST_ROWS + 5)
    ]
    told = rows("coap", *turns)
    assert len(told) == MOST_ROWS + 1
    assert (told[-1]["operation"], facts(told[-1])["messages"]) == ("more", 5)


def test_one_malformed_datagram_does_not_stop_the_others() -> None:
    heard = read("snmp", (ORIG, b"\x30\x02\x05\x00"), (ORIG, datagrams.snmp_get()))
    assert heard.layer.refused == {"datagram malformed": 1}
    assert len(heard.rows["application_activity"]) == 1


def test_an_answer_seen_first_turns_the_flow() -> None:
    heard = read("radius", (ORIG, datagrams.radius(2, 7)))
    assert heard.feedback["flip"].tolist() == [1]
    assert heard.one("application_activity")["src_ip"] == talk.SERVER


@pytest.mark.parametrize("service", sorted([*READERS, *BULK_READERS]))
@settings(max_examples=60)
@given(data=st.data())
def test_any_bytes_are_read_without_harm(service: str, data: st.DataObject) -> None:
    _, sound = datagrams.STRONG[service]
    damaged = bytearray(sound)
    for _ in range(data.draw(st.integers(0, 6))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(damaged[: data.draw(st.integers(0, len(damaged)))])
    noise = data.draw(st.binary(max_size=120))
    heard = read(service, (ORIG, bytes(damaged)), (RESP, cut), (ORIG, noise), (RESP, sound + noise))
    assert "parser failed" not in heard.layer.refused
