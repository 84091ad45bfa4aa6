"""MPLS (RFC 3032): through the label stack to IP, or to Ethernet in a pseudowire (RFC 4448).

The labels do not say what follows. IP is told by its first nibble and a sound header (RFC 4928, 3),
a pseudowire by a plausible Ethernet frame, behind a control word or without one.
"""

from __future__ import annotations

from netcordon.ingest.capture.compiled import subkernel
from netcordon.ingest.capture.layout import Octets, Record
from netcordon.ingest.capture.octets import be16
from netcordon.ingest.capture.packet import verdicts
from netcordon.ingest.capture.packet.soundness import sound_ip
from netcordon.ingest.capture.packet.verdicts import refuse

_MOST_LABELS = 16
_ETHERNET = 0x6558


@subkernel
def read_labels(data: Octets, packet: Record) -> int:
    """Move ``packet.network`` behind the stack; return the EtherType there, -1 when refused."""
    at = packet.network
    end = packet.end
    is_last = False
    for _ in range(_MOST_LABELS):
        if at + 4 > end:
            return refuse(packet, verdicts.TRUNCATED_LINK)
        is_last = data[at + 2] & 1 != 0
        at += 4
        if is_last:
            break
    if not is_last or at >= end:
        return refuse(packet, verdicts.MPLS)
    room = packet.wire_length - (at - packet.offset)
    packet.network = at
    kind = sound_ip(data, at, end, room)
    if kind > 0:
        return kind
    nibble = data[at] >> 4
    if nibble == 1:
        return refuse(packet, verdicts.MPLS_CHANNEL)
    if nibble == 0 and _is_frame(data, at + 4, end):
        packet.network = at + 4
        return _ETHERNET
    if _is_frame(data, at, end):
        return _ETHERNET
    return refuse(packet, verdicts.MPLS)


@subkernel
def _is_frame(data: Octets, at: int, end: int) -> bool:
    """Whether Ethernet at ``at`` is plausible: a type in common use, or LLC and a length."""
    if at + 17 > end:
        return False
    kind = be16(data, at + 12)
    if kind == 0x0800:
        return bool((data[at + 14] >> 4) == 4)
    if kind == 0x86DD:
        return bool((data[at + 14] >> 4) == 6)
    if kind <= 1500:
        target = be16(data, at + 14)
        return kind >= 3 and target in (0xAAAA, 0x4242, 0xFEFE, 0x0606)
    return kind in (0x0806, 0x8100, 0x88A8, 0x8847, 0x8863, 0x8864, 0x88CC, 0x8902, 0x9000)
