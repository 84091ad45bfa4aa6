"""Work in the background is done in order, and what it raises is heard."""

from __future__ import annotations

import threading
import time

import pytest

from netcordon.tables.background import Background


def _fail() -> None:
    raise OSError(28, "No space left on device")


def test_work_is_done_in_the_order_it_was_handed_over() -> None:
    done: list[int] = []
    background = Background("test")
    for n in range(100):
        background.do(lambda n=n: done.append(n))
    background.finish()
    assert done == list(range(100))


def test_finish_raises_what_work_raised_and_what_came_after_is_dropped() -> None:
    done: list[str] = []
    background = Background("test")
    began = threading.Event()
    background.do(lambda: (began.wait(), _fail()))
    background.do(lambda: done.append("after"))
    began.set()
    with pytest.raises(OSError, match="No space left"):
        background.finish()
    assert done == []


def test_the_one_who_hands_over_hears_of_a_failure_early() -> None:
    background = Background("test")
    failed = threading.Event()
    background.do(lambda: (failed.set(), _fail()))
    failed.wait()
    time.sleep(0.05)
    with pytest.raises(OSError, match="No space left"):
        background.do(lambda: None)
    background.cancel()


def test_cancel_drops_what_has_not_begun_and_ends_the_thread() -> None:
    done: list[int] = []
    background = Background("test")
    began, go = threading.Event(), threading.Event()
    background.do(lambda: (began.set(), go.wait()))
    background.do(lambda: done.append(1))
    began.wait()
    threading.Timer(0.05, go.set).start()
    background.cancel()
    assert done == []
    assert "test" not in {thread.name for thread in threading.enumerate()}


def test_without_work_there_is_no_thread() -> None:
    background = Background("idle")
    background.finish()
    background.cancel()
    assert "idle" not in {thread.name for thread in threading.enumerate()}
