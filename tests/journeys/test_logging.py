"""Logs over TLS on loopback with real programs, a collector that is killed, and the proof."""

from __future__ import annotations

import json
import os
import signal
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.conftest import COMMAND
from tests.unit.collector.authority import Authority


class Running:
    """A collector in a process of its own."""

    def __init__(self, folder: Path, authority: Authority, files: tuple[Path, Path]) -> None:
        arguments = ["logging", "receive", str(folder), "--port", "0", "--json"]
        for option, path in zip(
            ("--cert", "--key", "--client-ca"), (*files, authority.pem), strict=True
        ):
            arguments += [option, str(path)]
        self.process = subprocess.Popen(
            [*COMMAND, *arguments], stderr=subprocess.PIPE, text=True, env={**os.environ}
        )
        self.key = ""
        self.port = 0
        while not self.port:
            said = self.hear()
            self.key = said.get("key", self.key)
            self.port = said.get("port", 0)

    def hear(self) -> dict[str, Any]:
        """The next line."""
        assert self.process.stderr is not None
        line = self.process.stderr.readline()
        assert line, "the collector has ended"
        said: dict[str, Any] = json.loads(line)
        return said

    def until(self, what: str) -> str:
        """Wait for a note."""
        while True:
            noted = str(self.hear().get("what", ""))
            if what in noted:
                return noted

    def end(self, how: signal.Signals) -> int:
        """Stop it; its exit status."""
        self.process.send_signal(how)
        status = self.process.wait(timeout=20)
        assert self.process.stderr is not None
        self.process.stderr.close()
        return status


@pytest.fixture
def start() -> Iterator[Callable[..., Running]]:
    """Starts collectors; none is left behind."""
    running: list[Running] = []

    def begin(*arguments: Any) -> Running:
        running.append(Running(*arguments))
        return running[-1]

    yield begin
    for one in running:
        if one.process.poll() is None:
            one.end(signal.SIGKILL)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@contextmanager
def _connected(
    port: int, authority: Authority, files: tuple[Path, Path] | None
) -> Iterator[ssl.SSLSocket]:
    context = ssl.create_default_context(cafile=str(authority.pem))
    if files:
        context.load_cert_chain(*files)
    plain = socket.create_connection(("127.0.0.1", port), timeout=10)
    with plain, context.wrap_socket(plain, server_hostname="collector") as connection:
        yield connection


def _refused(port: int, authority: Authority, files: tuple[Path, Path] | None) -> bool:
    """Whether a sender is turned away; in TLS 1.3 it hears of it when it reads."""
    try:
        with _connected(port, authority, files) as connection:
            connection.sendall(b"5 hello")
            return connection.recv(10) == b""
    except OSError:
        return True


def test_records_arrive_over_tls_and_every_change_to_them_shows(
    cli, engine_program, start, tmp_path: Path, authority: Authority
) -> None:
    openssl = engine_program("openssl")
    log, own, fw = tmp_path / "log", authority.issue("collector"), authority.issue("fw-1")
    first = start(log, authority, own)
    messages = [f'<34>1 2026-03-01T12:00:00Z fw app - - [meta sequenceId="{n}"] text {n}'
                for n in (1, 2, 3, 7)]  # fmt: skip
    stream = "".join(f"{len(m)} {m}" for m in messages).encode()
    subprocess.run(
        [openssl, "s_client", "-quiet", "-no_ign_eof", "-connect", f"127.0.0.1:{first.port}",
         "-cert", fw[0], "-key", fw[1], "-CAfile", authority.pem, "-verify_return_error"],
        input=stream + b"<13>old style line\n", capture_output=True, timeout=30, check=False,
    )  # fmt: skip
    assert first.until("gap") == "gap: fw left out 3 messages before number 7"
    assert "fw-1 sha-256:" in first.until("disconnect")

    stranger = Authority(tmp_path, "somebody else").issue("stranger")
    assert _refused(first.port, authority, None)
    assert _refused(first.port, authority, stranger)
    with _connected(first.port, authority, fw) as connection:
        connection.sendall(b"900 half a message")
    # Whether the end arrives as a close or as a reset is the kernel's to say.
    assert "within a message, which is lost" in first.until("disconnect")
    with _connected(first.port, authority, fw) as connection:
        connection.sendall(b"GET / HTTP/1.1\n")
        connection.sendall(b"0 nonsense")
        assert connection.recv(10) == b""
    assert "cut off" in first.until("cut off")

    first.end(signal.SIGKILL)
    with next(log.glob("segment-*.log")).open("ab") as file:
        file.write(b"99\t2026-")
    second = start(log, authority, own)
    assert second.key == "", "the key of a log is shown once"
    with _connected(second.port, authority, fw) as connection:
        connection.sendall(b"12 <13>after it")
    second.until("disconnect")
    assert second.end(signal.SIGTERM) == 0

    sound = cli("logging", "check", str(log), "--verification-key", first.key, "--json")
    found = json.loads(sound.stdout)["log"]
    assert (sound.returncode, found["proven"], found["defects"]) == (0, True, [])
    told = {s["name"].partition(" ")[0]: s["records"] for s in found["senders"]}
    assert told == {"fw-1": 7}
    assert any("torn" in event["message"] for event in found["events"])

    segment = next(log.glob("segment-*.log"))
    lines = segment.read_bytes().splitlines(keepends=True)
    at = next(n for n, line in enumerate(lines) if b"text 3" in line)
    segment.write_bytes(b"".join(lines[:at] + lines[at + 1 :]))
    broken = cli("logging", "check", str(log))
    shown = broken.stdout.decode()
    assert broken.returncode == 1
    assert f"segment-000001.log line {at + 1}" in shown
    assert "is missing before it" in " ".join(shown.split())


def test_certificates_that_cannot_be_used_are_said(cli, tmp_path: Path) -> None:
    (tmp_path / "x.pem").write_text("nothing")
    failed = cli("logging", "receive", "log", "--cert", "x.pem", "--key", "x.pem",
                 "--client-ca", "x.pem", "--port", "0")  # fmt: skip
    assert (failed.returncode, b"NC-921" in failed.stderr) == (2, True)
    assert cli("logging", "check", "nowhere").returncode == 4
