"""First datagrams of protocols over UDP, as their specifications draw them."""

from __future__ import annotations

import struct

from tests.unit.ingest.capture.application import messages
from tests.unit.ingest.capture.packets import START_S

TRANSACTION = bytes(range(12))


def ber(tag: int, *parts: bytes) -> bytes:
    """A BER element of less than 128 octets."""
    body = b"".join(parts)
    return bytes([tag, len(body)]) + body


def snmp_get(community: bytes = b"public", version: int = 1) -> bytes:
    """GetRequest for sysDescr.0."""
    binding = ber(0x30, ber(6, bytes.fromhex("2b06010201010100")), b"\x05\x00")
    pdu = ber(0xA0, ber(2, b"\x07"), ber(2, b"\0"), ber(2, b"\0"), ber(0x30, binding))
    return ber(0x30, ber(2, bytes([version])), ber(4, community), pdu)


def stun(kind: int = 1, attributes: bytes = b"", cookie: int = 0x2112A442) -> bytes:
    """RFC 8489 section 5."""
    return struct.pack(">HHI", kind, len(attributes), cookie) + TRANSACTION + attributes


def rtp(sequence: int, source: int = 0xCAFE0001, kind: int = 8) -> bytes:
    """RFC 3550 section 5.1."""
    return struct.pack(">BBHII", 0x80, kind, sequence, 160 * sequence, source) + bytes(160)


def ntp(mode: int = 3, received: int = 0, version: int = 4) -> bytes:
    """RFC 5905 section 7.3; a server that received at ``received`` (seconds since 1900)."""
    head = bytes([version << 3 | mode, 2 if mode == 4 else 0, 6, 0xEC]) + bytes(28)
    return head + struct.pack(">IIII", received, 5, received, 9)


def utp(kind: int, number: int, clock: int) -> bytes:
    """BEP 29."""
    return struct.pack(">BBHIIIHH", kind << 4 | 1, 0, number, clock, 0, 1 << 20, 1, 0)


def ike(exchange: int = 34, version: int = 0x20) -> bytes:
    """RFC 7296 section 3.1, with an empty payload behind."""
    head = b"\x01" * 8 + bytes(8) + bytes([33, version, exchange, 8]) + bytes(4)
    return head + struct.pack(">I", 32) + b"\0\0\0\4"


def quic_initial(version: int = 1) -> bytes:
    """Long header of an Initial, padded."""
    head = struct.pack(">BIB", 0xC3, version, 8) + b"\x55" * 8 + b"\0\0"
    return (head + b"\x44\x96").ljust(1200, b"\x77")


def radius(code: int, identifier: int, *attributes: tuple[int, bytes]) -> bytes:
    """RFC 2865 section 3."""
    body = b"".join(bytes([kind, len(value) + 2]) + value for kind, value in attributes)
    return struct.pack(">BBH", code, identifier, 20 + len(body)) + bytes(range(16)) + body


def dtls_hello() -> bytes:
    """A record with the head of a ClientHello."""
    body = b"\x01" + bytes(40)
    return struct.pack(">BHHIHH", 22, 0xFEFF, 0, 0, 0, len(body)) + body


def openvpn_reset(tag: bytes = b"") -> bytes:
    """Hard reset of a client; ``tag`` stands for its HMAC, with packet id and time behind it."""
    session = bytes.fromhex("38a1b2c3d4e5f60718")
    signed = tag + struct.pack(">II", 1, START_S) if tag else b""
    return session + signed + bytes(5)


STRONG: dict[str, tuple[int, bytes]] = {
    "dns": (50053, messages.dns(b"a.example")),
    "nbns": (50137, struct.pack(">6H", 1, 0x0110, 1, 0, 0, 0)
             + messages.netbios_name(b"FILES", 0x20) + b"\0\x20\0\1"),
    "nbdgm": (138, bytes([0x11, 2, 0, 1, 10, 0, 0, 1, 0, 138, 0, 68, 0, 0])
              + messages.netbios_name(b"PC", 0) + messages.netbios_name(b"G", 0x1D)),
    "kerberos": (50088, messages.as_req(b"anna", b"CORP.EXAMPLE")),
    "dhcp": (4011, messages.dhcp(1, b"")),
    "snmp": (50161, snmp_get()),
    "netflow": (50055, struct.pack(">HHIII8x", 5, 1, 1000, START_S, 0) + bytes(48)),
    "ipfix": (50056, struct.pack(">HHIII", 10, 24, START_S, 0, 0) + b"\0\3\0\x08" + bytes(4)),
    "sflow": (50063, struct.pack(">IIIIIIIII", 5, 1, 0x0A000001, 0, 1, 1000, 1, 2, 8) + bytes(8)),
    "cldap": (50389, ber(0x30, ber(2, b"\1"), ber(0x63, ber(4), ber(10, b"\0"), ber(1, b"\0")))),
    "stun": (50000, stun()),
    "dtls": (50443, dtls_hello()),
    "rtcp": (50001, struct.pack(">BBHI", 0x80, 200, 6, 7) + bytes(20)),
    "quic": (50443, quic_initial()),
    "gquic": (50443, b"\x0d" + bytes(range(8)) + b"Q043" + bytes(60)),
    "ssdp": (1900, b"M-SEARCH * HTTP/1.1\r\nST: ssdp:all\r\n\r\n"),
    "wsd": (3702, b'<?xml version="1.0"?><s:Envelope xmlns:d="http://schemas.xmlsoap.org'
            b'/ws/2005/04/discovery">'),
    "sip": (50060, b"OPTIONS sip:nm SIP/2.0\r\n\r\n"),
    "syslog": (50514, b"<34>Oct 11 22:14:15 mymachine su: x"),
    "chargen": (40019, bytes(range(0x20, 0x7F))),
    "memcached": (11211, b"\0\1\0\0\0\1\0\0stats\r\n"),
    "tftp": (69, b"\0\1boot.cfg\0octet\0"),
    "bittorrent": (6881, b"d1:ad2:id20:" + bytes(20) + b"e1:q4:ping1:t2:aa1:y1:qe"),
    "ntp": (123, ntp()),
    "bacnet": (47808, bytes.fromhex("810a000c0120ffff00ff1008")),
    "rip": (520, b"\1\2\0\0" + bytes(19) + b"\x10"),
    "natpmp": (5351, b"\0\0"),
    "portmap": (50111, struct.pack(">10I", 9, 0, 2, 100000, 2, 4, 0, 0, 0, 0)),
    "nfs": (2049, struct.pack(">10I", 9, 0, 2, 100003, 3, 1, 0, 0, 0, 0)),
    "coap": (5683, bytes.fromhex("4001000ab474657374")),
    "radius": (1812, radius(1, 7, (1, b"anna"))),
    "wireguard": (51820, b"\1\0\0\0\5\6\7\x08" + bytes(140)),
    "ike": (500, ike()),
    "openvpn": (50194, openvpn_reset(b"\x33" * 20)),
    "l2tp": (1701, bytes.fromhex("c802001400000000000000008008000000000001")),
    "gtp": (2152, bytes.fromhex("30ff0004000000ff45000000")),
    "vxlan": (4789, bytes.fromhex("0800000000007b00") + bytes(12) + b"\x08\0" + bytes(20)),
    "geneve": (6081, bytes.fromhex("0000655800007b00") + bytes(30)),
    "teredo": (3544, bytes.fromhex("60000000000011ff20010000") + bytes(28)),
}  # fmt: skip
"""Service -> port and a datagram that is enough to name it."""
