"""The listener hears real calls on loopback, and a flood of them costs little."""

from __future__ import annotations

import asyncio
import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest

from netcordon.errors import UsageError
from netcordon.workflow.decoy_listen import Listener, listen
from netcordon.workflow.decoys import DecoyRequest, make, touches
from tests.traffic import dns_query

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def _clock() -> datetime:
    return NOW


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    request = DecoyRequest(template="salaries", places=("share",), format="csv", copies=2)
    make(tmp_path / "ws", request, tmp_path / "out", clock=_clock)
    return tmp_path / "ws"


async def _call(ports: dict[str, int], token: str) -> tuple[bytes, bytes]:
    answers = []
    for host in (f"fs-{token}", f"fs-{token}", "unknown"):
        reader, writer = await asyncio.open_connection("127.0.0.1", ports["HTTP"])
        writer.write(f"GET /a HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        answers.append(await reader.read())
        writer.close()
    reader, writer = await asyncio.open_connection("127.0.0.1", ports["HTTP"])
    writer.write(b"A" * 20_000)
    writer.write_eof()
    await reader.read()
    writer.close()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(5)
        asking.connect(("127.0.0.1", ports["DNS"]))
        asking.send(b"\x00")
        asking.send(dns_query(f"FS-{token}.corp.example".encode()))
        answer = await asyncio.to_thread(asking.recv, 512)
    return answers[0], answer


def test_calls_that_name_a_copy_are_recorded_once_a_minute(workspace: Path) -> None:
    told: list[tuple[str, str]] = []
    ports: dict[str, int] = {}

    async def run() -> tuple[Listener, bytes, bytes]:
        listener = Listener(workspace, clock=_clock, tell=lambda *said: told.append(said))
        token = next(t for t, c in listener._tokens.items() if c == "dec-0001-002")
        stop, up = asyncio.Event(), asyncio.Event()

        def ready(service: str, port: int) -> None:
            ports[service] = port
            if len(ports) == 2:
                up.set()

        task = asyncio.create_task(
            listen(listener, "127.0.0.1", http_port=0, dns_port=0, ready=ready, stop=stop)
        )
        await up.wait()
        page, answer = await _call(ports, token)
        stop.set()
        await task
        return listener, page, answer

    listener, page, answer = asyncio.run(run())
    assert page.startswith(b"HTTP/1.1 404 ")
    assert answer[3] & 0x0F == 3
    assert (listener.heard, listener.others) == (3, 2)
    assert [copy for copy, _ in told] == ["dec-0001-002"] * 2
    recorded = touches(workspace, clock=_clock)
    assert [copy for copy, _, _ in recorded] == ["dec-0001-002"] * 2
    assert recorded[0][2].startswith("HTTP from 127.0.0.1: fs-")
    assert recorded[1][2].startswith("DNS from 127.0.0.1: FS-")


def test_a_port_that_is_taken_is_said(workspace: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        async def run() -> None:
            listener = Listener(workspace, clock=_clock, tell=lambda *_: None)
            await listen(
                listener, "127.0.0.1", http_port=port, dns_port=None,
                ready=lambda *_: None, stop=asyncio.Event(),
            )  # fmt: skip

        with pytest.raises(UsageError, match="NC-906"):
            asyncio.run(run())
