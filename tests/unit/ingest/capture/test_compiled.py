"""Machine code is kept until a module changes that it is made of."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import netcordon.ingest.capture as capture
from netcordon.ingest.capture.compiled import made_of

DECODER = Path(capture.__file__).parent
WITH_KERNELS = sorted(
    path for path in DECODER.rglob("*.py") if "\n@kernel\n" in path.read_text(encoding="utf-8")
)


def _names(path: Path) -> set[str]:
    """Modules of the decoder that the syntax tree of a module imports, as dotted names."""
    package = "netcordon.ingest.capture"
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(package):
            found.add(node.module or "")
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("module", WITH_KERNELS, ids=lambda path: path.stem)
def test_a_kernel_is_made_of_all_that_its_modules_import(module: Path) -> None:
    parts = made_of(module)
    for part in parts:
        for name in _names(part):
            place = DECODER.joinpath(*name.split(".")[3:]).with_suffix(".py")
            assert not place.is_file() or place in parts, f"{part.name} imports {name}"


def test_what_kernels_do_not_import_changes_nothing() -> None:
    parts = {path.name for path in made_of(DECODER / "flow" / "track.py")}
    assert {"track.py", "tcp.py", "layout.py", "compiled.py"} <= parts
    assert not parts & {"decode.py", "rows.py", "measure.py"}
