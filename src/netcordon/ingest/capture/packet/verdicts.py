"""What became of a frame: decoded, or why not. Every frame gets exactly one verdict."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netcordon.ingest.capture.compiled import subkernel
from netcordon.ingest.capture.layout import Record
from netcordon.ingest.capture.protocols import (
    CISCO_NAMES,
    ETHERTYPE_NAMES,
    LINK_TYPE_NAMES,
    PPP_NAMES,
    SERVICE_POINT_NAMES,
)

IP = 0
ARP = 1
FOREIGN = -1
"""An IP or other frame that another share decodes; set after the verdicts were counted."""
REASONS = {
    2: "truncated_link",
    3: "truncated_ip",
    4: "bad_ip_header",
    5: "llc",
    6: "truncated_arp",
    7: "cooked_other",
    8: "bad_block",
    9: "mpls_other",
    10: "mpls_channel",
    11: "wifi_management",
    12: "wifi_control",
    13: "wifi_protected",
    14: "wifi_without_data",
    15: "wifi_fragment",
    16: "wifi_bad_frame_check",
    17: "wifi_other",
}
"""Fixed verdicts for frames that are refused."""
(
    TRUNCATED_LINK, TRUNCATED_IP, BAD_IP_HEADER, LLC, TRUNCATED_ARP, COOKED_OTHER, BAD_BLOCK, MPLS,
    MPLS_CHANNEL, WIFI_MANAGEMENT, WIFI_CONTROL, WIFI_PROTECTED, WIFI_WITHOUT_DATA, WIFI_FRAGMENT,
    WIFI_BAD_CHECK, WIFI_OTHER,
) = REASONS  # fmt: skip
ETHERTYPE = 0x10000
"""Plus the EtherType that is not decoded."""
LINK_TYPE = 0x20000
"""Plus the link type that is not decoded."""
PPP = 0x30000
"""Plus the PPP protocol that is not decoded."""
CISCO = 0x40000
"""Plus the protocol of a SNAP header under Cisco's organisation code."""
SERVICE_POINT = 0x50000
"""Plus the 802.2 service access point that is not decoded."""
SIZE = 0x50100
"""Verdicts are below this."""
_KINDS = {
    ETHERTYPE: ("ethertype", "04x", ETHERTYPE_NAMES),
    LINK_TYPE: ("linktype", "d", LINK_TYPE_NAMES),
    PPP: ("ppp", "04x", PPP_NAMES),
    CISCO: ("cisco", "04x", CISCO_NAMES),
    SERVICE_POINT: ("llc", "02x", SERVICE_POINT_NAMES),
}


@subkernel
def refuse(packet: Record, verdict: int) -> int:
    """Give a packet up; -1, so that a reader can end with it."""
    packet.verdict = verdict
    return -1


def reason(verdict: int) -> str:
    """Stable name of a refusal, e.g. ``lldp``, ``ethertype_6003`` or ``linktype_usb_linux``."""
    if verdict in REASONS:
        return REASONS[verdict]
    kind, value = verdict & ~0xFFFF, verdict & 0xFFFF
    prefix, style, names = _KINDS[kind]
    return names.get(value, f"{prefix}_{value:{style}}")


WIFI = (WIFI_MANAGEMENT, WIFI_CONTROL, WIFI_WITHOUT_DATA)
"""Verdicts of 802.11 frames that carry no data and are counted in ``wifi_activity``."""


def refusals(counts: NDArray[np.int64]) -> dict[str, int]:
    """Frames refused by reason, most frequent first, out of the count of every verdict."""
    found: dict[str, int] = {}
    for verdict in np.flatnonzero(counts).tolist():
        if verdict not in (IP, ARP, *WIFI):
            name = reason(verdict)
            found[name] = found.get(name, 0) + int(counts[verdict])
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))
