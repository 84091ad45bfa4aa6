"""A broken plug-in is a line in a list."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from netcordon import registry
from netcordon.plugins import detectors


@pytest.fixture
def extra_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(detectors, "__path__", [*detectors.__path__, str(tmp_path)])
    registry.load.cache_clear()
    yield tmp_path
    registry.load.cache_clear()
    for name in [n for n in sys.modules if n.startswith("netcordon.plugins.detectors.c2_test_")]:
        del sys.modules[name]


def test_a_plugin_that_raises_is_remembered_with_its_reason(extra_folder: Path) -> None:
    (extra_folder / "c2_test_broken.py").write_text("raise RuntimeError('no such table')\n")
    (extra_folder / "c2_test_empty.py").write_text("X = 1\n")
    (extra_folder / "c2_test_good.py").write_text('"""Doc."""\nDETECTOR = object()\n')
    loaded, failed = registry.load("detectors")
    reasons = {f.id: f.reason for f in failed}
    assert reasons["c2_test_broken"] == "RuntimeError: no such table"
    assert "DETECTOR" in reasons["c2_test_empty"]
    assert "c2_test_good" in {p.id for p in loaded}


def test_an_unknown_kind_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(KeyError):
        registry.load("gadgets")
