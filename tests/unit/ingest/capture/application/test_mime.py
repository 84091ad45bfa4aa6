from __future__ import annotations

import base64
import hashlib
import quopri
import random
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netcordon.ingest.capture.application.files.tracker import Files, Label
from netcordon.ingest.capture.application.mail.mime import MimeReader
from netcordon.ingest.capture.application.mail.mime_coding import Base64, QuotedPrintable
from netcordon.ingest.capture.application.mail.mime_fields import (
    Fields,
    decoded,
    file_name_of,
    media_type,
    parameter,
    parse_fields,
)
from netcordon.ingest.capture.application.record.ends import Ends
from netcordon.ingest.capture.application.record.rows import Rows
from tests.unit.ingest.capture.application.talk import Row, Sink, halves

ENDS = Ends(7, halves("10.0.0.5"), 40000, halves("192.0.2.25"), 25)
LOOT = random.Random(4).randbytes(5000)
TEXT = "Grüße, a line that ends in space \r\n.\r\n--not a boundary\r\n" * 20


def message() -> bytes:
    """A mail as the standard library writes it: text, HTML, two attachments, one inside another."""
    inner = EmailMessage(policy=SMTP)
    inner["Subject"] = "inner"
    inner.set_content("inner text")
    inner.add_attachment(b"%PDF-1.7 inner", maintype="application", subtype="pdf", filename="i.pdf")
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = "Passwörter für Müller & Söhne, a very long subject that has to be folded"
    mail["From"] = "Änne <anna@example.org>"
    mail.set_content(TEXT, cte="quoted-printable")
    mail.add_alternative("<p>x</p>", subtype="html")
    mail.add_attachment(LOOT, maintype="application", subtype="zip", filename="Löot ünd.zip")
    mail.add_attachment(TEXT, filename="note.txt", cte="quoted-printable")
    mail.add_attachment(inner)
    return mail.as_bytes()


def read(data: bytes, size: int) -> tuple[Fields, list[Row]]:
    rows, sink = Rows(), Sink()
    files = Files(rows, lambda reason, frame: None)

    def open_part(fields: Fields):  # type: ignore[no-untyped-def]
        name = file_name_of(fields)
        kind = media_type(fields).decode()
        return (
            files.begin(ENDS, Label("smtp", True, name=name, declared_type=kind)) if name else None
        )

    reader = MimeReader(open_part)
    for at in range(0, len(data), size):
        reader.feed(memoryview(data)[at : at + size], 1000, at + 1)
    reader.end(2000, len(data), is_ended=True)
    rows.hand_on(sink)
    assert reader.fields is not None
    return reader.fields, sink.rows.get("file_activity", [])


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100, 1460, 1 << 20])
def test_parts_come_out_whole_however_the_message_is_cut(size: int) -> None:
    fields, rows = read(message(), size)
    assert decoded(fields[b"subject"]).startswith("Passwörter für Müller & Söhne, a very long")
    assert [(row["file_name"], row["declared_type"]) for row in rows] == [
        ("Löot ünd.zip", "application/zip"),
        ("note.txt", "text/plain"),
        ("i.pdf", "application/pdf"),
    ]  # fmt: skip
    expected = [LOOT, TEXT.encode(), b"%PDF-1.7 inner"]
    assert [row["sha256"] for row in rows] == [hashlib.sha256(e).hexdigest() for e in expected]
    assert [row["is_complete"] for row in rows] == [True] * 3
    assert rows[2]["magic"] == "pdf"


@settings(max_examples=60)
@given(st.binary(max_size=3000), st.integers(1, 400), st.integers(0, 3))
def test_any_bytes_are_read_without_harm(noise: bytes, size: int, where: int) -> None:
    data = message()
    place = len(data) * where // 4
    read(data[:place] + noise + data[place + len(noise) // 2 :], size)
    read(noise, size)


@given(st.binary(max_size=300), st.integers(1, 40))
def test_codings_are_undone_in_pieces(data: bytes, size: int) -> None:
    packed = base64.encodebytes(data)
    coding = Base64()
    pieces = [coding.feed(packed[at : at + size]) for at in range(0, len(packed), size)]
    assert b"".join(pieces) + coding.end() == data
    text = quopri.encodestring(data)
    quoted = QuotedPrintable()
    pieces = [quoted.feed(text[at : at + size]) for at in range(0, len(text), size)]
    assert b"".join(pieces) + quoted.end() == quopri.decodestring(text)


def test_fields_parameters_and_words() -> None:
    fields = parse_fields(
        b"Subject: =?iso-8859-1?Q?a_=E4?= =?UTF-8?B?w7Y=?= end\r\nX:\r\nsubject: second\r\n"
        b'Content-Type: application/x; name="a\\"b; c"; Boundary=xyz ;\r\n\tcharset=utf-8\r\n'
        b"Content-Disposition: attachment; filename*0*=utf-8''%e2%82; filename*1*=%ac;\r\n"
        b" filename*2=.exe\r\nno colon\r\n\r\n"
    )
    assert decoded(fields[b"subject"]) == "a äö end"
    assert media_type(fields) == b"application/x"
    assert parameter(fields, b"content-type", b"name") == b'a"b; c'
    assert parameter(fields, b"content-type", b"boundary") == b"xyz"
    assert file_name_of(fields) == "€.exe"
    assert decoded(b"=?rot13?Q?uryyb?= =?utf-8?Q?=1b[0m?=") == r"=?rot13?Q?uryyb?=\x1b[0m"
    assert media_type({}) == b"text/plain"


def test_nesting_and_parts_are_bounded() -> None:
    deep = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(50)
    )
    _, rows = read(deep + b'Content-Disposition: attachment; filename="x"\r\n\r\nx', 100)
    assert rows == []
    part = b'--b\r\nContent-Disposition: attachment; filename="x"\r\n\r\nx\r\n'
    many = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + part * 1000 + b"--b--"
    _, rows = read(many, 1000)
    assert len(rows) == 256
