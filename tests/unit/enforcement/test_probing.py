"""Probes are real attempts, on loopback here: what they say is what happened."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from netcordon.enforcement import probing
from netcordon.enforcement.probing import attempt, make
from netcordon.model.command import Probe

LOCAL = "127.0.0.1"


def probe(port: int | None, protocol: str = "tcp", *, dst: str = LOCAL, src: str = LOCAL) -> Probe:
    return Probe(src=src, dst=dst, port=port, protocol=protocol, must_work=True, why="x")


@pytest.fixture
def listening() -> Iterator[int]:
    with closing(socket.create_server((LOCAL, 0))) as server:
        yield server.getsockname()[1]


@pytest.fixture
def answering() -> Iterator[int]:
    """Answers each datagram with its first two bytes and NXDOMAIN, as a resolver would."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind((LOCAL, 0))

        def serve() -> None:
            while True:
                said, peer = server.recvfrom(2048)
                if said == b"stop":
                    return
                server.sendto(said[:2] + b"\x81\x83" + b"\0" * 8, peer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"stop", server.getsockname())
        thread.join()


def closed_port() -> int:
    with closing(socket.create_server((LOCAL, 0))) as server:
        return int(server.getsockname()[1])


def test_a_service_that_answers_works(listening):
    made = attempt(probe(listening))
    assert (made.worked, made.said, made.good) == (True, "connected", True)


def test_a_refusal_is_no_success():
    made = attempt(probe(closed_port()))
    assert (made.worked, made.said, made.good) == (False, "refused", False)


def test_from_another_machine_it_is_not_made(listening):
    made = attempt(probe(listening, src="192.0.2.77"))
    assert made.worked is None
    assert made.good is None
    assert "no address of this machine" in made.said


def test_silence_over_udp_proves_nothing(monkeypatch):
    monkeypatch.setattr(probing, "TIMEOUT_S", 0.2)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind((LOCAL, 0))
        made = attempt(probe(silent.getsockname()[1], "udp"))
    assert made.worked is None
    assert "proves nothing" in made.said


def test_an_answer_over_udp_does(answering):
    assert attempt(probe(answering, "udp")).worked is True


def test_nobody_over_udp_is_seen():
    assert attempt(probe(closed_port(), "udp")).worked is False


def test_a_look_up_asks_the_resolver_of_this_machine(answering, monkeypatch):
    monkeypatch.setattr(probing, "_resolver", lambda: LOCAL)
    monkeypatch.setattr(probing, "_DNS_PORT", answering)
    made = attempt(probe(None, "udp", dst="c2.bad.example"))
    assert made.worked is False
    assert "NXDOMAIN" in made.said


def test_what_cannot_be_probed_says_so():
    assert "cannot be probed" in attempt(probe(None, "47")).said
    assert attempt(probe(443, "tcp", dst="", src="no address")).worked is None


def test_many_are_made_at_once_and_equal_ones_once(listening):
    same = [probe(listening)] * 5
    found = make([*same, probe(closed_port())])
    assert [each.worked for each in found] == [True] * 5 + [False]
    assert len({id(each) for each in found[:5]}) == 1
    distinct = [probe(closed_port(), src="192.0.2.77", dst=f"192.0.2.{n}") for n in range(200)]
    assert all(each.worked is None for each in make(distinct))


def test_a_question_is_a_dns_message():
    question = probing._question("c2.bad.example")
    assert question[2:12] == b"\1\0\0\1\0\0\0\0\0\0"
    assert question[12:] == b"\x02c2\x03bad\x07example\0\0\1\0\1"
    assert probing._question("")[12:] == b"\0\0\2\0\1"
