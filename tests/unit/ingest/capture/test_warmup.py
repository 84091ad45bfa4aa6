from __future__ import annotations

from netcordon.ingest.capture.warmup import needs_compiling, warm_up


def test_after_warming_up_nothing_is_left_to_compile() -> None:
    warm_up()
    assert not needs_compiling()
