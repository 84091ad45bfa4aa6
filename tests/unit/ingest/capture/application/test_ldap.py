from __future__ import annotations

import json
import struct

import pytest

from netcordon.ingest.capture.application.ldap.filter import filter_text
from tests.unit.ingest.capture.application import messages, talk
from tests.unit.ingest.capture.application.messages import der
from tests.unit.ingest.capture.application.talk import to_client, to_server

EQUAL = der(0xA3, der(4, b"cn"), der(4, b"a*b"))
PIECES = der(0x30, der(0x80, b"ad"), der(0x81, b"mi"), der(0x82, b"n"))
SUBSTRINGS = der(0xA4, der(4, b"cn"), PIECES)


def message(number: int, operation: bytes) -> bytes:
    return der(0x30, der(2, bytes([number])), operation)


def result(tag: int, code: int) -> bytes:
    return der(tag, der(10, bytes([code])), der(4, b""), der(4, b""))


def search(base: bytes, condition: bytes, *attributes: bytes) -> bytes:
    limits = der(10, b"\0") + der(2, b"\0") + der(2, b"\0") + der(1, b"\0")
    wanted = der(0x30, *(der(4, name) for name in attributes))
    return der(0x63, der(4, base), der(10, b"\x02"), limits, condition, wanted)


def sasl_bind(token: bytes) -> bytes:
    credentials = der(0xA3, der(4, b"GSS-SPNEGO"), der(4, token))
    return der(0x60, der(2, b"\x03"), der(4, b""), credentials)


def rows(*turns: tuple[int, bytes]) -> list[talk.Row]:
    heard = talk.tcp(talk.stream(*turns), 3890)
    return sorted(heard.rows["application_activity"], key=lambda row: row["frame"])


@pytest.mark.parametrize(("element", "text"), [
    (EQUAL, r"(cn=a\2ab)"),
    (SUBSTRINGS, "(cn=ad*mi*n)"),
    (der(0x87, b"objectClass"), "(objectClass=*)"),
    (der(0xA0, EQUAL, der(0xA2, der(0x87, b"mail"))), r"(&(cn=a\2ab)(!(mail=*)))"),
    (der(0xA1, der(0xA5, der(4, b"a"), der(4, b"1")), der(0xA6, der(4, b"b"), der(4, b"2"))),
     "(|(a>=1)(b<=2))"),
    (der(0xA9, der(0x81, b"1.2.840.113556.1.4.803"), der(0x82, b"userAccountControl"),
         der(0x83, b"8192")), "(userAccountControl:1.2.840.113556.1.4.803:=8192)"),
    (der(0xA3, der(4, b"objectGUID"), der(4, b"\xff\x00")), r"(objectGUID=\ff\00)"),
    (der(0xA3, der(4, b"userPassword"), der(4, b"hunter2")), "(userPassword=?)"),
    (der(0xA3, der(4, b"x")), "(?)"),
])  # fmt: skip
def test_filters_as_text(element: bytes, text: str) -> None:
    size = element[1]
    assert filter_text(element[0], element[2 : 2 + size]) == text


def test_a_filter_of_filters_ends_somewhere() -> None:
    element = der(0x87, b"a")
    for _ in range(200):
        element = der(0xA2, element)
    tag, content = element[0], element[4:]
    assert filter_text(tag, content).count("(!") == 25


def test_a_search_with_its_entries_and_result() -> None:
    entry = der(0x64, der(4, b"cn=a"), der(0x30))
    (row,) = rows(
        to_server(message(2, search(b"dc=corp", EQUAL, b"mail", b"cn"))),
        to_client(message(2, entry) + message(2, entry)),
        to_client(message(2, result(0x65, 0))),
    )
    assert (row["operation"], row["object"], row["status"]) == ("search", "dc=corp", "success")
    assert json.loads(str(row["detail"])) == {
        "attributes": ["mail", "cn"], "entries": 2, "filter": r"(cn=a\2ab)", "scope": "sub",
    }  # fmt: skip


def test_changes_name_attributes_and_no_values() -> None:
    attribute = der(0x30, der(4, b"unicodePwd"), der(0x31, der(4, b"hunter2")))
    change = der(0x30, der(10, b"\x02"), attribute)
    (row,) = rows(
        to_server(message(3, der(0x66, der(4, b"cn=a"), der(0x30, change)))),
        to_client(message(3, result(0x67, 50))),
    )
    assert (row["operation"], row["object"], row["status"]) == (
        "modify", "cn=a", "insufficientAccessRights",
    )  # fmt: skip
    assert row["detail"] == '{"changes": ["replace unicodePwd"]}'


def test_a_rename_and_a_deletion() -> None:
    found = rows(
        to_server(message(4, der(0x6C, der(4, b"cn=a"), der(4, b"cn=b"), der(1, b"\xff")))),
        to_server(message(5, der(0x4A, b"cn=c"))),
    )
    assert [(row["operation"], row["object"]) for row in found] == [
        ("modify_dn", "cn=a"), ("delete", "cn=c"),
    ]  # fmt: skip
    assert found[0]["detail"] == '{"new_rdn": "cn=b"}'


@pytest.mark.parametrize(("code", "outcome", "account"), [
    (0, "success", "CORP\\anna"), (49, "failure", None),
])  # fmt: skip
def test_a_login_with_ntlm(code: int, outcome: str, account: str | None) -> None:
    heard = talk.tcp(
        talk.stream(
            to_server(message(1, sasl_bind(b"NTLMSSP\0\x01\0\0\0"))),
            to_client(message(1, result(0x61, 14))),
            to_server(message(2, sasl_bind(messages.ntlm_authenticate("anna", "CORP", "PC")))),
            to_client(message(2, result(0x61, code))),
            to_server(message(3, search(b"dc=corp", EQUAL))),
        ),
        389,
    )
    assert heard.one("authentication")["outcome"] == outcome
    found = sorted(heard.rows["application_activity"], key=lambda row: row["frame"])
    assert [row["operation"] for row in found] == ["bind", "bind", "search"]
    assert found[2]["account"] == account


def wrap(payload: bytes, *, sealed: bool = False) -> bytes:
    """A token of RFC 4121, its checksum rotated to the front as Windows sends it."""
    head = b"\x05\x04" + bytes([6 if sealed else 4]) + b"\xff" + struct.pack(">HHQ", 12, 12, 1)
    token = head + b"c" * 12 + payload
    return struct.pack(">I", len(token)) + token


def test_a_signed_layer_is_read() -> None:
    (row,) = rows(to_server(wrap(message(2, search(b"dc=corp", EQUAL)))))
    assert (row["operation"], row["object"]) == ("search", "dc=corp")


def test_a_sealed_layer_is_said_once() -> None:
    found = rows(
        to_server(message(1, sasl_bind(b"token"))),
        to_client(message(1, result(0x61, 0))),
        to_server(wrap(bytes(80), sealed=True)), to_server(wrap(bytes(80), sealed=True)),
        to_client(wrap(bytes(80), sealed=True)),
    )  # fmt: skip
    assert [row["operation"] for row in found] == ["bind", "sealed"]
    assert found[1]["detail"] == '{"mechanism": "GSS-SPNEGO"}'


def test_tls_begins_after_starttls() -> None:
    hello = messages.records(messages.client_hello((0x1301,), messages.server_name(b"dc.corp")))
    heard = talk.tcp(
        talk.stream(
            to_server(message(1, der(0x77, der(0x80, b"1.3.6.1.4.1.1466.20037")))),
            to_client(message(1, result(0x78, 0))), to_server(hello),
        ),
        389,
    )  # fmt: skip
    assert heard.one("tls_activity")["server_name"] == "dc.corp"
    assert heard.one("application_activity")["operation"] == "extended"


def test_a_layer_longer_than_is_read_is_passed_over_and_counted() -> None:
    long = struct.pack(">I", 200_000) + b"\x05\x04\x05\xff" + bytes(199_996)
    segments = talk.stream(
        to_server(message(1, search(b"dc=a", EQUAL))),
        to_client(message(1, result(0x65, 0))),
        to_client(long),
        to_client(wrap(message(2, result(0x65, 32)))),
        to_server(message(3, search(b"dc=b", EQUAL))),
        to_client(wrap(message(3, result(0x65, 32)))),
    )
    heard = talk.tcp(segments, 389)
    assert heard.layer.refused == {"message longer than a parser accepts": 1}
    found = sorted(heard.rows["application_activity"], key=lambda row: row["frame"])
    assert [row["status"] for row in found] == ["success", "noSuchObject"]
