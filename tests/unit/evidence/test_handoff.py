import threading

import pytest

from netcordon.evidence.handoff import Handoff


def test_all_that_is_delivered_is_received_in_order_whoever_is_slower():
    handoff = Handoff(3, 8)
    received: list[int] = []

    def fill() -> None:
        for number in range(500):
            buffer = handoff.borrow()
            buffer[0] = number % 256
            handoff.deliver(buffer, 1)
        handoff.end()

    thread = threading.Thread(target=fill)
    thread.start()
    while item := handoff.receive():
        received.append(item[0][0])
        handoff.give_back(item[0])
    thread.join()
    assert received == [number % 256 for number in range(500)]


def test_an_error_comes_after_what_was_delivered_before_it():
    handoff = Handoff(3, 8)
    handoff.deliver(handoff.borrow(), 5)
    handoff.end(OSError("broken"))
    assert handoff.receive()[1] == 5
    with pytest.raises(OSError, match="broken"):
        handoff.receive()


def test_no_more_buffers_than_agreed_and_none_after_leaving():
    handoff = Handoff(2, 8)
    assert handoff.borrow() is not None
    assert handoff.borrow() is not None
    waiting: list[object] = []
    thread = threading.Thread(target=lambda: waiting.append(handoff.borrow()))
    thread.start()
    thread.join(0.1)
    assert thread.is_alive(), "the third has to wait"
    handoff.leave()
    thread.join(5)
    assert waiting == [None]
