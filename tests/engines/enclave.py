"""Three network namespaces in a row, both families: an inside, a firewall, an outside.

Nothing in them reaches the machine's own network, and nothing is left of them afterwards.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TypeVar

INSIDE, OUTSIDE = "10.71.1.2", "203.0.113.2"
OTHER = "203.0.113.3"
INSIDE6, OUTSIDE6 = "2001:db8:1::2", "2001:db8:2::2"
PORTS = (80, 443, 4444)

_SERVER = """
import selectors, socket, sys
waiting = selectors.DefaultSelector()
for port in map(int, sys.argv[1:]):
    for family, any_address in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):
        listener = socket.socket(family, socket.SOCK_STREAM)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((any_address, port)); listener.listen(20)
        waiting.register(listener, selectors.EVENT_READ, "listener")
    echo = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); echo.bind(("0.0.0.0", port))
    waiting.register(echo, selectors.EVENT_READ, "datagrams")
print("ready", flush=True)
while True:
    for key, _ in waiting.select():
        if key.data == "listener":
            waiting.register(key.fileobj.accept()[0], selectors.EVENT_READ, "talk")
        elif key.data == "datagrams":
            said, peer = key.fileobj.recvfrom(99); key.fileobj.sendto(said, peer)
        else:
            try:
                said = key.fileobj.recv(99)
                key.fileobj.sendall(said)
            except OSError:
                said = b""
            if not said:
                waiting.unregister(key.fileobj); key.fileobj.close()
"""

_TALKER = """
import socket, sys
family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
talk = socket.socket(family, socket.SOCK_STREAM); talk.settimeout(0.6)
try:
    talk.connect((sys.argv[1], int(sys.argv[2]))); print("open", flush=True)
    for line in sys.stdin:
        talk.sendall(line.encode()); print("answer" if talk.recv(99) else "closed", flush=True)
except OSError as error:
    print(type(error).__name__, flush=True)
"""


class Talk:
    """A TCP connection from one namespace to an address beyond the firewall."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def hear(self) -> str:
        """``open``, ``answer``, or the name of the error."""
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def say(self) -> str:
        """Sends a line and tells what came back."""
        assert self._process.stdin is not None
        self._process.stdin.write("hello\n")
        self._process.stdin.flush()
        return self.hear()


class Enclave:
    """The three namespaces; ``run`` and ``talk`` name them ``in``, ``fw`` and ``out``."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._holders = {name: self._held() for name in ("in", "fw", "out")}
        self._wire()

    def _held(self) -> int:
        # `unshare` forks nothing: the process itself is what keeps the namespace.
        holder = subprocess.Popen(
            ["unshare", "-n", "sh", "-c", "echo made; exec sleep 600"],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert holder.stdout is not None
        self._stack.callback(holder.stdout.close)
        self._stack.callback(holder.wait)
        self._stack.callback(holder.kill)
        assert holder.stdout.readline() == "made\n"
        return holder.pid

    def _wire(self) -> None:
        for name, address, address6, own, own6 in (
            ("in", INSIDE, INSIDE6, "10.71.1.1", "2001:db8:1::1"),
            ("out", OUTSIDE, OUTSIDE6, "203.0.113.1", "2001:db8:2::1"),
        ):
            link = f"link add fw-{name} type veth peer name eth0 netns {self._holders[name]}"
            self.run("fw", *f"ip {link}".split())
            for where, device, ip, ip6 in (
                (name, "eth0", address, address6),
                ("fw", f"fw-{name}", own, own6),
            ):
                self.run(where, *f"ip addr add {ip}/24 dev {device}".split())
                self.run(where, *f"ip addr add {ip6}/64 dev {device} nodad".split())
                self.run(where, *f"ip link set {device} up".split())
                self.run(where, *["ip", "link", "set", "lo", "up"])
            self.run(name, *f"ip route add default via {own}".split())
            self.run(name, *f"ip -6 route add default via {own6}".split())
        self.run("out", *f"ip addr add {OTHER}/24 dev eth0".split())
        for setting in ("net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1"):
            self.run("fw", "sysctl", "-qw", setting)

    def run(self, where: str, *argv: str, stdin: str = "", fine: Sequence[int] = (0,)) -> str:
        """What a program prints in one of the namespaces."""
        done = subprocess.run(
            ["nsenter", "-t", str(self._holders[where]), "-n", *argv],
            input=stdin,
            capture_output=True,
            text=True,
        )
        assert done.returncode in fine, (argv, done.stderr)
        return done.stdout

    def succeeds(self, where: str, *argv: str) -> bool:
        """Whether a program ends with status 0 in one of the namespaces."""
        command = ["nsenter", "-t", str(self._holders[where]), "-n", *argv]
        return subprocess.run(command, capture_output=True).returncode == 0

    def pid(self, where: str) -> int:
        """The process that keeps one of the namespaces."""
        return self._holders[where]

    def serve(self, where: str) -> None:
        """An echo server on ``PORTS``, TCP of both families and UDP."""
        ports = [str(port) for port in PORTS]
        server = self._started(where, sys.executable, "-c", _SERVER, *ports)
        assert server.stdout is not None
        assert server.stdout.readline() == "ready\n"

    def wait_for(self, *addresses: str) -> None:
        """Until links and neighbours of both families are there."""
        deadline = time.monotonic() + 10
        while not all(self.opens(address, PORTS[0]) for address in addresses):
            assert time.monotonic() < deadline, "the namespaces do not reach each other"

    def talk(self, where: str, ip: str, port: int) -> Talk:
        """Begins a connection; ``hear`` tells whether it opened."""
        return Talk(self._started(where, sys.executable, "-c", _TALKER, ip, str(port)))

    def opens(self, ip: str, port: int, where: str = "in") -> bool:
        """Whether a connection opens and carries something."""
        talk = self.talk(where, ip, port)
        return talk.hear() == "open" and talk.say() == "answer"

    def _started(self, where: str, *argv: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            ["nsenter", "-t", str(self._holders[where]), "-n", *argv],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        )
        for pipe in (process.stdin, process.stdout):
            assert pipe is not None
            self._stack.callback(_closed, pipe)
        self._stack.callback(process.wait)
        self._stack.callback(process.kill)
        return process


def _closed(pipe: object) -> None:
    try:
        pipe.close()  # type: ignore[attr-defined]
    except BrokenPipeError:
        return


Kind = TypeVar("Kind", bound=Enclave)


@contextmanager
def enclave(kind: type[Kind]) -> Iterator[Kind]:
    """Made on entry, gone on exit."""
    with ExitStack() as stack:
        yield kind(stack)
