from __future__ import annotations

import gc
import weakref

import pytest

from netcordon.ingest.capture.collector import rare_collections


class _Cycle:
    def __init__(self) -> None:
        self.own = self


def _fail_within(seen: list[bool]) -> None:
    with rare_collections():
        seen.append(gc.isenabled())
        assert gc.get_freeze_count() > 0
        raise KeyError


def test_the_collector_is_as_before_whatever_happens_within() -> None:
    seen: list[bool] = []
    with pytest.raises(KeyError):
        _fail_within(seen)
    assert seen == [False]
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0


def test_one_that_was_off_stays_off() -> None:
    gc.disable()
    try:
        with rare_collections() as collect:
            collect()
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_cycles_are_collected_between_blocks_however_old_they_are() -> None:
    with rare_collections() as collect:
        young = weakref.ref(_Cycle())
        for _ in range(3):
            collect()
            assert young() is not None
        collect()
        assert young() is None
        kept = _Cycle()
        for _ in range(160):
            collect()
        old = weakref.ref(kept)
        del kept
        for _ in range(4):
            collect()
        assert old() is not None  # it has grown old, and waits for its generation
        for _ in range(1024):
            collect()
        assert old() is None
