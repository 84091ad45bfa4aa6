"""Suricata, a resolver and a proxy do with real traffic what their actuators say they will."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from netcordon.model.command import Target, Verb
from tests.engines.test_actuators import alone
from tests.traffic import Recording, client_hello, dns_query
from tests.unit.plugins.actuators.orders import ACTUATORS, command, site

pytestmark = pytest.mark.engines

BLOCKED = command(1, Target(domain="c2.bad.example"))
SUNK = command(2, Target(domain="sink.bad.example"), Verb.REDIRECT)


def _blocked(folder: Path, suricata: str, recording: Recording, *orders: object) -> set[str]:
    """Which commands Suricata would have dropped something for, and on which packets."""
    place = site("suricata")
    rendered = ACTUATORS["suricata"].render(orders, place)  # type: ignore[arg-type]
    assert not rendered.refused
    (folder / "netcordon.rules").write_text(rendered.do)
    (folder / "in.pcap").write_bytes(recording.pcap())
    argv = [suricata, "-r", "in.pcap", "-S", "netcordon.rules", "-l", ".", "-k", "none"]
    subprocess.run([*argv, "--simulate-ips"], cwd=folder, check=True, capture_output=True)
    seen = set()
    for line in (folder / "eve.json").read_text().splitlines():
        event = json.loads(line)
        if event["event_type"] == "alert" and event["alert"]["action"] == "blocked":
            about = event["alert"]["metadata"]["netcordon_command"][0]
            seen.add(f"{about} {event['src_ip']}>{event['dest_ip']}")
    return seen


def _talk(*names: bytes) -> Recording:
    """A host that looks names up, opens them over HTTP and TLS, and talks with two addresses."""
    recording = Recording()
    for number, name in enumerate(names, 1):
        there = f"198.51.100.{number}"
        recording.datagram("10.1.2.3", "10.1.9.53", 5000 + number, 53, dns_query(name))
        ask = b"GET / HTTP/1.1\r\nHost: " + name + b"\r\n\r\n"
        answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
        recording.session("10.1.2.3", there, 40000 + number, 80, [(True, ask), (False, answer)])
        recording.session("10.1.2.3", there, 41000 + number, 443, [(True, client_hello(name))])
    return recording


def test_suricata_drops_names_and_what_is_under_them(
    tmp_path: Path, engine_program: Callable[[str], str]
) -> None:
    recording = _talk(
        b"c2.bad.example", b"a.b.c2.bad.example", b"notc2.bad.example", b"bad.example"
    )
    seen = _blocked(tmp_path, engine_program("suricata"), recording, BLOCKED)
    assert seen == {
        "cmd-1 10.1.2.3>10.1.9.53", "cmd-1 10.1.2.3>198.51.100.1", "cmd-1 10.1.2.3>198.51.100.2"
    }  # fmt: skip


def test_suricata_drops_addresses_ports_and_one_way(
    tmp_path: Path, engine_program: Callable[[str], str]
) -> None:
    recording = Recording()
    for number, port in ((1, 443), (2, 443), (2, 80), (3, 443)):
        recording.session("10.1.2.3", f"198.51.100.{number}", 40000 + port, port, [(True, b"x")])
    recording.session("198.51.100.3", "10.1.2.9", 40009, 443, [(True, b"x")])
    seen = _blocked(
        tmp_path,
        engine_program("suricata"),
        recording,
        command(1, Target(outside="198.51.100.1/32")),
        command(2, Target(outside="198.51.100.2/32", port=443, protocol="tcp")),
        command(3, Target(inside="10.1.2.9/32", outside="198.51.100.3/32")),
        command(4, Target(outside="198.51.100.9/32")),
    )
    assert {line.split()[0] for line in seen} == {"cmd-1", "cmd-2", "cmd-3"}
    assert "cmd-1 10.1.2.3>198.51.100.1" in seen
    assert "cmd-3 198.51.100.3>10.1.2.9" in seen
    assert not [line for line in seen if "10.1.2.3" in line and "198.51.100.3" in line]


_UPSTREAM = """
import socket
listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); listener.bind(("127.0.0.1", 5301))
print("ready", flush=True)
while True:
    asked, peer = listener.recvfrom(512)
    end = asked.index(0, 12) + 5
    answer = b"\\xc0\\x0c\\0\\x01\\0\\x01\\0\\0\\0\\x3c\\0\\x04\\xc0\\0\\x02\\x07"
    head = asked[:2] + b"\\x81\\x80\\0\\x01\\0\\x01\\0\\0\\0\\0"
    listener.sendto(head + asked[12:end] + answer, peer)
"""
_ASK = """
import socket, sys, time
name, deadline = sys.argv[1], time.monotonic() + 8
question = b"".join(bytes([len(l)]) + l.encode() for l in name.split(".")) + b"\\0\\0\\x01\\0\\x01"
while time.monotonic() < deadline:
    ask = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); ask.settimeout(1)
    try:
        ask.sendto(b"\\0\\x07\\x01\\0\\0\\x01\\0\\0\\0\\0\\0\\0" + question, ("127.0.0.1", 5300))
        told = ask.recv(512)
    except OSError:
        time.sleep(0.2); continue
    print(told[3] & 15, ".".join(map(str, told[-4:])) if told[7] else "none"); break
"""


@contextmanager
def running(argv: Sequence[str], folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A program that is ended when the block is left."""
    with subprocess.Popen(
        argv, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_a_resolver_no_longer_answers(tmp_path: Path, engine_program: Callable[[str], str]) -> None:
    unbound = engine_program("unbound")
    rendered = ACTUATORS["dns_rpz"].render([BLOCKED, SUNK], site("dns_rpz"))
    (tmp_path / "zone").write_text(rendered.do)
    (tmp_path / "unbound.conf").write_text(
        'server:\n interface: 127.0.0.1@5300\n chroot: ""\n username: ""\n pidfile: ""\n'
        f' directory: "{tmp_path}"\n use-syslog: no\n do-daemonize: no\n'
        ' module-config: "respip iterator"\n do-not-query-localhost: no\n'
        'rpz:\n name: "netcordon.rpz"\n zonefile: "zone"\n'
        'forward-zone:\n name: "."\n forward-addr: 127.0.0.1@5301\n'
        "remote-control:\n control-enable: no\n"
    )
    with alone() as inside:
        subprocess.run([*inside, "ip", "link", "set", "lo", "up"], check=True)

        def answer(name: str) -> str:
            asked = [*inside, sys.executable, "-c", _ASK, name]
            return subprocess.run(asked, capture_output=True, text=True).stdout.strip()

        upstream = [*inside, sys.executable, "-c", _UPSTREAM]
        server = [*inside, unbound, "-d", "-c", "unbound.conf"]
        with running(upstream, tmp_path), running(server, tmp_path):
            assert answer("ordinary.example") == "0 192.0.2.7"
            assert answer("c2.bad.example") == "3 none"
            assert answer("a.b.c2.bad.example") == "3 none"
            assert answer("bad.example") == "0 192.0.2.7"
            assert answer("notc2.bad.example") == "0 192.0.2.7"
            assert answer("x.sink.bad.example") == "0 10.1.9.53"


_FETCH = """
import socket, sys, time
deadline = time.monotonic() + 15
while time.monotonic() < deadline:
    try:
        asked = socket.create_connection(("127.0.0.1", 3128), timeout=5)
    except OSError:
        time.sleep(0.2); continue
    asked.sendall(sys.argv[1].encode().replace(b"|", b"\\r\\n")); asked.settimeout(8)
    print(asked.recv(100).split(b" ")[1].decode()); break
"""


def test_a_proxy_no_longer_fetches(tmp_path: Path, engine_program: Callable[[str], str]) -> None:
    squid = engine_program("squid")
    orders = (BLOCKED, command(3, Target(outside="127.0.0.8/32", port=8080, protocol="tcp")))
    rendered = ACTUATORS["squid"].render(orders, site("squid"))
    assert not rendered.refused
    (tmp_path / "netcordon.conf").write_text(rendered.do)
    tmp_path.chmod(0o777)
    for parent in tmp_path.parents[:3]:
        parent.chmod(parent.stat().st_mode | 0o011)
    (tmp_path / "squid.conf").write_text(
        f"include {tmp_path}/netcordon.conf\nhttp_access allow all\nhttp_port 127.0.0.1:3128\n"
        f"pid_filename none\ncache_log {tmp_path}/cache.log\naccess_log none\ncache deny all\n"
        "dns_nameservers 127.0.0.1\ndns_timeout 1 second\nconnect_timeout 1 second\n"
        f"shutdown_lifetime 0 seconds\ncoredump_dir {tmp_path}\nnetdb_filename none\n"
    )
    with alone() as inside:
        subprocess.run([*inside, "ip", "link", "set", "lo", "up"], check=True)

        def status(request: str) -> str:
            asked = [*inside, sys.executable, "-c", _FETCH, request]
            return subprocess.run(asked, capture_output=True, text=True).stdout.strip()

        with running([*inside, squid, "-N", "-f", "squid.conf"], tmp_path):
            assert status("GET http://c2.bad.example/ HTTP/1.0||") == "403"
            assert status("CONNECT a.c2.bad.example:443 HTTP/1.0||") == "403"
            assert status("GET http://127.0.0.8:8080/ HTTP/1.0||") == "403"
            assert status("GET http://127.0.0.8:8081/ HTTP/1.0||") == "503"
            assert status("GET http://127.0.0.9:8080/ HTTP/1.0||") == "503"
