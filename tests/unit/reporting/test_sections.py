"""Parts of the report that say a thing once, and say it readably."""

from __future__ import annotations

from dataclasses import replace

from netcordon.model.incident import Incident, Indicator
from netcordon.model.section import Code, Defanged, Group, Table, Tag
from netcordon.plugins.sections import (
    s32_connections,
    s40_characteristics,
    s50_findings,
    s60_indicators,
    s87_case,
)
from tests.unit.reporting.documents import worked_document
from tests.unit.reporting.sample import C2, PC, incident_document
from tests.unit.reporting.surroundings import at


def parties(incident: Incident) -> list[tuple[object, ...]]:
    document = replace(incident_document(), incidents=(incident,))
    group = s32_connections.SECTION.write(document)[0]
    assert isinstance(group, Group)
    (table,) = [b for b in group.blocks if isinstance(b, Table) and b.caption == "Parties"]
    return [tuple(row) for row in table.rows]


def test_a_host_of_two_roles_is_one_party() -> None:
    incident = incident_document().incidents[0]
    (first,) = [p for p in incident.victims if p.ip == PC]
    pivot = replace(first, role="pivot", why="It scanned others.")
    rows = parties(replace(incident, actors=(*incident.actors, pivot)))
    (row,) = [row for row in rows if row[1] == Code(PC)]
    assert row[0] == f"{first.role.replace('_', ' ')}, pivot"
    assert str(row[5]).endswith("It scanned others.")
    assert str(row[5]).startswith(first.why.rstrip("."))


def indicator(kind: str, value: str) -> Indicator:
    return Indicator(
        type=kind, value=value, role="command_server", confidence=0.9, first_seen_time=at(0),
        last_seen_time=at(60), finding_ids=(), caution=None,
    )  # fmt: skip


def test_only_what_leads_somewhere_is_defanged() -> None:
    agent = "Mozilla/5.0 (Windows NT 6.1)"
    document = replace(
        incident_document(), indicators=(indicator("ipv4-addr", C2), indicator("user-agent", agent))
    )
    (table,) = s60_indicators.SECTION.write(document)
    assert isinstance(table, Table)
    assert [row[1] for row in table.rows] == [Defanged(C2), Code(agent)]


def test_a_ruling_stands_beside_the_title() -> None:
    document = worked_document()
    (ruled,) = document.judgements
    groups = [g for g in s50_findings.SECTION.write(document) if isinstance(g, Group)]
    tags = {g.anchor: [t for t in g.heading if isinstance(t, Tag)] for g in groups}
    assert tags.pop(ruled)[-1] == Tag("ruled true")
    assert all(len(found) == 1 for found in tags.values())


def test_lines_of_a_note_are_told_apart() -> None:
    document = worked_document()
    assert document.case is not None
    note = document.case.notes[0]
    two = replace(note, wordings=(replace(note.wordings[-1], text="one\ntwo"),))
    case = replace(document.case, notes=(two,))
    blocks = s87_case.SECTION.write(replace(document, case=case))
    tables = [b for g in blocks if isinstance(g, Group) for b in g.blocks if isinstance(b, Table)]
    assert any(row[-1] == "one / two" for table in tables for row in table.rows)


def test_what_stands_in_a_log_has_lines_and_no_filter_of_packets() -> None:
    document = incident_document()
    logs = tuple(replace(e, facts={**e.facts, "is_log": True}) for e in document.evidence)
    told = [
        str(section.SECTION.write(replace(document, evidence=logs, samples=())))
        for section in (s40_characteristics, s50_findings)
    ]
    assert "First lines" in told[1]
    assert "First frames" not in told[1]
    assert "Wireshark" not in told[1]
    assert " lines " in told[0]
    assert " frames " not in told[0]
