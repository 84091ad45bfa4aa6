"""JSON, CSV, Markdown, terminal, and the writing of the files."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from dataclasses import replace
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from netcordon.errors import NetcordonError, UsageError
from netcordon.model.evidence import Grade
from netcordon.model.finding import Term
from netcordon.model.incident import CARD_KEYS
from netcordon.reporting import (
    markdown,
    render_failure,
    render_json,
    terminal_summary,
    write_reports,
)
from netcordon.reporting.indicators_csv import COLUMNS, render_csv
from netcordon.reporting.terminal import SCREEN_LINES, cells
from tests.unit.reporting import documents, surroundings

DOCUMENTS = sorted(documents.ALL)
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
CONTRACT = {
    "document": "version evidence capture_quality incidents findings indicators hosts not_seen "
    "report_path error",
    "evidence": "id path sha256 kind bytes records refused first_time last_time warnings",
    "finding": "id detector title severity confidence src_ips dst_ips dst_names dst_ports accounts "
    "techniques first_seen_time last_seen_time terms evidence_rows",
    "incident": "id title severity confidence actors victims channels techniques card finding_ids",
    "party": "ip mac name user role why",
    "channel": "src dst dst_name port protocol purpose first_seen_time last_seen_time",
    "indicator": "type value role confidence first_seen_time last_seen_time finding_ids caution",
}
"""The keys other programs rely on (design, "The JSON contract")."""
ADDED = {
    "document": "generated_time tlp verdict severity first_time last_time home_nets "
    "home_nets_inferred options priorities attributions set_aside allowances judgements case "
    "crisis",
    "finding": "protocol succeeded facts sql parameters",
    "incident": "summary first_seen_time last_seen_time pivots kill_chain story scope "
    "first_actions",
    "party": "internal",
    "channel": "finding_ids",
}
"""What this version says beyond the contract."""


def keys(name: str) -> set[str]:
    return set(CONTRACT[name].split()) | set(ADDED.get(name, "").split())


def test_json_has_the_keys_of_the_contract() -> None:
    got = json.loads(render_json(documents.incident_document()))
    incident, finding = got["incidents"][0], got["findings"][1]
    assert set(got) == keys("document")
    assert got["error"] is None
    assert set(got["evidence"][0]) == keys("evidence")
    assert set(finding) == keys("finding")
    assert set(finding["terms"]["contacts"]) == {"contribution", "value"}
    assert set(finding["evidence_rows"][0]) == {
        "evidence_id", "table", "frames", "lines", "total",
    }  # fmt: skip
    assert set(incident) == keys("incident")
    assert set(incident["victims"][0]) == set(incident["actors"][0]) == keys("party")
    assert set(incident["channels"][0]) == keys("channel")
    assert set(got["indicators"][0]) == keys("indicator")
    assert tuple(incident["card"]) == CARD_KEYS
    assert set(incident["card"]["exploits"]) == {"not_assessed"}
    value = incident["card"]["ports"]["values"][0]
    assert value["value"] == "tcp/443"
    assert set(value["evidence"][0]) == {"evidence_id", "table", "frames"}


def test_json_times_are_utc_with_microseconds() -> None:
    def times(value: object, key: str = "") -> list[str]:
        if isinstance(value, dict):
            return [t for k, v in value.items() for t in times(v, k)]
        if isinstance(value, list):
            return [t for v in value for t in times(v, key)]
        return [str(value)] if key == "time" or key.endswith("_time") else []

    found = times(json.loads(render_json(documents.incident_document())))
    assert len(found) > 50
    assert all(RFC3339.fullmatch(t) for t in found)


def test_json_is_plain_ascii_and_knows_no_nan() -> None:
    text = render_json(documents.hostile_document())
    assert text.isascii()
    assert not re.search(r"[\x00-\x09\x0b-\x1f]", text)
    document = documents.incident_document()
    odd = replace(
        document.findings[0],
        confidence=math.nan,
        terms={"x": Term(contribution=math.inf, value=math.nan)},
        facts={
            "when": surroundings.START,
            "set": {"b", "a"},
            "bytes": b"\xff",
            "nested": {1: (1.5, None)},
        },
    )
    got = json.loads(render_json(replace(document, findings=(odd,))))["findings"][0]
    assert got["confidence"] is None
    assert got["terms"]["x"] == {"contribution": None, "value": None}
    assert got["facts"] == {
        "when": "2026-11-03T08:00:00.000000Z",
        "set": ["a", "b"],
        "bytes": "b'\\xff'",
        "nested": {"1": [1.5, None]},
    }


def test_json_keeps_values_whole_and_as_observed() -> None:
    document = documents.hostile_document()
    got = json.loads(render_json(document))
    assert [i["value"] for i in got["indicators"]] == [i.value for i in document.indicators]
    assert [f["title"] for f in got["findings"]] == [f.title for f in document.findings]


def test_a_failure_is_the_same_object_with_an_error() -> None:
    got = json.loads(render_failure(UsageError("NC-101", "what", "why", "hint"), "0.1.0"))
    assert set(CONTRACT["document"].split()) == set(got)
    assert got["error"] == {"code": "NC-101", "what": "what", "why": "why", "try": "hint"}
    assert got["findings"] == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_csv_holds_every_indicator_and_no_formula(name: str) -> None:
    document = documents.ALL[name]()
    rows = list(csv.reader(io.StringIO(render_csv(document)), strict=True))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == len(document.indicators) + 1
    for row in rows[1:]:
        assert len(row) == len(COLUMNS)
        for cell in row:
            assert not cell.startswith(("=", "+", "-", "@"))
            assert not re.search(r"[\x00-\x1f\u202a-\u202e]", cell)


def test_csv_values_are_not_defanged() -> None:
    values = [row[1] for row in csv.reader(io.StringIO(render_csv(documents.incident_document())))]
    assert "203.0.113.77" in values
    assert "http://198.51.100.20/img/update-tool.png" in values


def test_markdown_of_the_incident_reads_well() -> None:
    text = markdown.render(documents.incident_document())
    assert text.startswith("**TLP:AMBER**\n\n# Incident report\n")
    assert text.rstrip().endswith("**TLP:AMBER**")
    assert "**CRITICAL**: PC-042 (alice) is remote-controlled from 203.0.113.77" in text
    assert "`hxxp[:]//198[.]51[.]100[.]20/img/update-tool[.]png`" in text
    assert "http://" not in text
    for line in text.splitlines():
        if line.startswith("|"):
            assert line.endswith("|")


@pytest.mark.parametrize("name", ["hostile", "huge"])
def test_markdown_tables_keep_their_columns(name: str) -> None:
    text = markdown.render(documents.ALL[name]())
    columns = 0
    for line in text.splitlines():
        bars = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
        assert columns in (0, bars) or bars == 0
        columns = bars
    page = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
    tags = "h1 h2 h3 h4 h5 h6 p strong em ul ol li table thead tbody tr th td code pre"
    assert set(re.findall(r"<(\w+)", page)) <= set(tags.split())
    assert not re.search(r"[\x00-\x08\x0b-\x1f\u202a-\u202e\u200b]", text)
    assert "\n# Heading" not in text


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize("width", [60, 80, 100])
def test_the_terminal_summary_is_one_clean_screen(name: str, width: int) -> None:
    text = terminal_summary(documents.ALL[name](), width)
    lines = text.splitlines()
    assert len(lines) <= SCREEN_LINES or name == "hostile"
    assert text.endswith("\n")
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b]", text)
    assert max(cells(line) for line in lines) <= width


def test_the_terminal_summary_answers() -> None:
    text = terminal_summary(documents.incident_document(), 100)
    for answer in (
        "CRITICAL  PC-042 (alice) is remote-controlled",
        "limited  Usable, with gaps",
        "10.20.1.42 PC-042 (alice), 52:54:00:20:01:2a, patient zero",
        "10.20.2.15 → 198.51.100.20 tcp/443: exfiltration",
        "1. Isolate FILES-01",
        "workspace/report/report.html",
        "TLP:AMBER",
    ):
        assert answer in text


def test_trust_names_the_worst_piece_that_holds_anything() -> None:
    whole = documents.incident_document()
    (held,), (judged,) = whole.evidence[:1], whole.capture_quality[:1]
    others = [
        ("ev-good", "logs/fw.log", 9, Grade.GOOD),
        ("ev-none", "logs/none.log", 0, Grade.POOR),
    ]
    document = replace(
        whole,
        evidence=(held, *(replace(held, id=i, path=p, records=n) for i, p, n, _ in others)),
        capture_quality=(
            replace(judged, evidence_id=held.id, grade=Grade.LIMITED),
            *(replace(judged, evidence_id=i, grade=grade) for i, _, _, grade in others),
        ),
    )
    text = terminal_summary(document, 100)
    assert f"limited  {Path(held.path).name}: Usable, with gaps" in text
    assert "worst of 3 pieces of evidence: 1 limited, 1 good, 1 empty" in text
    alike = replace(document, capture_quality=document.capture_quality[:1] * 2)
    assert "worst of 2 pieces of evidence: all limited" in terminal_summary(alike, 100)


def test_colours_add_nothing_but_colour() -> None:
    document = documents.hostile_document()
    coloured = terminal_summary(document, 90, colour=True)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    assert plain == terminal_summary(document, 90)
    assert coloured != plain
    for line in coloured.splitlines():  # no colour runs over the end of a line
        codes = re.findall(r"\x1b\[([0-9;]*)m", line)
        assert not codes or codes[-1] == "0"


def test_detail_shows_every_finding_and_its_terms() -> None:
    document = documents.incident_document()
    titles = terminal_summary(document, 100, detail=1)
    terms = terminal_summary(document, 100, detail=2)
    flat = " ".join(titles.split())
    assert all(f.id in flat for f in document.findings)
    assert "+2.70  gap_regularity: 0.91" in terms
    assert "gap_regularity" not in titles


def test_files_are_written_whole_and_only_the_time_differs(tmp_path: Path) -> None:
    document = documents.incident_document()
    one = write_reports(document, tmp_path / "one")
    two = write_reports(document, tmp_path / "two" / "deeper")
    names = {"report.html", "report.md", "report.json", "indicators.csv"}
    assert {p.name for p in (tmp_path / "one").iterdir()} == names
    for name in names:
        first = (tmp_path / "one" / name).read_bytes()
        assert first == (tmp_path / "two" / "deeper" / name).read_bytes()
    later = replace(document, generated_time=surroundings.at(600))
    write_reports(later, tmp_path / "one")
    before, after = two.json.read_text().splitlines(), one.json.read_text().splitlines()
    changed = [a for a, b in zip(before, after, strict=True) if a != b]
    assert len(changed) == 1
    assert "generated_time" in changed[0]
    assert one.indicators.read_bytes() == two.indicators.read_bytes()


def test_a_place_that_cannot_be_written_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(NetcordonError) as caught:
        write_reports(documents.bare_document(), tmp_path / "file")
    assert caught.value.code == "NC-601"
    assert caught.value.hint
