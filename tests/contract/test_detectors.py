"""What every detector owes its reader: words, reasons, cases, and the same answer every time."""

from __future__ import annotations

import ast
import dataclasses
import json
import re
from pathlib import Path
from typing import cast

import pytest

from netcordon.detection import facts
from netcordon.detection.assemble import bound_parameters
from netcordon.detection.facts import add_facts
from netcordon.detection.run import run_one
from netcordon.model.detector import Detector
from netcordon.registry import Plugin, load
from netcordon.tables.engine import Engine
from netcordon.tables.lake import Lake
from netcordon.tables.schema import TABLES
from tests.cases import evidence

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "src/netcordon/plugins/detectors"
CASES = ROOT / "tests/cases"
TACTICS = ("recon", "access", "lateral", "c2", "exfil", "impact", "evasion")
FOREIGN = "alert"
"""Alerts of others tell of any tactic."""
PARTS = ("Finds", "Blind spots", "Often benign", "Look next")
COLUMNS = {
    "src_ips": "list<l: string>", "dst_ips": "list<l: string>", "dst_names": "list<l: string>",
    "dst_ports": "list<l: int32>", "protocol": "string",
    "first_seen_time": "timestamp[us]", "last_seen_time": "timestamp[us]",
}  # fmt: skip

plugins = pytest.mark.parametrize("plugin", load("detectors")[0], ids=lambda p: p.id)


def _detector(plugin: Plugin) -> Detector:
    assert isinstance(plugin.content, Detector)
    return plugin.content


def _cases(plugin: Plugin, kind: str) -> list[Path]:
    folders = sorted((CASES / plugin.id).glob("*/expect.json"))
    return [f.parent for f in folders if json.loads(f.read_text("utf-8"))["kind"] == kind]


def test_every_detector_loads() -> None:
    loaded, failed = load("detectors")
    assert not failed
    assert {p.id for p in loaded} == {p.stem for p in FOLDER.glob("[a-z]*.py")}


@plugins
def test_the_name_begins_with_a_tactic(plugin: Plugin) -> None:
    assert plugin.id.split("_")[0] in (*TACTICS, FOREIGN)


@plugins
def test_the_docstring_has_its_parts_and_so_has_the_declaration(plugin: Plugin) -> None:
    for part in PARTS:
        assert re.search(rf"^{part} +\S", plugin.doc, re.MULTILINE), part
    detector = _detector(plugin)
    for name in ("title", "summary", "blind_spots", "benign", "look_next", "minimum_sample"):
        assert len(getattr(detector, name)) > 3, name


@plugins
def test_every_parameter_has_a_unit_or_a_meaning_and_a_reason(plugin: Plugin) -> None:
    tree = ast.parse((FOLDER / f"{plugin.id}.py").read_text("utf-8"))
    params = next(n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == "Params")
    documented = {
        cast(ast.Name, field.target).id
        for field, words in zip(params.body, params.body[1:], strict=False)
        if isinstance(field, ast.AnnAssign)
        and isinstance(words, ast.Expr)
        and isinstance(words.value, ast.Constant)
        and len(str(words.value.value)) > 30
    }
    declared = _detector(plugin).params
    assert dataclasses.is_dataclass(declared)
    assert documented == {f.name for f in dataclasses.fields(declared)}


@plugins
def test_it_reads_tables_that_exist_and_names_techniques(plugin: Plugin) -> None:
    detector = _detector(plugin)
    assert set(detector.reads) <= set(TABLES)
    assert detector.techniques
    assert all(re.fullmatch(r"T\d{4}(\.\d{3})?", t) for t in detector.techniques)


def _names(sql: str, name: str) -> bool:
    return re.search(rf"\b(FROM|JOIN)\s+{name}\b", sql) is not None


@plugins
def test_the_query_reads_only_what_it_declares(plugin: Plugin) -> None:
    detector = _detector(plugin)
    named = {table for table in TABLES if _names(detector.sql, table)}
    joined = [sql for fact, sql in facts._KEPT if _names(detector.sql, fact)]
    behind = {table for table in TABLES for sql in joined if _names(sql, table)}
    # Look-ups of names may add tables; what the verdict rests on must be declared.
    assert set(detector.reads) <= named | behind
    assert named - set(detector.reads) <= {"dns_activity", "tls_activity", "http_activity"}


@plugins
def test_the_query_runs_on_nothing_orders_its_rows_and_has_the_columns(
    plugin: Plugin, tmp_path: Path
) -> None:
    detector = _detector(plugin)
    with Engine(Lake(tmp_path), []) as engine:
        add_facts(engine)
        table = engine.arrow(detector.sql, bound_parameters(detector))
    assert table.num_rows == 0
    # Texts may be words of an enumeration of ``detection.copies``: they read as text.
    types = {f.name: re.sub(r"dictionary<[^>]*>", "string", str(f.type)) for f in table.schema}
    for name, type_ in COLUMNS.items():
        assert types[name] == type_, name
    assert "evidence_id" in types["evidence"]
    assert re.search(r"\nORDER BY [^()]+$", detector.sql.strip()), "order the rows of the query"


@plugins
def test_the_query_uses_no_aggregate_that_depends_on_the_order_of_rows(plugin: Plugin) -> None:
    sql = re.sub(r"--.*", "", _detector(plugin).sql)
    for call in re.findall(r"\b(?:any_value|first|last|arbitrary)\(([^()]*)\)", sql):
        assert "ORDER BY" in call
    for call in re.findall(r"\b(?:list|string_agg|array_agg|mode)\(((?:[^()]|\([^()]*\))*)\)", sql):
        assert "ORDER BY" in call or call.startswith("coalesce("), call


@plugins
def test_it_has_a_case_that_fires_a_near_miss_and_a_silent_one(plugin: Plugin) -> None:
    for kind in ("fires", "near_miss", "silent"):
        assert _cases(plugin, kind), f"{plugin.id} has no case of kind {kind}"
    for case in sorted((CASES / plugin.id).glob("*/expect.json")):
        assert (case.parent / "README.md").read_text("utf-8").startswith("# ")


@plugins
def test_the_order_of_rows_and_the_number_of_threads_change_nothing(
    plugin: Plugin, tmp_path: Path
) -> None:
    case = _cases(plugin, "fires")[0]
    rows = evidence.read(case)
    home_nets = json.loads((case / "expect.json").read_text("utf-8"))["home_nets"]
    seen = []
    for number, (threads, shuffle) in enumerate(((1, None), (2, 1), (2, 2))):
        root = tmp_path / str(number)
        with evidence.engine(
            rows, root, home_nets=home_nets, threads=threads, shuffle=shuffle
        ) as engine:
            add_facts(engine, evidence.decoys(case))
            seen.append(run_one(engine, plugin.id, _detector(plugin)))
    assert seen[0]
    assert seen[0] == seen[1] == seen[2]
