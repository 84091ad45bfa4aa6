"""Runs in a network namespace of its own and asks real resolvers for names.

Two servers of one kind stand on the loopback of the namespace, one with the zone and one without;
behind both stands a small authoritative server that knows every name. What the second does not get
through is not the zone's doing.
"""

from __future__ import annotations

import select
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from netcordon.rehearsal.dns_message import (
    A,
    Answer,
    mixed_case,
    question,
    read_question,
    read_reply,
    reply,
    wire_name,
)
from netcordon.rehearsal.enclosure import run
from netcordon.rehearsal.job import answer_job

BEHIND, WITHOUT, WITH = 5301, 5310, 5320
"""Ports of the authoritative server and of the two resolvers."""
_HOST = "127.0.0.1"
ADDRESSES = {1: "192.0.2.7", 28: "2001:db8::7"}
"""What every name leads to (RFC 5737, 3849)."""
_STARTS_S, _ANSWERS_S = 20.0, 3.0
_OPEN = 64
"""Questions that wait for an answer at a time."""
_LOCAL = (
    "localhost.", "test.", "invalid.", "onion.", "home.arpa.", "local.", "127.in-addr.arpa.",
    "10.in-addr.arpa.", "168.192.in-addr.arpa.", "254.169.in-addr.arpa.", "2.0.192.in-addr.arpa.",
    "100.51.198.in-addr.arpa.", "113.0.203.in-addr.arpa.", "d.f.ip6.arpa.", "8.e.f.ip6.arpa.",
    "8.b.d.0.1.0.0.2.ip6.arpa.", *(f"{n}.172.in-addr.arpa." for n in range(16, 32)),
)  # fmt: skip
"""Names that Unbound would answer by itself."""


def _unbound(port: int, zone: Mapping[str, str] | None) -> tuple[str, Sequence[str]]:
    lines = [
        "server:", f" interface: {_HOST}@{port}", ' chroot: ""', ' username: ""', ' pidfile: ""',
        ' directory: "."', " use-syslog: no", " do-daemonize: no", " do-ip6: no",
        ' module-config: "respip iterator"', " do-not-query-localhost: no", " num-threads: 1",
        " outgoing-range: 512", " cache-min-ttl: 0",
        *(f' local-zone: "{name}" nodefault' for name in _LOCAL),
        "forward-zone:", ' name: "."', f" forward-addr: {_HOST}@{BEHIND}",
        "remote-control:", " control-enable: no",
    ]  # fmt: skip
    if zone:
        lines += ["rpz:", f' name: "{zone["name"]}"', ' zonefile: "zone"']
    return "\n".join(lines) + "\n", ("unbound", "-d", "-c", "server.conf")


def _bind(port: int, zone: Mapping[str, str] | None) -> tuple[str, Sequence[str]]:
    policy = f'response-policy {{ zone "{zone["name"]}"; }};' if zone else ""
    text = (
        'options { directory "."; pid-file none; session-keyfile none; lock-file none; '
        f"listen-on port {port} {{ {_HOST}; }}; listen-on-v6 {{ none; }}; recursion yes; "
        f"allow-query {{ any; }}; dnssec-validation no; empty-zones-enable no; "
        f"forward only; forwarders {{ {_HOST} port {BEHIND}; }}; {policy} }};\n"
        "controls { };\n"
    )
    if zone:
        text += f'zone "{zone["name"]}" {{ type primary; file "zone"; }};\n'
    return text, ("named", "-f", "-n", "1", "-U", "1", "-c", "server.conf")


_SERVERS = {"unbound": _unbound, "named": _bind}


class _Authority(threading.Thread):
    """Answers any question with one address."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self._end.bind((_HOST, BEHIND))

    def run(self) -> None:
        while True:
            message, peer = self._end.recvfrom(4096)
            asked = read_question(message)
            said = reply(message, ADDRESSES.get(asked[2])) if asked else None
            if said:
                self._end.sendto(said, peer)


def _started(stack: ExitStack, server: str, port: int, zone: Mapping[str, str] | None) -> None:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="netcordon-dns-")))
    text, argv = _SERVERS[server](port, zone)
    (folder / "server.conf").write_text(text, encoding="utf-8")
    if zone:
        (folder / "zone").write_text(zone["text"], encoding="utf-8")
    said = (folder / "said").open("w+", encoding="utf-8", errors="replace")
    stack.callback(said.close)
    process = subprocess.Popen(argv, cwd=folder, stdout=said, stderr=subprocess.STDOUT)
    stack.callback(process.wait)
    stack.callback(process.kill)
    deadline = time.monotonic() + _STARTS_S
    wire = wire_name("ready.example")
    assert wire is not None
    while ask(port, [(wire, A)], seconds=0.2) == [None]:
        if process.poll() is not None or time.monotonic() > deadline:
            said.seek(0)
            lines = [line for line in said.read().splitlines() if "rror" in line]
            raise RuntimeError(f"{server} does not start: {(lines or ['no reason given'])[0]}")


def ask(
    port: int, questions: Sequence[tuple[bytes, int]], seconds: float = _ANSWERS_S
) -> list[Answer | None]:
    """What a resolver says to each question; ``None`` where it says nothing."""
    found: list[Answer | None] = [None] * len(questions)
    for first in range(0, len(questions), _OPEN):
        part = questions[first : first + _OPEN]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
            end.connect((_HOST, port))
            for number, (wire, kind) in enumerate(part):
                end.send(question(number, wire, kind))
            left, deadline = len(part), time.monotonic() + seconds
            while left and (rest := deadline - time.monotonic()) > 0:
                if not select.select([end], [], [], rest)[0]:
                    break
                try:
                    told = read_reply(end.recv(4096))
                except ConnectionRefusedError:
                    time.sleep(0.05)
                    break
                if told and told[0] < len(part) and found[first + told[0]] is None:
                    found[first + told[0]] = told[1]
                    left -= 1
    return found


def judge(job: Mapping[str, Any]) -> dict[str, Any]:
    """What resolvers say to names, with the zone and without.

    Args:
        job: ``servers`` (``unbound``, ``named``), ``zone`` (``name``, ``text``), ``names`` (pairs
            of a name and a record type).

    Returns:
        ``unreadable``: places of names that no message can carry; by server ``error``, or
        ``without`` and ``with``: for each name its code and addresses, or nothing.
    """
    run("ip", "link", "set", "lo", "up")
    wires = [wire_name(name) for name, _ in job["names"]]
    asked = [
        (mixed_case(wire, number * 40_503), int(kind))
        for number, (wire, (_, kind)) in enumerate(zip(wires, job["names"], strict=True))
        if wire is not None
    ]
    out: dict[str, Any] = {"unreadable": [n for n, wire in enumerate(wires) if wire is None]}
    _Authority().start()
    for server in job["servers"]:
        try:
            with ExitStack() as stack:
                _started(stack, server, WITHOUT, None)
                _started(stack, server, WITH, job["zone"])
                out[server] = {
                    "without": [_plain(each) for each in ask(WITHOUT, asked)],
                    "with": [_plain(each) for each in ask(WITH, asked)],
                }
        except (RuntimeError, OSError) as error:
            out[server] = {"error": str(error)}
    return out


def _plain(answer: Answer | None) -> list[object] | None:
    return None if answer is None else [answer.code, list(answer.addresses)]


if __name__ == "__main__":
    sys.exit(answer_job(judge))
