"""Messages of the protocols, built byte by byte."""

from __future__ import annotations

import base64
import struct


def dns_name(name: bytes) -> bytes:
    """A name on the wire, labels split at dots."""
    labels = [label for label in name.split(b".") if label]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def dns(name: bytes, kind: int = 1, *, flags: int = 0x0100, ident: int = 7,
        answers: tuple[tuple[int, bytes], ...] = ()) -> bytes:  # fmt: skip
    """A message with one question; answers are (type, data) for the question's name."""
    head = struct.pack(">6H", ident, flags, 1, len(answers), 0, 0)
    body = dns_name(name) + struct.pack(">HH", kind, 1)
    for type_, data in answers:
        body += b"\xc0\x0c" + struct.pack(">HHIH", type_, 1, 300, len(data)) + data
    return head + body


def netbios_name(name: bytes, suffix: int) -> bytes:
    """First-level encoding (RFC 1001 section 14.1)."""
    padded = name.ljust(15) + bytes([suffix])
    letters = b"".join(bytes((65 + (octet >> 4), 65 + (octet & 15))) for octet in padded)
    return b"\x20" + letters + b"\0"


def extension(kind: int, data: bytes) -> bytes:
    return struct.pack(">HH", kind, len(data)) + data


def server_name(name: bytes) -> bytes:
    return extension(0, struct.pack(">HBH", len(name) + 3, 0, len(name)) + name)


def alpn(*names: bytes) -> bytes:
    block = b"".join(bytes([len(name)]) + name for name in names)
    return extension(16, struct.pack(">H", len(block)) + block)


def numbers(kind: int, *values: int) -> bytes:
    return extension(kind, struct.pack(f">H{len(values)}H", 2 * len(values), *values))


def versions(*values: int) -> bytes:
    return extension(43, struct.pack(f">B{len(values)}H", 2 * len(values), *values))


def client_hello(ciphers: tuple[int, ...], extensions: bytes, session: bytes = b"") -> bytes:
    """Handshake message of a ClientHello."""
    body = b"\x03\x03" + bytes(32) + bytes([len(session)]) + session
    body += struct.pack(f">H{len(ciphers)}H", 2 * len(ciphers), *ciphers) + b"\x01\x00"
    body += struct.pack(">H", len(extensions)) + extensions
    return b"\x01" + len(body).to_bytes(3, "big") + body


def server_hello(cipher: int, extensions: bytes = b"", random: bytes = bytes(32),
                 session: bytes = b"") -> bytes:  # fmt: skip
    """Handshake message of a ServerHello."""
    body = b"\x03\x03" + random + bytes([len(session)]) + session
    body += struct.pack(">HB", cipher, 0) + struct.pack(">H", len(extensions)) + extensions
    return b"\x02" + len(body).to_bytes(3, "big") + body


def records(message: bytes, size: int = 1 << 14) -> bytes:
    """Handshake records of at most ``size`` bytes each."""
    parts = [message[i : i + size] for i in range(0, len(message), size)]
    return b"".join(b"\x16\x03\x01" + struct.pack(">H", len(part)) + part for part in parts)


def ntlm_authenticate(account: str, domain: str, workstation: str) -> bytes:
    """Type 3 with Unicode strings and a version."""
    at, fields, payload = 72, b"", b""
    for text in ("", "", domain, account, workstation, ""):
        raw = text.encode("utf-16-le")
        fields += struct.pack("<HHI", len(raw), len(raw), at + len(payload))
        payload += raw
    flags = struct.pack("<I", 0x02000001)
    return (
        b"NTLMSSP\0"
        + struct.pack("<I", 3)
        + fields
        + flags
        + b"\x0a\x00\x63\x45\0\0\0\x0f"
        + payload
    )


def ntlm_challenge(computer: str, domain: str) -> bytes:
    """Type 2 with target information and a version."""
    info = b""
    for kind, text in ((2, domain), (1, computer), (4, f"{domain}.example".lower())):
        raw = text.encode("utf-16-le")
        info += struct.pack("<HH", kind, len(raw)) + raw
    info += bytes(4)
    head = b"NTLMSSP\0" + struct.pack("<I", 2) + struct.pack("<HHI", 0, 0, 56)
    head += (
        struct.pack("<I", 0x02000001) + bytes(range(1, 9)) + bytes(8)
        + struct.pack("<HHI", len(info), len(info), 56)
    )  # fmt: skip
    return head + b"\x06\x01\xb1\x1d\0\0\0\x0f" + info


def smb2(command: int, payload: bytes, *, response: bool = False, status: int = 0,
         message_id: int = 1) -> bytes:  # fmt: skip
    """An SMB2 message behind its NetBIOS length."""
    head = b"\xfeSMB" + struct.pack(
        "<HHIHHIIQ", 64, 0, status, command, 1, int(response), 0, message_id
    )
    body = head.ljust(64, b"\0") + payload
    return len(body).to_bytes(4, "big") + body


def der(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    size = len(content)
    octets = bytes([size]) if size < 128 else b"\x82" + size.to_bytes(2, "big")
    return bytes([tag]) + octets + content


def principal(*names: bytes) -> bytes:
    return der(0x30, der(0xA0, der(2, b"\x01")),
               der(0xA1, der(0x30, *(der(0x1B, name) for name in names))))  # fmt: skip


def as_req(client: bytes, realm: bytes, kinds: tuple[int, ...] = (18, 23)) -> bytes:
    body = der(0x30, der(0xA0, der(3, b"\0\0\0\0\0")), der(0xA1, principal(client)),
               der(0xA2, der(0x1B, realm)), der(0xA3, principal(b"krbtgt", realm)),
               der(0xA8, der(0x30, *(der(2, bytes([kind])) for kind in kinds))))  # fmt: skip
    return der(
        0x6A, der(0x30, der(0xA1, der(2, b"\x05")), der(0xA2, der(2, b"\x0a")), der(0xA4, body))
    )


def krb_error(code: int, client: bytes, realm: bytes) -> bytes:
    return der(0x7E, der(0x30, der(0xA0, der(2, b"\x05")), der(0xA1, der(2, b"\x1e")),
                         der(0xA6, der(2, bytes([code]))), der(0xA7, der(0x1B, realm)),
                         der(0xA8, principal(client)), der(0xA9, der(0x1B, realm)),
                         der(0xAA, principal(b"krbtgt", realm))))  # fmt: skip


def dhcp(kind: int, options: bytes, *, reply: bool = False, yours: bytes = bytes(4)) -> bytes:
    head = bytes([2 if reply else 1, 1, 6, 0]) + b"\x12\x34\x56\x78" + bytes(8) + yours + bytes(8)
    head += bytes.fromhex("020000000001").ljust(16, b"\0")
    return head.ljust(236, b"\0") + b"\x63\x82\x53\x63\x35\x01" + bytes([kind]) + options + b"\xff"


def ssh_kexinit(*lists: bytes) -> bytes:
    body = b"\x14" + bytes(16) + b"".join(struct.pack(">I", len(x)) + x for x in lists) + bytes(5)
    return struct.pack(">IB", len(body) + 5, 4) + body + bytes(4)


def basic(user: str, password: str) -> bytes:
    return base64.b64encode(f"{user}:{password}".encode())
