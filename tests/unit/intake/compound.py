"""A compound file (MS-CFB, version 3) written by hand, as small as a mail of Outlook can be."""

from __future__ import annotations

import struct
from collections.abc import Mapping

Node = Mapping[str, "bytes | Node"]
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def compound(root: Node) -> bytes:
    """The file: storages are mappings, streams are bytes. Every stream gets sectors of its own."""
    sectors: list[bytes] = []
    chains: list[list[int]] = []
    entries: list[bytes] = []

    def store(content: bytes) -> int:
        """The first sector; streams are padded to 4,096 bytes, below which others rules hold."""
        padded = content.ljust(max(4096, -(-len(content) // 512) * 512), b"\0")
        first = len(sectors)
        sectors.extend(padded[i : i + 512] for i in range(0, len(padded), 512))
        chains.append(list(range(first, len(sectors))))
        return first

    def add(name: str, kind: int, child: int, right: int, first: int, size: int, at: int) -> None:
        raw = name.encode("utf-16-le")
        links = (_FREE, right, child)
        entries[at] = struct.pack(
            "<64sHBB3I16sIQQIQ", raw, len(raw) + 2, kind, 1, *links, bytes(16), 0, 0, 0, first, size
        )

    def place(node: Node) -> int:
        """The first of the entries of a storage; the others hang to its right, in order."""
        names = sorted(node, key=lambda name: (len(name), name.upper()))
        numbers = []
        for _ in names:
            numbers.append(len(entries))
            entries.append(b"")
        for index, name in enumerate(names):
            right = numbers[index + 1] if index + 1 < len(numbers) else _FREE
            content = node[name]
            if isinstance(content, bytes):
                size = max(4096, len(content))
                add(name, 2, _FREE, right, store(content), size, numbers[index])
            else:
                add(name, 1, place(content), right, 0, 0, numbers[index])
        return numbers[0] if numbers else _FREE

    entries.append(b"")
    child = place(root)
    add("Root Entry", 5, child, _FREE, _END, 0, 0)
    while len(entries) % 4:
        entries.append(bytes(128))
    directory = len(sectors)
    table = b"".join(entries)
    sectors.extend(table[i : i + 512] for i in range(0, len(table), 512))
    chains.append(list(range(directory, len(sectors))))
    count = len(sectors)
    fats = 1
    while fats * 128 < count + fats:
        fats += 1
    fat = [_FREE] * (fats * 128)
    for chain in chains:
        for here, following in zip(chain, [*chain[1:], _END], strict=True):
            fat[here] = following
    for index in range(fats):
        fat[count + index] = _FAT
    sectors.append(struct.pack(f"<{len(fat)}I", *fat))
    difat = [count + index for index in range(fats)] + [_FREE] * (109 - fats)
    numbers = (0x3E, 3, 0xFFFE, 9, 6, 0, fats, directory, 0, 4096, _END, 0, _END, 0)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH6x9I109I", *numbers, *difat)
    return head + b"".join(sectors)
