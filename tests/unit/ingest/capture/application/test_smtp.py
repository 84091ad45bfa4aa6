from __future__ import annotations

import base64
import hashlib
import json

import pytest

from tests.traffic import Connection, Recording
from tests.unit.ingest.capture.application.talk import Row
from tests.unit.ingest.capture.application.test_mime import LOOT, TEXT, message
from tests.unit.ingest.capture.application.whole import rows_of

CLIENT, SERVER = "10.0.0.5", "192.0.2.25"
MAIL = message()


def stuffed(mail: bytes) -> bytes:
    return mail.replace(b"\r\n.", b"\r\n..") + b".\r\n"


def greeted(recording: Recording, mss: int = 1400) -> Connection:
    session = Connection(recording, CLIENT, SERVER, 40000, 25, mss).open()
    session.server(b"220 mx.example ESMTP Postfix\r\n").client(b"EHLO pc7.example\r\n")
    return session.server(b"250-mx.example\r\n250-PIPELINING\r\n250 CHUNKING\r\n")


def the_message(rows: dict[str, list[Row]]) -> tuple[Row, dict[str, object]]:
    (row,) = rows["application_activity"]
    return row, json.loads(str(row["detail"]))


@pytest.mark.parametrize("mss", [31, 500, 1400])
def test_a_mail_is_a_row_and_its_parts_are_files(mss: int) -> None:
    recording = Recording()
    session = greeted(recording, mss)
    session.client(b"AUTH LOGIN\r\n").server(b"334 VXNlcm5hbWU6\r\n")
    session.client(base64.b64encode(b"anna@example.org") + b"\r\n").server(b"334 UGFzc3dvcmQ6\r\n")
    session.client(base64.b64encode(b"hunter2") + b"\r\n").server(b"235 ok\r\n")
    session.client(b"MAIL FROM:<anna@example.org> SIZE=1\r\n").server(b"250 ok\r\n")
    session.client(b"RCPT TO:<drop@evil.example>\r\n").server(b"250 ok\r\n")
    session.client(b"RCPT TO:<two@evil.example>\r\n").server(b"550 no\r\n")
    session.client(b"DATA\r\n").server(b"354 go\r\n").client(stuffed(MAIL))
    session.server(b"250 2.0.0 queued\r\n").client(b"QUIT\r\n").server(b"221 bye\r\n").close()
    rows = rows_of(recording.pcap())
    row, detail = the_message(rows)
    assert (row["operation"], row["account"], row["status"]) == (
        "MESSAGE",
        "anna@example.org",
        "250",
    )
    assert str(row["object"]).startswith("Passwörter für Müller & Söhne")
    assert row["bytes"] == len(MAIL)
    assert detail["to"] == ["drop@evil.example", "two@evil.example"]
    assert (detail["helo"], detail["authenticated_as"]) == ("pc7.example", "anna@example.org")
    assert detail["attachments"] == [
        {"bytes": 5000, "name": "Löot ünd.zip"},
        {"bytes": len(TEXT.encode()), "name": "note.txt"},
        {"bytes": 14, "name": "i.pdf"},
    ]
    files = {row["file_name"]: row for row in rows["file_activity"]}
    assert files["Löot ünd.zip"]["sha256"] == hashlib.sha256(LOOT).hexdigest()
    assert files["Löot ünd.zip"]["origin"] == row["object"]
    assert files[None]["sha256"] == hashlib.sha256(MAIL).hexdigest()
    assert files[None]["declared_type"] == "message/rfc822"
    assert {row["is_upload"] for row in rows["file_activity"]} == {True}
    (login,) = rows["authentication"]
    assert (login["account"], login["outcome"]) == ("anna@example.org", "success")
    assert "hunter2" not in repr(rows)
    assert base64.b64encode(b"hunter2").decode() not in repr(rows)


def test_pipelined_commands_and_chunks() -> None:
    recording = Recording()
    session = greeted(recording)
    session.client(b"MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nBDAT 100\r\n" + MAIL[:100])
    rest = len(MAIL) - 100
    session.client(b"BDAT %d LAST\r\n" % rest + MAIL[100:] + b"MAIL FROM:<>\r\n")
    session.server(b"250 1\r\n250 2\r\n250 3\r\n451 later\r\n250 5\r\n")
    row, detail = the_message(rows := rows_of(recording.pcap()))
    assert (row["status"], row["bytes"], detail["to"]) == ("451", len(MAIL), ["c@d"])
    assert hashlib.sha256(MAIL).hexdigest() in {f["sha256"] for f in rows["file_activity"]}


def test_refused_data_leads_back_to_commands() -> None:
    recording = Recording()
    session = greeted(recording)
    session.client(b"MAIL FROM:<a@b>\r\n").server(b"250 ok\r\n").client(b"DATA\r\n")
    session.server(b"503 no recipients\r\n").client(b"MAIL FROM:<c@d>\r\n").server(b"250 ok\r\n")
    session.client(b"RCPT TO:<e@f>\r\n").server(b"250 ok\r\n").client(b"DATA\r\n")
    session.server(b"354 go\r\n").client(b"Subject: s\r\n\r\nx\r\n.\r\n").server(b"250 ok\r\n")
    row, detail = the_message(rows_of(recording.pcap()))
    assert (row["account"], row["object"], row["status"]) == ("c@d", "s", "250")
    assert detail["to"] == ["e@f"]


def test_a_message_that_breaks_off_is_a_row_without_status() -> None:
    recording = Recording()
    session = greeted(recording)
    session.client(b"MAIL FROM:<a@b>\r\n").server(b"250 ok\r\n").client(b"DATA\r\n")
    begun = stuffed(MAIL)[:3000]
    session.server(b"354 go\r\n").client(begun)
    rows = rows_of(recording.pcap())
    row, _ = the_message(rows)
    assert (row["status"], row["bytes"]) == (None, len(begun.replace(b"\r\n..", b"\r\n.")))
    assert {f["sha256"] for f in rows["file_activity"]} == {None}


def test_after_starttls_nothing_is_read() -> None:
    recording = Recording()
    session = greeted(recording)
    session.client(b"STARTTLS\r\n").server(b"220 go\r\n").client(b"\x16\x03\x01" + bytes(99))
    rows = rows_of(recording.pcap())
    assert "application_activity" not in rows
    assert rows["network_activity"][0]["service"] == "smtp"


def test_fetched_messages_of_pop3_and_imap() -> None:
    recording = Recording()
    pop = Connection(recording, CLIENT, SERVER, 40001, 110).open()
    pop.server(b"+OK ready\r\n").client(b"USER bob\r\n").server(b"+OK\r\n")
    pop.client(b"PASS hunter2\r\n").server(b"+OK\r\n").client(b"RETR 1\r\n")
    pop.server(b"+OK %d octets\r\n" % len(MAIL) + stuffed(MAIL)).client(b"QUIT\r\n")
    imap = Connection(recording, CLIENT, SERVER, 40002, 143).open()
    imap.server(b"* OK ready\r\n").client(b"1 LOGIN carol hunter2\r\n").server(b"1 OK\r\n")
    imap.client(b"2 FETCH 1 (UID BODY.PEEK[])\r\n")
    imap.server(b"* 1 FETCH (UID 7 BODY[] {%d}\r\n" % len(MAIL) + MAIL + b")\r\n2 OK done\r\n")
    imap.client(b"3 APPEND Sent {%d}\r\n" % len(MAIL)).server(b"+ go\r\n").client(MAIL + b"\r\n")
    rows = rows_of(recording.pcap())
    assert [
        (row["service"], row["account"], row["is_response"], row["bytes"])
        for row in rows["application_activity"]
    ] == [
        ("pop3", "bob", True, len(MAIL)),
        ("imap", "carol", True, len(MAIL)),
        ("imap", None, False, len(MAIL)),
    ]
    whole = [f for f in rows["file_activity"] if f["declared_type"] == "message/rfc822"]
    assert {f["sha256"] for f in whole} == {hashlib.sha256(MAIL).hexdigest()}
    assert len(rows["file_activity"]) == 3 * 4
    assert "hunter2" not in repr(rows)
