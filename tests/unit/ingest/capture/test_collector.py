from __future__ import annotations

import gc

import pytest

from netcordon.ingest.capture.collector import rare_collections


def _fail_within(seen: list[tuple[int, int, int]]) -> None:
    with rare_collections():
        seen.append(gc.get_threshold())
        assert gc.get_freeze_count() > 0
        raise KeyError


def test_the_collector_is_as_before_whatever_happens_within() -> None:
    before = gc.get_threshold()
    seen: list[tuple[int, int, int]] = []
    with pytest.raises(KeyError):
        _fail_within(seen)
    assert seen != [before]
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0
