"""Fingerprints of hellos: JA3 and JA3S, and JA4 for TLS clients.

JA3 is MD5 over decimal lists without GREASE (github.com/salesforce/ja3). JA4 is the TLS client
fingerprint alone, whose specification is free (BSD 3-clause, github.com/FoxIO-LLC/ja4); its
relatives are licensed otherwise and not computed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache

from netcordon.ingest.capture.application.tls.hello import (
    ALPN,
    GREASE,
    GROUPS,
    POINT_FORMATS,
    SERVER_NAME,
    SIGNATURES,
    Hello,
)

_JA4_VERSIONS = {
    0x0304: "13", 0x0303: "12", 0x0302: "11", 0x0301: "10", 0x0300: "s3", 0x0002: "s2",
    0xFEFF: "d1", 0xFEFD: "d2", 0xFEFC: "d3",
}  # fmt: skip
_JA4_PROTOCOLS = {"tcp": "t", "udp": "d", "quic": "q"}
_NOTHING = "000000000000"
_PROGRAMS = 1 << 11
"""Lists of as many programs are remembered; most hellos of a program hold the same ones."""
_LONGEST_REMEMBERED = 512
"""Numbers of a hello; one with more is no program's that comes again, and would cost memory."""
Numbers = tuple[int, ...]


def _plain(values: Iterable[int]) -> list[int]:
    return [value for value in values if value not in GREASE]


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _dashed(values: Iterable[int]) -> str:
    return "-".join(map(str, values))


def ja3(hello: Hello) -> str:
    """JA3 of a ClientHello."""
    formats = hello.extensions.get(POINT_FORMATS, b"")
    groups = hello.numbers(GROUPS)
    size = len(hello.ciphers) + len(hello.order) + len(groups) + len(formats)
    compute = _ja3 if size <= _LONGEST_REMEMBERED else _ja3.__wrapped__
    return compute(hello.version, hello.ciphers, hello.order, groups, formats)


@lru_cache(maxsize=_PROGRAMS)
def _ja3(version: int, ciphers: Numbers, order: Numbers, groups: Numbers, formats: bytes) -> str:
    points = formats[1 : 1 + formats[0]] if formats else b""
    lists = (_plain(ciphers), _plain(order), _plain(groups), points)
    return _md5(",".join([str(version), *map(_dashed, lists)]))


def ja3s(hello: Hello) -> str:
    """JA3S of a ServerHello."""
    cipher = hello.ciphers[0] if hello.ciphers else 0
    compute = _ja3s if len(hello.order) <= _LONGEST_REMEMBERED else _ja3s.__wrapped__
    return compute(hello.version, cipher, hello.order)


@lru_cache(maxsize=_PROGRAMS)
def _ja3s(version: int, cipher: int, order: Numbers) -> str:
    return _md5(f"{version},{cipher},{_dashed(order)}")


def ja4(hello: Hello, protocol: str) -> str:
    """JA4 of a ClientHello over ``tcp``, ``udp`` (DTLS) or ``quic``."""
    over = _JA4_PROTOCOLS[protocol] + _JA4_VERSIONS.get(hello.highest_version(), "00")
    named = "d" if SERVER_NAME in hello.extensions else "i"
    signatures = hello.numbers(SIGNATURES)
    size = len(hello.ciphers) + len(hello.order) + len(signatures)
    compute = _ja4_lists if size <= _LONGEST_REMEMBERED else _ja4_lists.__wrapped__
    counts, hashes = compute(hello.ciphers, hello.order, signatures)
    return f"{over}{named}{counts}{_alpn(hello)}_{hashes}"


@lru_cache(maxsize=_PROGRAMS)
def _ja4_lists(offered: Numbers, order: Numbers, signatures: Numbers) -> tuple[str, str]:
    """Counts of ciphers and extensions, and the hashes of both lists."""
    ciphers, extensions, algorithms = _plain(offered), _plain(order), _plain(signatures)
    listed = [kind for kind in extensions if kind not in (SERVER_NAME, ALPN)]
    text = _sorted_hex(listed)
    if algorithms:
        text += "_" + _hex(algorithms)
    first = _sha(_sorted_hex(ciphers)) if ciphers else _NOTHING
    second = _sha(text) if listed else _NOTHING
    return f"{min(len(ciphers), 99):02}{min(len(extensions), 99):02}", f"{first}_{second}"


def _hex(values: Iterable[int]) -> str:
    return ",".join(map("%04x".__mod__, values))


def _sorted_hex(values: Iterable[int]) -> str:
    return _hex(sorted(values))


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _alpn(hello: Hello) -> str:
    """First and last character of the first protocol, of its hex form when they are odd ones."""
    first = next(iter(hello.alpn()), b"")
    if not first:
        return "00"
    ends = first[:1] + first[-1:]
    return ends.decode() if ends.isalnum() and ends.isascii() else first.hex()[0] + first.hex()[-1]
