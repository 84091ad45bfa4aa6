"""Who else: the same end, the same name, the same fingerprint, and earlier."""

from __future__ import annotations

from pathlib import Path

from tests.unit.incidents.traffic import Traffic, at, build, find

PC, OTHER, EVIL = "10.0.0.1", "10.0.0.2", "203.0.113.5"


def relations(rows: Traffic, folder: Path, **more: object) -> dict[str, list[str]]:
    finding = find("f", "c2_beaconing", "T1071", (60, 90), PC, EVIL, ports=[443], **more)  # type: ignore[arg-type]
    (incident,) = build(rows, [finding], folder).incidents
    found: dict[str, list[str]] = {}
    for entry in incident.scope:
        found.setdefault(entry.ip, []).append(entry.relation)
    return found


def test_others_and_earlier_contacts_of_the_same_host(tmp_path: Path) -> None:
    rows = Traffic()
    rows.flow(5, PC, EVIL, 443)
    rows.flow(70, PC, EVIL, 443)
    rows.flow(70, OTHER, EVIL, 80)
    assert relations(rows, tmp_path) == {
        PC: [f"spoke to {EVIL}, already before the first finding"],
        OTHER: [f"spoke to {EVIL}"],
    }


def test_the_same_registered_domain(tmp_path: Path) -> None:
    rows = Traffic()
    rows.dns(70, OTHER, "10.0.0.53", "OTHER.bad-host.net")
    assert relations(rows, tmp_path, names=["www.bad-host.net"]) == {
        OTHER: ["asked for or spoke to bad-host.net"]
    }


def test_the_same_fingerprint_at_another_server(tmp_path: Path) -> None:
    rows = Traffic()
    for minute in (60, 70):
        rows.put("tls_activity", at(minute), src_ip=PC, dst_ip=EVIL, ja4="t13_rare")
        rows.put("tls_activity", at(minute), src_ip=PC, dst_ip="192.0.2.1", ja4="t13_browser")
    assert relations(rows, tmp_path) == {}
    rows.put("tls_activity", at(71), src_ip=PC, dst_ip="192.0.2.1", ja4="t13_rare")
    assert relations(rows, tmp_path / "more") == {}, (
        "shown to others, it is no mark of the attacker"
    )


def test_hosts_that_the_attacker_tried(tmp_path: Path) -> None:
    rows = Traffic()
    rows.flow(80, EVIL, "10.0.0.7", 3389, state="S0", packets=(1, 0))
    assert relations(rows, tmp_path) == {"10.0.0.7": [f"was tried by {EVIL}"]}
