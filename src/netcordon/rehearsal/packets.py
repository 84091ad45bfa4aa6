"""Probe packets by the column: frames of many flows at once, and what came out read back.

Each carries the number of its flow, which survives address translation.
Formats: RFC 791, 8200 (IP), 9293 (TCP), 768 (UDP), 792, 4443 (ICMP), 1071 (checksum).
"""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

MARK = b"NCRD"
"""Stands before the number in the payload."""

SYN, SYN_ACK, PSH_ACK = 0x02, 0x12, 0x18
LONGEST = 96
"""No frame made here is longer."""

PROBE = np.dtype(
    [
        ("number", "u4"), ("family", "u1"), ("protocol", "u1"), ("src", "u1", 16),
        ("dst", "u1", 16), ("sport", "u2"), ("dport", "u2"),
    ]
)  # fmt: skip
"""A packet of a flow. IPv4 addresses fill four octets; an echo has its identifier as ``sport``."""

Probes = NDArray[np.void]
Frames = NDArray[np.uint8]
"""One frame a row, all of one length."""

_ETHERNET = 14
_IP = {4: 20, 6: 40}
_UPPER = {1: 8, 6: 20, 17: 8, 58: 8}
_NUMBERS = {"icmp": 1, "tcp": 6, "udp": 17, "icmp6": 58}
_ECHO = {1: (8, 0), 58: (128, 129)}
"""Request and reply."""
_CHECKSUM_AT = {1: 2, 6: 16, 17: 6, 58: 2}
_PAYLOAD = len(MARK) + 4


def probes(flows: Sequence[Mapping[str, Any]]) -> Probes:
    """Packets from initiators to responders, numbered by their place.

    Args:
        flows: ``src``, ``dst``, ``protocol`` (``tcp``, ``udp``, ``icmp``, ``icmp6``), ``sport``,
            ``dport``.
    """
    out = np.zeros(len(flows), PROBE)
    octets: dict[str, bytes] = {}
    for ip in {flow[end] for flow in flows for end in ("src", "dst")}:
        octets[ip] = socket.inet_pton(socket.AF_INET6 if ":" in ip else socket.AF_INET, ip)
    out["number"] = np.arange(len(flows))
    out["family"] = [6 if ":" in flow["src"] else 4 for flow in flows]
    out["protocol"] = [_NUMBERS[flow["protocol"]] for flow in flows]
    for end in ("src", "dst"):
        filled = b"".join(octets[flow[end]].ljust(16, b"\0") for flow in flows)
        out[end] = np.frombuffer(filled, np.uint8).reshape(-1, 16)
    out["sport"] = [flow["sport"] for flow in flows]
    out["dport"] = [flow["dport"] for flow in flows]
    return out


def turned(packets: Probes) -> Probes:
    """The answers to packets: ends and ports exchanged; an echo keeps its identifier."""
    out = packets.copy()
    out["src"], out["dst"] = packets["dst"], packets["src"]
    ported = np.isin(packets["protocol"], (6, 17))
    out["sport"] = np.where(ported, packets["dport"], packets["sport"])
    out["dport"] = np.where(ported, packets["sport"], packets["dport"])
    return out


def frames(
    packets: Probes, flags: int, to_mac: bytes, from_mac: bytes, *, answers: bool
) -> Iterator[Frames]:
    """The packets on Ethernet with right lengths and checksums, those of one length together.

    Args:
        packets: of any families and protocols.
        flags: of TCP.
        to_mac: receiver.
        from_mac: sender.
        answers: whether responders send them; an echo is a reply then.
    """
    for family in (4, 6):
        for protocol in _UPPER:
            chosen = packets[(packets["family"] == family) & (packets["protocol"] == protocol)]
            if len(chosen):
                out = np.zeros(
                    (len(chosen), _ETHERNET + _IP[family] + _UPPER[protocol] + _PAYLOAD), np.uint8
                )
                out[:, :6], out[:, 6:12] = _octets(to_mac), _octets(from_mac)
                upper = out[:, _ETHERNET + _IP[family] :]
                _fill_upper(upper, chosen, protocol, flags, answers)
                _fill_ip(out[:, 12:], chosen, family, protocol, upper.shape[1])
                pseudo = _pseudo(chosen, family, protocol, upper.shape[1])
                _seal(upper, _CHECKSUM_AT[protocol], 0 if protocol == 1 else pseudo)
                yield out


def _octets(data: bytes) -> Frames:
    return np.frombuffer(data, np.uint8)


def _fill_ip(out: Frames, packets: Probes, family: int, protocol: int, length: int) -> None:
    """From the type of Ethernet on."""
    if family == 4:
        out[:, :10] = _octets(
            b"\x08\x00\x45\x00" + (20 + length).to_bytes(2, "big") + b"\0\0\x40\x00"
        )
        out[:, 6:8] = _wire(packets["number"])[:, 2:]
        out[:, 10:12] = 60, protocol
        out[:, 14:18], out[:, 18:22] = packets["src"][:, :4], packets["dst"][:, :4]
        _seal(out[:, 2:22], 10, 0)
        return
    out[:, :10] = _octets(b"\x86\xdd\x60\0\0\0" + length.to_bytes(2, "big") + bytes((protocol, 60)))
    out[:, 10:26], out[:, 26:42] = packets["src"], packets["dst"]


def _fill_upper(out: Frames, packets: Probes, protocol: int, flags: int, answers: bool) -> None:
    source, target = _wire(packets["sport"]), _wire(packets["dport"])
    size = _UPPER[protocol]
    if protocol in _ECHO:
        out[:, 0] = _ECHO[protocol][answers]
        out[:, 4:6], out[:, 7] = source, 1
    else:
        out[:, :2], out[:, 2:4] = source, target
    if protocol == 17:
        out[:, 5] = size + _PAYLOAD
    if protocol == 6:
        # The first packet carries its number as data, so what follows acknowledges it too.
        sequence = 1000 + bool(flags & 0x08)
        told = (1001 + _PAYLOAD) * bool(flags & 0x10)
        out[:, 4:12] = _octets(sequence.to_bytes(4, "big") + told.to_bytes(4, "big"))
        out[:, 12:16] = _octets(bytes((0x50, flags)) + (64_240).to_bytes(2, "big"))
    out[:, size : size + 4] = _octets(MARK)
    out[:, size + 4 :] = _wire(packets["number"])


def _wire(numbers: NDArray[Any]) -> Frames:
    """A column of numbers as rows of octets, the highest first."""
    turned_round = numbers.astype(numbers.dtype.newbyteorder(">"))
    return turned_round.view(np.uint8).reshape(-1, numbers.itemsize)


def _pseudo(packets: Probes, family: int, protocol: int, length: int) -> NDArray[np.int64]:
    size = 4 if family == 4 else 16
    ends = np.concatenate([packets["src"][:, :size], packets["dst"][:, :size]], axis=1)
    return _words(ends) + length + protocol


def _words(data: Frames) -> NDArray[np.int64]:
    """Sum of the 16-bit words of each row, whose length is even."""
    total = data[:, ::2].astype(np.int64).sum(axis=1) * 256
    return np.asarray(total + data[:, 1::2].astype(np.int64).sum(axis=1))


def _seal(data: Frames, at: int, more: NDArray[np.int64] | int) -> None:
    """Write the internet checksum over each row and ``more`` (RFC 1071) at its place."""
    total = _words(data) + more
    for _ in range(2):
        total = (total & 0xFFFF) + (total >> 16)
    found = ~total & 0xFFFF
    # Zero means "no checksum" in UDP, and is the same number in the others (RFC 768).
    found[found == 0] = 0xFFFF
    data[:, at], data[:, at + 1] = found >> 8, found & 0xFF


def read(received: Frames, lengths: NDArray[np.int64]) -> Probes:
    """The probes among received frames, with the ends that they came out with.

    Args:
        received: a frame a row, cut to ``LONGEST`` octets.
        lengths: of the frames as received.
    """
    found = [np.zeros(0, PROBE)]
    kinds = received[:, 12].astype(np.int64) * 256 + received[:, 13]
    for family, kind, at in ((4, 0x0800, 23), (6, 0x86DD, 20)):
        for protocol, size in _UPPER.items():
            upper = _ETHERNET + _IP[family]
            chosen = (kinds == kind) & (received[:, at] == protocol)
            chosen &= lengths == upper + size + _PAYLOAD
            rows = received[chosen]
            rows = rows[(rows[:, upper + size : upper + size + 4] == _octets(MARK)).all(axis=1)]
            if len(rows):
                found.append(_read(rows, family, protocol, upper))
    return np.concatenate(found)


def _read(rows: Frames, family: int, protocol: int, upper: int) -> Probes:
    out = np.zeros(len(rows), PROBE)
    size = 4 if family == 4 else 16
    ends = upper - 2 * size
    number = upper + _UPPER[protocol] + 4
    out["number"] = np.ascontiguousarray(rows[:, number : number + 4]).view(">u4")[:, 0]
    out["family"], out["protocol"] = family, protocol
    out["src"][:, :size] = rows[:, ends : ends + size]
    out["dst"][:, :size] = rows[:, ends + size : upper]
    if protocol in _ECHO:
        out["sport"] = np.ascontiguousarray(rows[:, upper + 4 : upper + 6]).view(">u2")[:, 0]
    else:
        ports = np.ascontiguousarray(rows[:, upper : upper + 4]).view(">u2")
        out["sport"], out["dport"] = ports[:, 0], ports[:, 1]
    return out
