"""Limits are said, in sentences, once."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from netcordon.incidents.build import build_incidents
from netcordon.model.evidence import CaptureQuality, Defect, Evidence, Grade
from netcordon.tables.engine import Engine
from netcordon.tables.lake import Lake
from netcordon.tables.names import add_names
from tests.unit.incidents.traffic import HOME, Traffic, at, find
from tests.unit.tables.rows import batch


def said(rows: Traffic, folder: Path) -> str:
    evidence = Evidence(
        id="ev-1", path="a <b>.pcap", sha256="0" * 64, kind="pcap", bytes=1, records=9,
        refused={"unknown link type 147": 7},
    )  # fmt: skip
    quality = CaptureQuality(
        evidence_id="ev-1", grade=Grade.LIMITED, summary="snaplen 96",
        defects=(Defect(name="short_snaplen", share=0.5, what="Half is cut", consequence="No X."),),
    )  # fmt: skip
    with rows.engine(folder) as engine:
        report = build_incidents(engine, [], home_nets=HOME, quality=[quality], evidence=[evidence])
    return "\n".join(report.not_seen)


def test_defects_refusals_and_encryption_are_said(tmp_path: Path) -> None:
    rows = Traffic()
    rows.flow(1, "10.0.0.1", "203.0.113.5", 443, service="quic")
    rows.put("tls_activity", at(1), src_ip="10.0.0.1", dst_ip="203.0.113.5", has_ech=True)
    rows.put("ssh_activity", at(1), src_ip="10.0.0.1", dst_ip="203.0.113.5")
    text = said(rows, tmp_path)
    for part in (
        "a <b>.pcap: Half is cut. No X.", "7 rows were not decoded: unknown link type 147",
        "1 TLS session:", "encrypted ClientHello", "1 QUIC flow:", "1 SSH connection:",
        "No DNS was recorded", "hosts are addresses only", "No signatures were run",
    ):  # fmt: skip
        assert part in text, part


def test_signatures_were_run_where_a_tool_raised_alerts(tmp_path: Path) -> None:
    for kind, is_said in (("alert", False), ("weird", True)):
        rows = Traffic()
        rows.put("detection_finding", at(1), src_ip="10.0.0.1", kind=kind, title="x")
        assert ("No signatures were run" in said(rows, tmp_path / kind)) is is_said


def test_contradicting_claims_are_said(tmp_path: Path) -> None:
    rows = Traffic()
    rows.is_called("10.0.0.1", 0, mac="02:00:00:00:00:01", source="arp")
    rows.is_called("10.0.0.1", 1, mac="02:00:00:00:00:02", source="arp")
    assert "10.0.0.1 is also claimed by 02:00:00:00:00:02" in said(rows, tmp_path)


def test_flows_that_two_captures_recorded_are_said(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    for number, (evidence, late) in enumerate((("ev-1", 0.0), ("ev-2", 0.01))):
        rows = Traffic()
        rows.flow(1 + late, "10.0.0.1", "203.0.113.5", 443, src_port=50_000)
        rows.flow(5 + number, "10.0.0.1", "203.0.113.5", 443, src_port=50_001)
        staging = lake.stage()
        staging.append("network_activity", batch("network_activity", rows.rows["network_activity"]))
        lake.commit(staging, evidence)
    orders = find("b", "c2_beaconing", "T1071", (0, 9), "10.0.0.1", "203.0.113.5", ports=[443])
    with Engine(lake, ["ev-1", "ev-2"]) as engine:
        engine.set_home_nets(HOME)
        add_names(engine)
        known = {c: pa.array([], pa.string()) for c in ("registered_domain", "kind", "note")}
        engine.add_table("known_service", pa.table(known))
        report = build_incidents(engine, [orders], home_nets=HOME)
    (said,) = [s for s in report.not_seen if "more than one capture" in s]
    assert said.startswith("1 flow behind the incidents was recorded")
