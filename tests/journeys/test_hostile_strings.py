"""What an attacker writes into names comes out harmless everywhere."""

from __future__ import annotations

import csv
import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.traffic import Recording, client_hello, dns_query

HOSTILE = [
    b"<script>alert(1)</script>",
    b'"><img src=x onerror=alert(1)>',
    b"'; DROP TABLE dns_activity; --",
    b"\x1b[2J\x1b]0;owned\x07",
    "\u202egpj.exe\u202c".encode(),
    b"nul\x00byte",
    b"=cmd|'/c calc'!A1",
    b"{{7*7}}${7*7}",
    b"\xff\xfe\xfd",
]


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    recording = Recording()
    for n, text in enumerate(HOSTILE):
        labels = [text[:63], b"tunnel", b"example"]
        # Enough of each, and long enough, that findings are made of them and carry the names on.
        for k in range(60):
            unique = b"%08x" % (k * 2654435761 % 2**32) * 7
            recording.datagram(
                "10.0.0.5",
                "198.51.100.53",
                30000 + n * 100 + k,
                53,
                dns_query([unique, *labels], 16),
            )
        line = text.replace(b"\r", b"").replace(b"\n", b"")
        request = b"GET /" + line + b" HTTP/1.1\r\nHost: " + line + b"\r\nUser-Agent: " + line
        answer = b"HTTP/1.1 200 OK\r\nServer: " + line + b"\r\nContent-Length: 2\r\n\r\nMZ"
        turns = [(True, request + b"\r\n\r\n"), (False, answer)]
        recording.session("10.0.0.5", "203.0.113.9", 41000 + n, 80, turns)
        turns = [(True, client_hello(text))]
        recording.session("10.0.0.5", "203.0.113.10", 42000 + n, 443, turns)
    for n in range(80):
        recording.now_us += 20_000_000
        recording.session(
            "10.0.0.5", "203.0.113.10", 43000 + n, 443, [(True, client_hello(HOSTILE[0]))]
        )
    huge = [b"y" * 63] * 3 + [b"z" * 61]
    recording.datagram("10.0.0.5", "198.51.100.53", 29999, 53, dns_query(huge))
    request = b"GET / HTTP/1.1\r\nHost: " + b"h" * 65_536 + b"\r\n\r\n"
    recording.session("10.0.0.5", "203.0.113.9", 29998, 80, [(True, request)])
    path = tmp_path / "hostile.pcap"
    path.write_bytes(recording.pcap())
    return path


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag, attrs) -> None:
        self.seen.append((tag, dict(attrs)))


def test_every_renderer_stays_harmless(cli, hostile: Path, tmp_path: Path) -> None:
    done = cli("investigate", hostile.name, "--workspace", "case", "-vv")
    assert done.returncode == 1, done.stderr.decode()
    for stream in (done.stdout, done.stderr):
        assert not re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", stream)
        assert "\u202e" not in stream.decode()
    (report,) = (tmp_path / "case" / "reports").rglob("report.html")
    page = report.read_text(encoding="utf-8")
    tags = _Tags()
    tags.feed(page)
    assert not [
        tag for tag, attrs in tags.seen if tag in ("img", "iframe", "object", "embed", "link")
    ]
    assert not [attrs for _, attrs in tags.seen if any(name.startswith("on") for name in attrs)]
    assert "alert(1)" in page, "the hostile text should be shown, harmlessly"
    assert "\u202e" not in page
    assert "\x00" not in page
    assert "49" not in re.findall(r"\{\{7\*7\}\}\$\{7\*7\}|\b49\$", page)
    markdown = report.with_suffix(".md").read_text(encoding="utf-8")
    outside_code = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", markdown, flags=re.DOTALL)
    assert "<script" not in outside_code
    assert "\u202e" not in markdown
    for row in csv.reader(io.StringIO((report.parent / "indicators.csv").read_text())):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)
    json.loads(report.with_suffix(".json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("output", ["table", "json", "csv"])
def test_names_are_data_in_sql(cli, hostile: Path, output: str) -> None:
    cli("investigate", hostile.name, "--workspace", "case")
    sql = "SELECT DISTINCT substr(query, 58) AS query FROM dns_activity ORDER BY query"
    done = cli("sql", sql, "--workspace", "case", "--format", output)
    assert done.returncode == 0, done.stderr.decode()
    assert rb"DROP\032TABLE" in done.stdout.replace(rb"\\", b"\\")
    assert b"\x1b" not in done.stdout
