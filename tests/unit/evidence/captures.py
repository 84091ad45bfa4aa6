"""A small capture, made byte by byte (https://ietf-opsawg-wg.github.io/draft-ietf-opsawg-pcap)."""

import struct


def pcap(frames: int = 3, size: int = 60) -> bytes:
    header = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
    frame = bytes(range(256)) * (size // 256 + 1)
    return header + b"".join(
        struct.pack("<IIII", 1_700_000_000 + n, 0, size, size) + frame[:size] for n in range(frames)
    )
