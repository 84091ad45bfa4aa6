"""Callers are strangers: what they ask is read, whatever they send."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from netcordon.decoys.calls import no_such_name, question, web_request
from tests.traffic import dns_query


def test_the_name_of_a_question_and_its_answer() -> None:
    asked = dns_query(b"fs-abcdefghij.corp.example")
    found = question(asked)
    assert found == ("fs-abcdefghij.corp.example", len(asked))
    answer = no_such_name(asked + b"options", found[1])
    assert answer[:2] == asked[:2]
    assert answer[3] & 0x0F == 3
    assert answer[12:] == asked[12:]
    assert question(answer) is None, (
        "an answer is no question: two listeners must not talk for ever"
    )


def test_host_and_path_of_a_request() -> None:
    request = b"GET /northern HTTP/1.1\r\nUser-Agent: x\r\nHOST:  fs-a.example\r\n\r\n"
    assert web_request(request) == "fs-a.example /northern"
    assert web_request(b"GET /x HTTP/1.0\n\n") == " /x"
    assert web_request(b"\x16\x03\x01hello") == ""


@given(st.binary(max_size=200))
def test_any_bytes_do_no_harm(data: bytes) -> None:
    for content in (data, b"\x00\x07\x01\x00\x00\x01" + data, b"GET " + data):
        found = question(content)
        assert found is None or found[1] <= len(content)
        assert isinstance(web_request(content), str)
