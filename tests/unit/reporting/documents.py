"""Documents to render: the incident, silence, malice, and too much of everything."""
# ruff: noqa: E501

from __future__ import annotations

import random
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from enum import Enum
from typing import TypeVar

from netcordon.model.document import Document
from netcordon.model.handling import TLP
from netcordon.model.severity import Severity
from tests.unit.reporting.sample import BEACON, CARD, INCIDENT, host, incident_document, party
from tests.unit.reporting.surroundings import CHECKS, START, at, beacon_times
from tests.unit.reporting.worked import worked


def worked_document() -> Document:
    """The incident after people worked on it."""
    return worked(incident_document())


def silent_document() -> Document:
    """Nothing found, and the reasons why silence may or may not be believed."""
    return replace(
        incident_document(),
        verdict="Nothing malicious was found in this capture. One check could not run.",
        severity=None, incidents=(), findings=(), indicators=(), samples=(), contacts={},
        checks=tuple(replace(c, findings=0) for c in CHECKS),
    )  # fmt: skip


def bare_document() -> Document:
    """What is left when the evidence could not be read at all."""
    return Document(
        version="0.1.0", generated_time=START, tlp=TLP.RED, severity=None, home_nets=(),
        verdict="No packet could be read.", home_nets_inferred=True, first_time=None,
        last_time=None, evidence=(), capture_quality=(), incidents=(), findings=(), indicators=(),
        hosts=(), not_seen=(),
    )  # fmt: skip


ATTACKS = (
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'; DROP TABLE finding; --",
    "\x1b]0;owned\x07\x1b[2J\x1b[31mred", "\u202egnp.exe\u2066\u200b\ufeff", "nul\x00byte\r\n\ttab",
    "=HYPERLINK(\"http://evil.example\",\"x\")", "+1+1", "-2+3", "@SUM(1)", "{{7*7}}{% raw %}${7*7}",
    "](javascript:alert(1)) ![x](http://evil.example/x.png) `code` **b** | cell | <b>", "]]>--><!--",
    "\ud800 lone", "a" + "\u0301" * 60, "www.evil.example https://evil.example/x", "\n\n# Heading\n- x",
    "</style></title></svg><svg onload=alert(1)>", "javascript:alert(1)", "\u2028line\u2029par",
)  # fmt: skip

T = TypeVar("T")


def poisoned(value: T, turn: list[int], keep: frozenset[str] = frozenset()) -> T:
    """The same structure with an attack in every string, each followed by a very long label."""
    if isinstance(value, Enum | bool | int | float | datetime) or value is None:
        return value
    if isinstance(value, str):
        turn[0] += 1
        long = "A" * 65_536 if turn[0] % 97 == 0 else ""
        return ATTACKS[turn[0] % len(ATTACKS)] + f" {turn[0]} " + long  # type: ignore[return-value]
    if isinstance(value, dict):
        return {k: poisoned(v, turn, keep) for k, v in value.items()}  # type: ignore[return-value]
    if isinstance(value, list | tuple):
        return type(value)(poisoned(v, turn, keep) for v in value)  # type: ignore[return-value]
    if is_dataclass(value) and not isinstance(value, type):
        changed = {
            f.name: poisoned(getattr(value, f.name), turn, keep)
            for f in fields(value)
            if f.name not in keep
        }
        return replace(value, **changed)  # type: ignore[return-value]
    raise TypeError(type(value))


def hostile_document() -> Document:
    """Every string of the incident written by the attacker."""
    document = poisoned(worked_document(), [0], frozenset({"severity", "card", "contacts"}))
    turn = [0]
    findings = tuple(
        replace(f, terms={poisoned("", turn): poisoned(t, turn) for t in f.terms.values()})
        for f in document.findings
    )
    incident = replace(document.incidents[0], severity=Severity.CRITICAL, card=poisoned(CARD, turn))
    contacts = {document.findings[1].id: beacon_times()}
    return replace(
        document, severity="critical", findings=findings, incidents=(incident,), contacts=contacts,
        priorities=tuple(replace(p, incident_id=incident.id) for p in document.priorities),
        judgements={findings[1].id: next(iter(document.judgements.values()))},
    )  # fmt: skip


def huge_document() -> Document:
    """200 findings, 40 incidents, 3,000 hosts, 20,000 contacts, 2,000 indicators."""
    small = incident_document()
    findings = tuple(
        replace(BEACON, id=f"f-{n:012x}", severity=list(Severity)[n % 5]) for n in range(200)
    )
    hosts = tuple(
        host(f"10.{n >> 8}.{n & 255}.{n % 250 + 1}", f"PC-{n:04d}", None, None) for n in range(3000)
    )
    story = tuple(
        replace(INCIDENT.story[n % 6], time=at(n), end_time=at(n + 3), actor_ip=f"10.20.1.{n % 40}")
        for n in range(150)
    )
    channels = tuple(
        replace(INCIDENT.channels[n % 5], src=f"10.20.1.{n % 40}", dst=f"203.0.113.{n % 90}")
        for n in range(300)
    )
    victims = tuple(
        party(f"10.20.1.{n}", f"PC-{n:03d}", None, "victim", "beacons", True) for n in range(250)
    )
    big = replace(INCIDENT, story=story, channels=channels, victims=victims)
    incidents = tuple(replace(big, id=f"inc-{n:010x}") for n in range(2)) + tuple(
        replace(INCIDENT, id=f"inc-{n:010x}", severity=Severity.MEDIUM) for n in range(2, 40)
    )
    draw = random.Random(3)
    contacts = tuple(sorted(at(draw.uniform(0, 6000)).timestamp() for _ in range(20_000)))
    return replace(
        small, findings=findings, hosts=hosts, incidents=incidents,
        indicators=tuple(replace(small.indicators[n % 5], value=f"{n}.example.net") for n in range(2000)),
        contacts={f.id: contacts for f in findings[:3]}, not_seen=small.not_seen * 50,
        evidence=tuple(replace(small.evidence[0], id=f"ev-{n:016x}") for n in range(80)),
    )  # fmt: skip


ALL = {
    "incident": incident_document,
    "worked": worked_document,
    "silent": silent_document,
    "bare": bare_document,
    "hostile": hostile_document,
    "huge": huge_document,
}
