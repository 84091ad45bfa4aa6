"""Bodies of HTTP messages as files."""

from __future__ import annotations

import gzip
import hashlib
import random

from netcordon.settings import DecodeLimits
from tests.unit.ingest.capture.application import talk
from tests.unit.ingest.capture.application.talk import Heard, Row, to_client, to_server

GET = b"GET /d/to%20ol.exe?x=1 HTTP/1.1\r\nHost: www.example.com\r\n\r\n"
CONTENT = b"MZ" + random.Random(1).randbytes(9000)
RESP_ENDED = 2


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def answer(*fields: bytes, body: bytes = CONTENT, status: bytes = b"200 OK") -> bytes:
    return b"\r\n".join([b"HTTP/1.1 " + status, *fields, b"", b""]) + body


def length(size: int) -> bytes:
    return b"Content-Length: %d" % size


def segments(*turns: tuple[int, bytes], size: int = 1000) -> list[talk.Segment]:
    """Turns cut into segments of ``size``."""
    return talk.stream(
        *((direction, data[at : at + size]) for direction, data in turns
          for at in range(0, len(data), size))
    )  # fmt: skip


def the_file(heard: Heard) -> Row:
    return heard.one("file_activity")


def test_a_download_of_announced_length_is_hashed_whole() -> None:
    heard = talk.tcp(
        segments(
            to_server(GET),
            to_client(answer(length(len(CONTENT)), b"Content-Type: application/x-dosexec")),
            to_server(GET),
            to_client(answer(length(0), body=b"")),
        )
    )
    row = the_file(heard)
    assert (row["sha256"], row["is_complete"]) == (sha256(CONTENT), True)
    assert (row["file_bytes"], row["seen_bytes"], row["magic"]) == (9002, 9002, "pe")
    assert (row["file_name"], row["declared_type"]) == ("to ol.exe", "application/x-dosexec")
    assert row["origin"] == "http://www.example.com/d/to%20ol.exe?x=1"
    assert (row["service"], row["is_upload"], row["encoding"]) == ("http", False, None)
    assert (row["frame"], row["last_frame"]) == (2, 11)
    first, _ = heard.rows["http_activity"]
    assert (first["response_body_bytes"], first["response_magic"]) == (9002, "pe")


def test_chunks_are_joined_and_a_content_coding_is_named() -> None:
    packed = gzip.compress(CONTENT, mtime=0)
    chunks = b"".join(
        b"%x\r\n%s\r\n" % (len(packed[at : at + 777]), packed[at : at + 777])
        for at in range(0, len(packed), 777)
    )
    fields = (b"Transfer-Encoding: chunked", b"Content-Encoding: gzip")
    heard = talk.tcp(
        segments(to_server(GET), to_client(answer(*fields, body=chunks + b"0\r\n\r\n")))
    )
    row = the_file(heard)
    assert (row["sha256"], row["file_bytes"]) == (sha256(packed), len(packed))
    assert (row["encoding"], row["magic"]) == ("gzip", "gzip")


def test_chunks_without_the_last_one_are_not_whole() -> None:
    body = b"%x\r\n%s\r\n" % (len(CONTENT), CONTENT)
    heard = talk.tcp(
        segments(to_server(GET), to_client(answer(b"Transfer-Encoding: chunked", body=body))),
        ended=RESP_ENDED,
    )
    row = the_file(heard)
    assert (row["sha256"], row["is_complete"], row["seen_bytes"]) == (None, False, 9002)


def test_a_body_until_close_is_whole_only_when_the_server_closed() -> None:
    said = segments(to_server(GET), to_client(answer()))
    whole = the_file(talk.tcp(said, ended=RESP_ENDED))
    assert (whole["sha256"], whole["file_bytes"]) == (sha256(CONTENT), 9002)
    cut = the_file(talk.tcp(said, ended=1))
    assert (cut["sha256"], cut["is_complete"], cut["file_bytes"]) == (None, False, None)
    behind = (len(GET), len(answer()) + 10)  # the stream went on, and was not captured
    cut = the_file(talk.tcp(said, ended=RESP_ENDED, ends=behind))
    assert (cut["sha256"], cut["is_complete"]) == (None, False)


def test_a_missing_segment_leaves_no_hash_and_the_next_file_has_one() -> None:
    said = segments(
        to_server(GET + GET),
        to_client(answer(length(len(CONTENT)))),
        to_client(answer(length(len(CONTENT)))),
    )
    del said[4]
    rows = talk.tcp(said).rows["file_activity"]
    assert [row["sha256"] for row in rows] == [None, sha256(CONTENT)]
    assert [row["is_complete"] for row in rows] == [False, True]


def test_a_range_is_a_part_unless_it_is_all() -> None:
    partial = b"206 Partial Content"
    for said, whole in (
        (b"bytes 0-9001/9002", True),
        (b"bytes 0-9001/20000", False),
        (b"bytes 10-9011/9012", False),
        (b"bytes 0-9001/*", False),
        (b"nonsense", False),
    ):
        fields = (length(len(CONTENT)), b"Content-Range: " + said)
        heard = talk.tcp(segments(to_server(GET), to_client(answer(*fields, status=partial))))
        row = the_file(heard)
        assert (row["is_complete"], row["sha256"]) == (whole, sha256(CONTENT) if whole else None)
        assert row["seen_bytes"] == 9002


def test_an_upload_is_the_request_body() -> None:
    put = b"PUT http://proxy.example/up/a.zip HTTP/1.1\r\n" + length(len(CONTENT)) + b"\r\n\r\n"
    heard = talk.tcp(segments(to_server(put + CONTENT), to_client(answer(length(0), body=b""))))
    row = the_file(heard)
    assert (row["is_upload"], row["file_name"], row["sha256"]) == (True, "a.zip", sha256(CONTENT))
    assert row["origin"] == "http://proxy.example/up/a.zip"


def test_a_body_longer_than_is_hashed_is_counted_to_its_end() -> None:
    said = segments(
        to_server(GET), to_client(answer(length(len(CONTENT)))),
        to_server(GET), to_client(answer(length(3), body=b"abc")),
    )  # fmt: skip
    limits = DecodeLimits(hashed_file_bytes=5000)
    alone = the_file(talk.tcp(said[:11], limits=limits, ended=RESP_ENDED))
    assert (alone["is_complete"], alone["seen_bytes"]) == (True, 9002)
    heard = talk.tcp(said, limits=limits, blocks=4)
    long, short = heard.rows["file_activity"]
    assert (long["sha256"], long["is_complete"], long["seen_bytes"]) == (None, True, 9002)
    assert (long["magic"], long["file_bytes"]) == ("pe", 9002)
    assert short["sha256"] == sha256(b"abc")
