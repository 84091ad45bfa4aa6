"""Mails of Outlook: compound files written by hand, sound and damaged."""

from __future__ import annotations

import random
import struct
from datetime import UTC, datetime

import pytest

pytest.importorskip("olefile", reason="olefile, which reads compound files, is not installed")

from netcordon.ingest.letters.kind import kind_of
from netcordon.ingest.letters.outlook import read_outlook
from netcordon.model.intake import Support
from tests.unit.intake.compound import Node, compound
from tests.unit.intake.letters import PROGRAM, read, values


def text(tag: str, value: str) -> dict[str, bytes]:
    return {f"__substg1.0_{tag}001F": value.encode("utf-16-le")}


def _properties(header: int) -> dict[str, bytes]:
    moment = datetime(2026, 11, 22, 8, 0, tzinfo=UTC) - datetime(1601, 1, 1, tzinfo=UTC)
    ticks = int(moment.total_seconds()) * 10_000_000
    return {"__properties_version1.0": bytes(header) + struct.pack("<HHIQ", 0x40, 0x39, 6, ticks)}


INNER: Node = {
    **text("0037", "Your parcel"), **text("0C1F", "evil@shop.example"), **text("0C1A", "Shop"),
    **text("1000", "open hxxp://evil[.]example/parcel now"), **_properties(24),
}  # fmt: skip
MESSAGE: Node = {
    **text("0037", "Odd window [Ticket 4711]"), **text("0C1A", "Jürgen"),
    **text("5D01", "j@corp.example"), **_properties(32),
    "__substg1.0_10130102": b"<p>since 21.11.2026 22:35</p><a href='http://x.example/a'>here</a>",
    "__attach_version1.0_#00000000": {**text("3707", "../rechnung.pdf"),
                                      **text("370E", "application/pdf"),
                                      "__substg1.0_37010102": PROGRAM.ljust(5000, b"\0")},
    "__attach_version1.0_#00000001": {"__substg1.0_3701000D": INNER},
}  # fmt: skip


def test_a_mail_of_outlook_is_read_with_what_it_encloses() -> None:
    content = compound(MESSAGE)
    assert kind_of(content) == "msg"
    report = read(content)
    assert (report.reporter.name, report.reporter.mail) == ("Jürgen", "j@corp.example")
    assert report.reporter.support is Support.NOTHING, "properties prove nothing"
    assert (report.reference, report.format) == ("4711", "msg")
    assert report.written is not None
    assert report.written.time == datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
    assert report.text == "since 21.11.2026 22:35 here".replace(" here", "\nhere")
    (part,) = report.attached
    assert (part.name, part.kind, part.bytes) == ("../rechnung.pdf", "pe", 5000)
    assert {"http://x.example/a", "http://evil.example/parcel"} <= values(report, "url")
    assert "evil@shop.example" in values(report, "mail")


def test_headers_of_the_transport_come_first_where_they_are_kept() -> None:
    heads = (
        "Authentication-Results: mx.corp.example; dmarc=pass header.from=corp.example\r\n"
        "From: Boss <boss@corp.example>\r\nSubject: urgent\r\nDate: Sun, 22 Nov 2026 09:00:00 +0100"
    )
    report = read(compound({**text("007D", heads), **text("1000", "pay"), **text("0037", "other")}))
    assert (report.subject, report.reporter.mail) == ("urgent", "boss@corp.example")
    assert report.reporter.support is Support.VOUCHED


def test_other_compound_files_are_no_mail_and_rtf_alone_is_said() -> None:
    assert kind_of(compound({"WordDocument": b"x"})) is None
    only = compound({**text("0037", "x"), "__substg1.0_10090102": b"LZFu"})
    assert read_outlook(only).left_out == ("the text, which is there as compressed RTF only",)


def test_damaged_ones_become_reports() -> None:
    sound, rng = compound(MESSAGE), random.Random(5)
    for _ in range(120):
        content = bytearray(sound)
        for _ in range(rng.randint(1, 8)):
            place = rng.choice((rng.randrange(24, 512), rng.randrange(len(content))))
            content[place : place + 4] = rng.choice(
                (b"\xff" * 4, bytes(4), rng.randbytes(4), b"\x01\0\0\0")
            )
        read(bytes(content[: rng.choice((len(content), rng.randrange(8, len(content))))]))
