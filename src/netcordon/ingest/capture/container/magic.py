"""Which container a capture is in, told from its first octets (standard library only)."""

from __future__ import annotations

PCAP_MAGICS = {
    bytes.fromhex("a1b2c3d4"): (1, 0, 16),
    bytes.fromhex("d4c3b2a1"): (0, 0, 16),
    bytes.fromhex("a1b23c4d"): (1, 1, 16),
    bytes.fromhex("4d3cb2a1"): (0, 1, 16),
    bytes.fromhex("a1b2cd34"): (1, 0, 24),
    bytes.fromhex("34cdb2a1"): (0, 0, 24),
}
"""First octets of a classic pcap -> is big-endian, is in nanoseconds, octets of a record header."""
_SECTION = bytes.fromhex("0a0d0d0a")
_BYTE_ORDERS = (bytes.fromhex("1a2b3c4d"), bytes.fromhex("4d3c2b1a"))


def recognise(head: bytes) -> str | None:
    """``pcap``, ``pcapng`` or ``None`` from the first octets of a file."""
    if head[:4] in PCAP_MAGICS:
        return "pcap"
    return "pcapng" if head[:4] == _SECTION and head[8:12] in _BYTE_ORDERS else None
