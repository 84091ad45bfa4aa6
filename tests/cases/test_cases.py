"""Every case: a detector on a small piece of evidence finds what it must, and nothing else."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest

from netcordon.detection.run import run_detectors
from netcordon.model.finding import Finding
from netcordon.model.severity import Severity
from netcordon.registry import load
from tests.cases import evidence

HERE = Path(__file__).parent
CASES = sorted(path.parent for path in HERE.glob("*/*/expect.json"))
MAKERS = sorted(HERE.glob("*/make.py"))


@pytest.mark.parametrize("case", CASES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_case(case: Path, tmp_path: Path) -> None:
    expect = json.loads((case / "expect.json").read_text("utf-8"))
    plugins = [p for p in load("detectors")[0] if p.id == case.parent.name]
    assert plugins, f"no detector {case.parent.name}"
    home_nets = expect.get("home_nets", [])
    with evidence.engine(evidence.read(case), tmp_path, home_nets=home_nets) as engine:
        result = run_detectors(engine, plugins, decoys=evidence.decoys(case))
    assert not [note for note in result.notes if "failed" in note]
    left = list(result.findings)
    for wanted in expect["findings"]:
        match = next((f for f in left if _fits(f, wanted)), None)
        assert match is not None, f"missing {wanted}; found {[_short(f) for f in result.findings]}"
        left.remove(match)
    ceiling = expect["others_at_most"]
    over = (
        left if ceiling is None else [f for f in left if f.severity.rank > Severity(ceiling).rank]
    )
    assert not over, [_short(f) for f in over]


@pytest.mark.parametrize("maker", MAKERS, ids=lambda p: p.parent.name)
def test_evidence_is_what_its_script_makes(maker: Path, tmp_path: Path) -> None:
    made = runpy.run_path(str(maker))["make"]
    made(tmp_path)
    written = sorted(p.relative_to(tmp_path) for p in tmp_path.rglob("*.csv"))
    assert written
    for path in written:
        kept = maker.parent / path
        assert kept.read_text("utf-8") == (tmp_path / path).read_text("utf-8"), path


def _fits(finding: Finding, wanted: dict[str, object]) -> bool:
    return (
        list(finding.src_ips) == wanted["src_ips"]
        and (list(finding.dst_ips) == wanted.get("dst_ips", list(finding.dst_ips)))
        and (list(finding.dst_names) == wanted.get("dst_names", list(finding.dst_names)))
        and (list(finding.accounts) == wanted.get("accounts", list(finding.accounts)))
        and Severity(str(wanted["at_least"])).rank <= finding.severity.rank
        and finding.severity.rank <= Severity(str(wanted.get("at_most", "critical"))).rank
        and finding.succeeded == wanted.get("succeeded", finding.succeeded)
        and bool(finding.evidence_rows)
    )


def _short(finding: Finding) -> str:
    return f"{finding.severity} {finding.confidence} {finding.title} {dict(finding.terms)}"
