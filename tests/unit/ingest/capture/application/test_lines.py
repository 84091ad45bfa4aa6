"""Lines that come together say what they would have said one by one."""

from __future__ import annotations

import pytest

from tests.unit.ingest.capture.application import talk
from tests.unit.ingest.capture.application.talk import to_client, to_server

_GREETING = to_client(b"220 FTP ready\r\n")
_LONGEST = 4096


def _commands(*lines: bytes) -> list[object]:
    """Objects of the commands of a client that sends these lines at once, and one by one."""
    told = []
    for turns in ([b"".join(lines)], lines):
        heard = talk.tcp(talk.stream(_GREETING, *map(to_server, turns)), 21)
        rows = heard.rows["application_activity"]
        told.append([row["object"] for row in rows if not row["is_response"]])
    assert told[0] == told[1]
    return told[0]


def test_every_line_of_a_segment_is_read() -> None:
    assert _commands(*(b"CWD /%d\r\n" % i for i in range(40))) == [f"/{i}" for i in range(40)]


@pytest.mark.parametrize(("size", "found"), [(_LONGEST - 1, ["/a", "/b"]), (_LONGEST, ["/a"])])
def test_a_line_without_an_end_in_sight_ends_the_reading(size: int, found: list[str]) -> None:
    long = b"NOOP " + b"x" * (size - 5) + b"\n"
    assert _commands(b"CWD /a\r\n", long, b"CWD /b\r\n") == found


def test_what_follows_the_end_of_a_mail_in_its_segment_are_lines_again() -> None:
    sent = b"DATA\r\nSubject: a\r\n\r\nMAIL FROM:<no@command>\r\n.\r\n"
    sent += b"MAIL FROM:<b@example>\r\nDATA\r\n\r\n.\r\n"
    heard = talk.tcp(
        talk.stream(
            to_client(b"220 ESMTP\r\n"), to_server(b"EHLO h\r\nMAIL FROM:<a@example>\r\n" + sent),
            to_client(b"250 h\r\n" * 2 + b"354 go\r\n250 ok\r\n250 ok\r\n354 go\r\n250 ok\r\n"),
        ),
        25,
    )  # fmt: skip
    senders = [row["account"] or row["detail"] for row in heard.rows["application_activity"]]
    assert len(senders) == 2
    assert all("@example" in str(sender) for sender in senders)
