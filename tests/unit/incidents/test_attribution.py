"""A source is named when it is sure enough, with what would look the same; else nobody is."""

from __future__ import annotations

from dataclasses import replace

from netcordon.incidents.attribution import THRESHOLD, attribute
from tests.unit.reporting.sample import incident_document

DOCUMENT = incident_document()
INCIDENT = DOCUMENT.incidents[0]


def test_outside_infrastructure_is_named_with_its_findings():
    said = attribute(INCIDENT, DOCUMENT.findings)
    assert said.source.kind == "outside infrastructure"
    assert "203.0.113.77" in said.statement
    assert set(said.source.finding_ids) <= set(INCIDENT.finding_ids)
    assert any("rented" in other for other in said.alternatives)


def test_below_the_threshold_nobody_is_named():
    unsure = [replace(f, confidence=THRESHOLD - 0.01) for f in DOCUMENT.findings]
    said = attribute(INCIDENT, unsure)
    assert said.source is None
    assert said.statement.startswith("Not identified")
    named = {p.ip for p in (*INCIDENT.actors, *INCIDENT.victims)}
    assert not any(ip in said.statement for ip in named)
    assert said.alternatives == ()


def test_where_nobody_outside_is_seen_a_host_of_ours_is_the_answer():
    inside = replace(INCIDENT, actors=tuple(p for p in INCIDENT.actors if p.internal))
    said = attribute(inside, DOCUMENT.findings)
    assert said.source.kind == "host of ours"
    assert any("on purpose" in other for other in said.alternatives)


def test_senders_of_a_flood_are_not_named():
    flood = tuple(replace(p, role="flood_source") for p in INCIDENT.actors)
    victims = tuple(replace(p, role="target") for p in INCIDENT.victims)
    said = attribute(replace(INCIDENT, actors=flood, victims=victims), DOCUMENT.findings)
    assert said.source is None
    assert "can be invented" in said.statement


def test_findings_of_other_incidents_do_not_count():
    said = attribute(replace(INCIDENT, finding_ids=()), DOCUMENT.findings)
    assert said.source is None


def test_a_server_inside_that_ours_call_for_orders_comes_before_them():
    (server, *_) = [p for p in INCIDENT.actors if p.role == "command_server"]
    inside = replace(server, internal=True)
    said = attribute(replace(INCIDENT, actors=(inside,)), DOCUMENT.findings)
    assert said.source.kind == "command server inside our networks"
    assert server.ip in said.statement
    unsure = [
        replace(f, confidence=THRESHOLD - 0.01 if server.ip in f.dst_ips else 0.99)
        for f in DOCUMENT.findings
    ]
    said = attribute(replace(INCIDENT, actors=(inside,)), unsure)
    assert said.source.kind == "host of ours"
    assert "calls for orders" in said.alternatives[0]
