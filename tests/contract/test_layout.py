"""The drawing is enforced: sizes, names, and what ARCHITECTURE.md says."""

from __future__ import annotations

import re
import statistics
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src" / "netcordon").rglob("*.py"))
EMPTY_WORDS = {"utils", "util", "helpers", "helper", "common", "core", "base", "manager", "misc"}


def test_files_stay_small() -> None:
    lines = {p: len(p.read_text(encoding="utf-8").splitlines()) for p in SOURCES}
    too_long = {str(p.relative_to(ROOT)): n for p, n in lines.items() if n > 400}
    assert not too_long
    assert statistics.median(n for n in lines.values() if n > 3) <= 150


def test_no_module_has_a_name_that_says_nothing() -> None:
    names = {p.stem for p in SOURCES} | {p.parent.name for p in SOURCES}
    assert not names & EMPTY_WORDS


def test_every_package_says_what_it_is_for() -> None:
    for path in SOURCES:
        if path.name == "__init__.py":
            assert path.read_text(encoding="utf-8").startswith('"""'), path


def test_architecture_names_only_what_exists() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:src|tests|lab|benchmarks|docs)/[\w./-]*)`", text))
    assert named, "ARCHITECTURE.md names no path"
    missing = {path for path in named if not (ROOT / path).exists()}
    assert not missing


def test_architecture_lists_every_package_in_the_order_of_the_layers() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = contracts["tool"]["importlinter"]["contracts"][0]["layers"]
    places = [text.find(f"| `{layer}") for layer in layers]
    assert -1 not in places, f"not in the table: {layers[places.index(-1)]}"
    assert places == sorted(places)
    packages = {p.parent.name for p in SOURCES if p.parent.parent.name == "netcordon"}
    assert packages <= set(layers)


@pytest.mark.parametrize("document", ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_links_between_documents_lead_somewhere(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", text):
        assert (ROOT / target).exists(), f"{document} points at {target}"


def test_every_error_code_is_documented() -> None:
    documented = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    used = {
        c for p in SOURCES for c in re.findall(r"\"(NC-\d{3})\"", p.read_text(encoding="utf-8"))
    }
    missing = {code for code in used if code not in documented}
    assert not missing


def test_a_code_of_errors_means_one_thing_and_stands_in_its_section() -> None:
    section, rows = "", []
    for line in (ROOT / "docs" / "errors.md").read_text(encoding="utf-8").splitlines():
        if heading := re.match(r"## NC-(\d)xx", line):
            section = heading[1]
        elif row := re.match(r"\| (NC-(\d)\d\d) ", line):
            rows.append(row[1])
            assert row[2] == section, f"{row[1]} stands under NC-{section}xx"
    assert len(rows) > 100
    assert not {code for code in rows if rows.count(code) > 1}
    assert rows == sorted(rows)
