from __future__ import annotations

import base64

from netcordon.ingest.capture.events import SERVICES
from netcordon.settings import DecodeLimits
from tests.unit.ingest.capture.application import messages, talk
from tests.unit.ingest.capture.application.talk import to_client, to_server

GET = b"GET /a?b HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: agent/1\r\n\r\n"


def ok(body: bytes = b"", *fields: bytes) -> bytes:
    head = b"HTTP/1.1 200 OK\r\nServer: s\r\nContent-Length: %d\r\n" % len(body)
    return head + b"".join(field + b"\r\n" for field in fields) + b"\r\n" + body


def test_a_request_and_its_response_are_one_row() -> None:
    heard = talk.tcp(
        talk.stream(
            to_server(GET),
            to_client(ok(b"MZ" + bytes(98), b'Content-Disposition: attachment; filename="a.exe"')),
        )
    )
    row = heard.one("http_activity")
    assert (row["method"], row["host"], row["uri"]) == ("GET", "www.example.com", "/a?b")
    assert (row["status_code"], row["response_body_bytes"]) == (200, 100)
    assert (row["response_magic"], row["file_name"]) == ("pe", "a.exe")
    assert (row["src_ip"], row["dst_port"], row["frame"], row["response_frame"]) == (
        talk.CLIENT, 80, 1, 2,
    )  # fmt: skip
    assert SERVICES[heard.feedback[0]["service"]] == "http"


def test_a_recording_that_begins_with_the_response_turns_the_flow_around() -> None:
    heard = talk.tcp(talk.stream(to_server(ok(b"x"))), port=40001, source_port=80)
    row = heard.one("http_activity")
    assert (row["method"], row["status_code"]) == (None, 200)
    assert (row["src_port"], row["dst_port"]) == (40001, 80)
    assert heard.feedback[-1]["flip"] == 1


def test_pipelined_requests_are_answered_in_order() -> None:
    head = b"HEAD /h HTTP/1.1\r\nHost: h\r\n\r\n"
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"
    heard = talk.tcp(
        talk.stream(
            to_server(head + GET + GET),
            to_client(b"HTTP/1.1 100 Continue\r\n\r\n" + answer),
            to_client(b"HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n" + ok(b"%PDF-1.4")),
        )
    )
    rows = [
        (r["method"], r["status_code"], r["response_magic"]) for r in heard.rows["http_activity"]
    ]
    assert rows == [("HEAD", 200, None), ("GET", 304, None), ("GET", 200, "pdf")]


def test_requests_beyond_those_that_wait_keep_the_answers_of_the_others_in_place() -> None:
    count = 150
    asked = b"".join(b"GET /%d HTTP/1.1\r\nHost: h\r\n\r\n" % n for n in range(count))
    told = b"".join(b"HTTP/1.1 %d X\r\nContent-Length: 0\r\n\r\n" % (200 + n) for n in range(count))
    rows = talk.tcp(talk.stream(to_server(asked), to_client(told))).rows["http_activity"]
    answered = {r["uri"]: r["status_code"] for r in rows if r["uri"] and r["status_code"]}
    assert answered == {f"/{n}": 200 + n for n in range(50, count)}
    assert sum(r["uri"] is not None for r in rows) == count
    assert sum(r["status_code"] is not None for r in rows) == count


def test_the_kernel_is_told_to_skip_a_body_too_long_to_hash() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"
    segments = talk.stream(to_server(GET), to_client(head + b"\x7fELF" + bytes(996)))
    limits = DecodeLimits(hashed_file_bytes=999_999)
    heard = talk.tcp(segments, ends=(len(GET), len(head) + 500_000), limits=limits)
    assert heard.feedback[0]["skip_resp"] == len(head) + 1_000_000
    row = heard.one("http_activity")
    assert (row["response_body_bytes"], row["response_magic"]) == (500_000, "elf")


def test_a_body_until_close_is_measured_by_the_end_of_the_stream() -> None:
    head = b"HTTP/1.0 200 OK\r\n\r\n"
    segments = talk.stream(to_server(GET), to_client(head + bytes(100)))
    limits = DecodeLimits(hashed_file_bytes=99)
    heard = talk.tcp(segments, ends=(len(GET), len(head) + 9000), limits=limits)
    assert heard.one("http_activity")["response_body_bytes"] == 9000
    assert heard.feedback[0]["want"] == 1


def test_chunked_bodies_are_followed_to_the_next_message() -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunked += b"4\r\nPK\x03\x04\r\n3;x=y\r\nabc\r\n0\r\nT: 1\r\n\r\n"
    heard = talk.tcp(talk.stream(to_server(GET + GET), to_client(chunked + ok())))
    first, second = heard.rows["http_activity"]
    assert (first["response_body_bytes"], first["response_magic"]) == (7, "zip")
    assert second["status_code"] == 200


def test_tls_is_found_behind_connect() -> None:
    hello = messages.records(messages.client_hello((0x1301,), messages.server_name(b"in.example")))
    heard = talk.tcp(
        talk.stream(
            to_server(b"CONNECT in.example:443 HTTP/1.1\r\n\r\n"),
            to_client(b"HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n"),
            to_server(b"CONNECT in.example:443 HTTP/1.1\r\n\r\n"),
            to_client(b"HTTP/1.1 200 Established\r\n\r\n"),
            to_server(hello),
        )
    )
    assert [r["status_code"] for r in heard.rows["http_activity"]] == [407, 200]
    assert heard.one("tls_activity")["server_name"] == "in.example"


def test_after_a_gap_responses_pair_with_the_last_request_before_them() -> None:
    turns = talk.stream(
        *[turn for _ in range(3) for turn in (to_server(GET), to_client(ok(b"x" * 9)))]
    )
    turns[2:4] = [turns[2]]  # the second response is lost
    heard = talk.tcp(turns)
    rows = [(r["frame"], r["response_frame"]) for r in heard.rows["http_activity"]]
    assert sorted(rows) == [(1, 2), (3, None), (4, 5)]
    assert heard.layer.refused == {"gap in a TCP stream": 1}


def test_a_gap_is_declared_when_the_buffer_is_full() -> None:
    limits = DecodeLimits(stream_buffer_bytes=100)
    lost, later = talk.Segment(0, GET, 0), talk.Segment(0, GET + b" " * 101, 5000)
    heard = talk.tcp([lost, later], limits=limits)
    assert len(heard.rows["http_activity"]) == 2


def test_an_endless_header_block_is_given_up() -> None:
    head = b"GET / HTTP/1.1\r\nHost: h\r\n" + b"X: " + b"y" * (70 << 10)
    heard = talk.tcp(
        talk.stream(*(to_server(head[i : i + 1400]) for i in range(0, len(head), 1400)))
    )
    assert heard.one("http_activity")["host"] == "h"
    assert heard.layer.refused == {"HTTP header block too long": 1}


def test_folded_and_odd_fields_are_tolerated() -> None:
    request = b"GET /x y HTTP/1.1\nHOST : h\nUser-Agent: a\n\tb\nnonsense\nReferer:\n\n"
    row = talk.tcp(talk.stream(to_server(request))).one("http_activity")
    assert (row["uri"], row["host"], row["user_agent"], row["referrer"]) == ("/x y", "h", "a b", "")


def test_basic_credentials_name_the_account_and_never_the_password() -> None:
    request = (
        b"GET / HTTP/1.1\r\nAuthorization: Basic " + messages.basic("anna", "hunter2") + b"\r\n\r\n"
    )
    refused = b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n"
    heard = talk.tcp(talk.stream(to_server(request), to_client(refused), to_server(request),
                                 to_client(ok()), to_server(request), to_client(ok())))  # fmt: skip
    outcomes = [(r["account"], r["outcome"]) for r in heard.rows["authentication"]]
    assert outcomes == [("anna", "failure"), ("anna", "success")]
    assert "hunter2" not in repr(heard.rows)


def test_ntlm_over_http_names_account_and_server() -> None:
    challenge = base64.b64encode(messages.ntlm_challenge("WEB01", "CORP"))
    answer = base64.b64encode(messages.ntlm_authenticate("anna", "CORP", "PC-7"))
    heard = talk.tcp(
        talk.stream(
            to_server(GET),
            to_client(b"HTTP/1.1 401 No\r\nWWW-Authenticate: Negotiate\r\nWWW-Authenticate: NTLM "
                      + challenge + b"\r\nContent-Length: 0\r\n\r\n"),
            to_server(b"GET / HTTP/1.1\r\nAuthorization: NTLM " + answer + b"\r\n\r\n"),
            to_client(ok()),
        )
    )  # fmt: skip
    login = heard.one("authentication")
    assert (login["account"], login["domain"], login["workstation"]) == ("anna", "CORP", "PC-7")
    assert (login["method"], login["service"], login["outcome"]) == ("ntlm", "http", "success")
    identities = {r["ip"]: (r["host_name"], r["user"]) for r in heard.rows["host_identity"]}
    assert identities == {talk.CLIENT: ("PC-7", "anna"), talk.SERVER: ("WEB01", None)}
