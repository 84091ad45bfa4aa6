"""Probes for real, from where netcordon runs: TCP, UDP, ICMP echo and look-ups of names.

A probe names the address it is made from. Where that is not one of this machine, the probe is not
made and says so: an attempt from elsewhere would prove something about elsewhere.
"""

from __future__ import annotations

import errno
import ipaddress
import os
import socket
import struct
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from netcordon.model.command import Probe
from netcordon.model.enforced import Attempted

TIMEOUT_S = 2.0
_AT_ONCE = 16
_MOST = 256
_DNS_PORT = 53
_ECHO = {socket.AF_INET: (8, 0), socket.AF_INET6: (128, 129)}
_NOT_HERE = frozenset({errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT})
_UNREACHED = {
    errno.ECONNREFUSED: "refused",
    errno.EHOSTUNREACH: "host unreachable",
    errno.ENETUNREACH: "network unreachable",
    errno.EACCES: "forbidden by a filter here",
    errno.EPERM: "forbidden by a filter here",
    errno.ECONNRESET: "reset",
}


def make(probes: Sequence[Probe]) -> tuple[Attempted, ...]:
    """What came of each probe, in order; equal ones are made once, at most 256 at all."""
    distinct = list(dict.fromkeys(probes))[:_MOST]
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="probe") as pool:
        found = dict(zip(distinct, pool.map(attempt, distinct), strict=True))
    too_many = "not made: there are too many"
    return tuple(
        found.get(probe, Attempted(probe=probe, worked=None, said=too_many)) for probe in probes
    )


def attempt(probe: Probe) -> Attempted:
    """Make one probe; never raises."""
    try:
        worked, said = _attempt(probe)
    except TimeoutError:
        worked, said = False, f"no answer within {TIMEOUT_S:.0f} s"
    except socket.gaierror:
        worked, said = False, "the name has no address"
    except OSError as error:
        if error.errno in _NOT_HERE:
            worked, said = None, f"not made: {probe.src} is no address of this machine"
        elif error.errno in _UNREACHED:
            worked, said = False, _UNREACHED[error.errno]
        else:
            worked, said = None, f"not made: {error.strerror or error}"
    except ValueError as error:
        worked, said = None, f"not made: {error}"
    return Attempted(probe=probe, worked=worked, said=said)


def _attempt(probe: Probe) -> tuple[bool | None, str]:
    if probe.port is None and not _is_address(probe.dst):
        return _look_up(probe)
    family, to = _address(probe)
    if probe.protocol == "tcp":
        with socket.socket(family, socket.SOCK_STREAM) as talk:
            _from(talk, probe)
            talk.connect(to)
            return True, "connected"
    if probe.protocol == "udp":
        return _datagram(probe, family, to)
    if probe.protocol in ("icmp", "icmp6"):
        return _echo(probe, family, to)
    return None, f"not made: protocol {probe.protocol} cannot be probed"


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _address(probe: Probe) -> tuple[socket.AddressFamily, tuple[str, int]]:
    family = socket.AF_UNSPEC
    if probe.src:
        six = ipaddress.ip_address(probe.src).version == 6
        family = socket.AF_INET6 if six else socket.AF_INET
    found = socket.getaddrinfo(probe.dst, probe.port or 0, family, socket.SOCK_STREAM)
    return found[0][0], (str(found[0][4][0]), probe.port or 0)


def _from(talk: socket.socket, probe: Probe) -> None:
    talk.settimeout(TIMEOUT_S)
    if probe.src:
        talk.bind((probe.src, 0))


def _datagram(
    probe: Probe, family: socket.AddressFamily, to: tuple[str, int]
) -> tuple[bool | None, str]:
    """Silence proves nothing: few services answer what they do not understand."""
    with socket.socket(family, socket.SOCK_DGRAM) as talk:
        _from(talk, probe)
        talk.connect(to)
        talk.send(_question("") if to[1] == _DNS_PORT else b"\0")
        try:
            talk.recv(4096)
        except TimeoutError:
            return None, f"no answer within {TIMEOUT_S:.0f} s, which over UDP proves nothing"
        return True, "answered"


def _echo(
    probe: Probe, family: socket.AddressFamily, to: tuple[str, int]
) -> tuple[bool | None, str]:
    protocol = socket.IPPROTO_ICMP if family == socket.AF_INET else socket.IPPROTO_ICMPV6
    asks, answers = _ECHO[family]
    with socket.socket(family, socket.SOCK_DGRAM, protocol) as talk:
        _from(talk, probe)
        talk.connect(to)
        talk.send(struct.pack(">BBHHH", asks, 0, 0, 0, 1) + b"netcordon")
        if talk.recv(4096)[:1] == bytes([answers]):
            return True, "answered"
        return False, "another answer than an echo"


def _look_up(probe: Probe) -> tuple[bool | None, str]:
    """Ask the resolver of this machine for an address record (RFC 1035)."""
    server = _resolver()
    family = socket.AF_INET6 if ":" in server else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as talk:
        _from(talk, probe)
        talk.connect((server, _DNS_PORT))
        question = _question(probe.dst)
        talk.send(question)
        answer = talk.recv(4096)
    if len(answer) < 12 or answer[:2] != question[:2]:
        return None, "not made: the resolver's answer is none"
    code, count = answer[3] & 0xF, int.from_bytes(answer[6:8], "big")
    if code == 0 and count:
        return True, f"{server} answers"
    return False, f"{server} says {'NXDOMAIN' if code == 3 else f'code {code}, no address'}"


def _question(name: str) -> bytes:
    """A query with recursion for an address record; for the root, for its name servers."""
    labels = b""
    for label in filter(None, name.rstrip(".").split(".")):
        raw = label.encode("idna")
        labels += bytes([len(raw)]) + raw
    kind = 1 if labels else 2
    return os.urandom(2) + b"\1\0\0\1\0\0\0\0\0\0" + labels + b"\0" + struct.pack(">HH", kind, 1)


def _resolver() -> str:
    for line in Path("/etc/resolv.conf").read_text(encoding="utf-8", errors="replace").splitlines():
        words = line.split()
        if len(words) > 1 and words[0] == "nameserver":
            return words[1]
    raise ValueError("this machine has no resolver")
