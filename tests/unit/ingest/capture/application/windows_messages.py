"""Messages of Windows networks, built byte by byte: SMB 1 and 2, DCE/RPC and its stubs."""

from __future__ import annotations

import struct
from uuid import UUID

from tests.unit.ingest.capture.application.messages import smb2

NDR = UUID("8a885d04-1ceb-11c9-9fe8-08002b104860")
NDR64 = UUID("71710533-beba-4937-8319-b5dbef9ccc36")
SVCCTL = UUID("367abb81-9844-35f1-ad32-98f038001003")
SAMR = UUID("12345778-1234-abcd-ef00-0123456789ac")
WINREG = UUID("338cd001-2244-31f1-aaaa-900038001003")
HANDLE = bytes(range(20))


def wide(text: str) -> bytes:
    return text.encode("utf-16-le")


def netbios(message: bytes) -> bytes:
    return len(message).to_bytes(4, "big") + message


def smb2_message(
    command: int,
    body: bytes,
    *,
    response: bool = False,
    status: int = 0,
    message_id: int = 1,
    tree: int = 0,
    session: int = 0,
    flags: int = 0,
    behind: int = 0,
) -> bytes:
    """An SMB 2 message without NetBIOS length; ``behind`` is NextCommand."""
    return (
        b"\xfeSMB"
        + struct.pack("<HHIHHIIQ", 64, 0, status, command, 1, int(response) | flags, behind,
                      message_id)
        + struct.pack("<IIQ", 0, tree, session)
        + bytes(16)
        + body
    )  # fmt: skip


def smb2_setup(
    token: bytes, *, response: bool = False, status: int = 0, message_id: int = 1
) -> bytes:
    """A session setup behind its NetBIOS length, its token in the security buffer."""
    if response:
        body = struct.pack("<HHHH", 9, 0, 72, len(token)) + token
    else:
        body = struct.pack("<HBBIIHHQ", 25, 0, 1, 0, 0, 88, len(token), 0) + token
    return smb2(1, body, response=response, status=status, message_id=message_id)


def tree_connect(share: str) -> bytes:
    return struct.pack("<HHHH", 9, 0, 72, 2 * len(share)) + wide(share)


def create(path: str, disposition: int = 1, options: int = 0) -> bytes:
    head = struct.pack("<HBBIQQIIIII", 57, 0, 0, 2, 0, 0, 0, 0, 7, disposition, options)
    return head + struct.pack("<HHII", 120, 2 * len(path), 0, 0) + wide(path)


def created(file_id: bytes, size: int = 0) -> bytes:
    head = struct.pack("<HBBI", 89, 0, 0, 1) + bytes(32)
    return head + struct.pack("<QQII", size, size, 0, 0) + file_id + bytes(8)


def write(file_id: bytes, data: bytes, offset: int = 0) -> bytes:
    head = struct.pack("<HHIQ", 49, 112, len(data), offset) + file_id
    return head + struct.pack("<IIHHI", 0, 0, 0, 0, 0) + data


def written(count: int) -> bytes:
    return struct.pack("<HHIIHH", 17, 0, count, 0, 0, 0)


def read(file_id: bytes, count: int, offset: int = 0) -> bytes:
    return struct.pack("<HBBIQ", 49, 0, 0, count, offset) + file_id + bytes(17)


def have_read(data: bytes) -> bytes:
    return struct.pack("<HBBIII", 17, 80, 0, len(data), 0, 0) + data


def transceive(file_id: bytes, data: bytes) -> bytes:
    head = struct.pack("<HHI", 57, 0, 0x0011C017) + file_id
    return head + struct.pack("<IIIIIIII", 120, len(data), 0, 0, 0, 4280, 1, 0) + data


def transceived(file_id: bytes, data: bytes) -> bytes:
    head = struct.pack("<HHI", 49, 0, 0x0011C017) + file_id
    return head + struct.pack("<IIIIII", 112, 0, 112, len(data), 0, 0) + data


def close(file_id: bytes) -> bytes:
    return struct.pack("<HHI", 24, 0, 0) + file_id


def set_info(file_id: bytes, kind: int, data: bytes) -> bytes:
    return struct.pack("<HBBIHHI", 33, 1, kind, len(data), 96, 0, 0) + file_id + data


def query_directory(file_id: bytes, pattern: str) -> bytes:
    head = struct.pack("<HBBI", 33, 37, 0, 0) + file_id
    return head + struct.pack("<HHI", 96, 2 * len(pattern), 65536) + wide(pattern)


def smb1_message(
    command: int,
    words: bytes,
    data: bytes,
    *,
    reply: bool = False,
    status: int = 0,
    tid: int = 0,
    uid: int = 0,
    mid: int = 1,
) -> bytes:
    """An SMB 1 message behind its NetBIOS length, Unicode strings."""
    head = b"\xffSMB" + bytes([command]) + struct.pack("<I", status)
    head += bytes([0x80 if reply else 0]) + struct.pack("<H", 0xC001) + bytes(12)
    head += struct.pack("<HHHH", tid, 7, uid, mid)
    return netbios(
        head + bytes([len(words) // 2]) + words + struct.pack("<H", len(data)) + data
    )  # fmt: skip


def unit(
    kind: int, body: bytes, *, call: int = 1, flags: int = 3, auth: bytes = b"", pad: int = 0,
    level: int = 2,
) -> bytes:  # fmt: skip
    """A DCE/RPC unit, little-endian; ``auth`` is the token of its security trailer."""
    trailer = b""
    if auth:
        trailer = bytes(pad) + bytes([10, level, pad, 0]) + struct.pack("<I", 0) + auth
    size = 16 + len(body) + len(trailer)
    head = struct.pack("<BBBBIHHI", 5, 0, kind, flags, 0x10, size, len(auth), call)
    return head + body + trailer


def bind(interface: UUID, transfer: UUID = NDR, *, auth: bytes = b"", level: int = 2) -> bytes:
    body = struct.pack("<HHIB", 5840, 5840, 0, 1) + bytes(3) + struct.pack("<HBB", 0, 1, 0)
    body += interface.bytes_le + struct.pack("<I", 2) + transfer.bytes_le + struct.pack("<I", 1)
    return unit(11, body, auth=auth, level=level)


def bind_ack(transfer: UUID = NDR) -> bytes:
    body = struct.pack("<HHIH", 5840, 5840, 1, 4) + b"135\0" + bytes(2)
    body += struct.pack("<I", 1) + struct.pack("<HH", 0, 0) + transfer.bytes_le
    return unit(12, body + struct.pack("<I", 2))


def request(number: int, stub: bytes, *, call: int = 1, flags: int = 3, auth: bytes = b"",
            pad: int = 0, level: int = 5) -> bytes:  # fmt: skip
    body = struct.pack("<IHH", len(stub), 0, number) + stub
    return unit(0, body, call=call, flags=flags, auth=auth, pad=pad, level=level)


def answer(stub: bytes, *, call: int = 1) -> bytes:
    return unit(2, struct.pack("<IHBB", len(stub), 0, 0, 0) + stub, call=call)


def fault(status: int, *, call: int = 1) -> bytes:
    return unit(3, struct.pack("<IHBBII", 32, 0, 0, 0, status, 0), call=call)


def ndr_string(text: str) -> bytes:
    """A conformant and varying string with its NUL, padded to four octets."""
    raw = wide(text + "\0")
    body = struct.pack("<III", len(text) + 1, 0, len(text) + 1) + raw
    return body + bytes(-len(body) % 4)


def ndr64_string(text: str) -> bytes:
    body = struct.pack("<QQQ", len(text) + 1, 0, len(text) + 1) + wide(text + "\0")
    return body + bytes(-len(body) % 8)


def ndr_name(text: str) -> bytes:
    """RPC_UNICODE_STRING: lengths and pointer, then the text without a NUL."""
    raw = wide(text)
    head = struct.pack("<HHI", len(raw), len(raw), 0x20000)
    body = head + struct.pack("<III", len(text), 0, len(text)) + raw
    return body + bytes(-len(body) % 4)


def create_service(name: str, display: str, image: str) -> bytes:
    """Stub of RCreateServiceW ([MS-SCMR] section 3.1.4.12) up to the image path."""
    stub = HANDLE + ndr_string(name) + struct.pack("<I", 0x20004) + ndr_string(display)
    return stub + struct.pack("<IIII", 0xF01FF, 0x10, 3, 0) + ndr_string(image)
