"""ARP for IPv4 over Ethernet (RFC 826) into `arp_activity` and identities."""

from __future__ import annotations

from netcordon.ingest.capture.application.record.text import hardware_address
from netcordon.ingest.capture.application.stream.conversation import Context

_NO_ADDRESS = 1 << 63
_FOR_IPV4 = b"\x08\x00\x06\x04"
_OPERATIONS = {1: "request", 2: "reply"}


def read_packet(
    context: Context, data: bytes, macs: tuple[int, int], time_ns: int, frame: int
) -> bool:
    """Write the row of one packet; ``macs`` are those of the link. Says whether it was one."""
    if len(data) < 28 or data[2:6] != _FOR_IPV4:
        return False
    operation = data[6] << 8 | data[7]
    sender_mac, sender_ip = hardware_address(data[8:14]), data[14:18]
    context.rows.add(
        "arp_activity",
        time_ns,
        frame,
        _OPERATIONS.get(operation, str(operation)),
        _mac(macs[0]),
        _mac(macs[1]),
        sender_mac,
        _dotted(sender_ip),
        hardware_address(data[18:24]),
        _dotted(data[24:28]),
    )
    if any(sender_ip) and operation in _OPERATIONS:  # a probe (RFC 5227) claims nothing
        ip = (0, 0xFFFF << 32 | int.from_bytes(sender_ip, "big"))
        context.identities.say("arp", time_ns, frame, ip=ip, mac=sender_mac)
    return True


def _dotted(address: bytes) -> str:
    return ".".join(map(str, address))


def _mac(value: int) -> str | None:
    return None if value & _NO_ADDRESS else value.to_bytes(6, "big").hex(":")
