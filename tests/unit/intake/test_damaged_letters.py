"""Letters damaged at random, and those made to hurt: a report comes out, within bounds."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from netcordon.casefile.canonical import canonical
from netcordon.casefile.intake import filed_reports, record_report
from netcordon.casefile.workspace import open_workspace
from netcordon.ingest.letters.mail import MOST_DEPTH, MOST_TEXT, read_mail
from netcordon.intake.reading import KEPT_TEXT
from tests.unit.intake.letters import EVERY, NOW, mail, read

_PIECES = (
    b"\x00", b"\xff\xfe", b"\r\n\r\n", b"=?utf-8?b?////?=", b"=?x?q?=ff?=", b"boundary=", b"--b",
    b"Content-Type: multipart/mixed; boundary=x\r\n", b"charset=\"idna\"", b"charset=hex",
    b"\"", b":", b"null", b"[]", b"-1", b"9" * 500, b"<", b"\xe2\x80\xae", b"Subject: \xf0\x9f",
)  # fmt: skip


@pytest.mark.parametrize("name", EVERY)
def test_damaged_letters_become_reports(name: str) -> None:
    rng = random.Random(name)
    for _ in range(60):
        content = bytearray(EVERY[name])
        for _ in range(rng.randint(1, 6)):
            place = rng.randrange(len(content) + 1)
            end = min(len(content), place + rng.choice((0, 1, 8, 200)))
            content[place:end] = rng.choice((*_PIECES, bytes(content[:200])))
        report = read(bytes(content))
        assert len(report.text) <= KEPT_TEXT
        assert canonical(report)


def _nested(depth: int) -> bytes:
    inner = mail("deep 203.0.113.9")
    for _ in range(depth):
        inner = mail("", Content_Type="message/rfc822") + inner
    return inner


@pytest.mark.parametrize(
    "hostile",
    [
        _nested(200),
        b"".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n".encode()
                 for n in range(3000)) + b"From: a\nTo: b\nSubject: c\n\nx",
        mail("x", Content_Type="text/plain; charset=" + "a" * 90_000),
        mail("x", sender="(" * 50_000 + "a@b.example"),
        mail("x", sender='"' * 50_000 + "<a@b.example>", Subject="=?utf-8?q?" + "=41" * 40_000),
        mail("x", Content_Type='multipart/mixed; boundary="a"') + b"--a\n\nx\n" * 20_000,
        mail("<a " * 60_000 + "<!--" * 1000 + "<![CDATA[" * 1000, Content_Type="text/html"),
        mail("\u00e9" * 300_000, Content_Type="text/plain; charset=punycode"),
        mail("x", Authentication_Results="mx.corp.example; " + "(" * 4000 + "dkim=pass " * 4000),
        b'{"xarf_version": "4.0.0", "source_identifier": ["1"], "evidence": [{"payload": 1}, 5],'
        b' "reporter": "x", "first_seen": {}, "source_port": true}',
        b'{"ReporterInfo": {}, "Report": {"Samples": "abc", "SourceIp": {"a": ' + b"[" * 9000,
        b'{"ReporterInfo": {}, "Report": {"Samples": {"a": 1}, "SourceIp": [1], "SourcePort": -1}}',
    ],
)  # fmt: skip
def test_letters_made_to_hurt_stay_within_bounds(hostile: bytes) -> None:
    begin = time.process_time()
    report = read(hostile)
    assert time.process_time() - begin < 4
    assert len(report.text) <= KEPT_TEXT
    assert len(report.attached) <= 200 * MOST_DEPTH
    assert canonical(report)


def test_depth_and_text_that_is_left_out_is_said() -> None:
    assert any("beyond the depth" in why for why in _all_left_out(_nested(20)))
    long = read(mail("word " * (MOST_TEXT // 2)))
    assert long.left_out == (f"text after {MOST_TEXT:,} characters",)


def _all_left_out(content: bytes) -> list[str]:
    letter = read_mail(content)
    out: list[str] = []
    while letter.enclosed:
        letter = letter.enclosed[0]
        out += letter.left_out
    return out


def test_what_goes_on_record_comes_back_the_same(tmp_path: Path) -> None:
    reports = [read(content) for content in EVERY.values()]
    with open_workspace(tmp_path / "ws", create=True, clock=lambda: NOW) as opened:
        for number, report in enumerate(reports, 1):
            record_report(opened.journal, f"intake-{number:04d}", report)
        assert [one.report for one in filed_reports(opened.journal).values()] == reports
