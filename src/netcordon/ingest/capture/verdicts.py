"""What became of a frame: decoded, or why not. Every frame gets exactly one verdict."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

IP = 0
ARP = 1
REASONS = {
    2: "truncated_link",
    3: "truncated_ip",
    4: "bad_ip_header",
    5: "llc",
    6: "truncated_arp",
    7: "cooked_other",
    8: "bad_block",
    9: "mpls_other",
}
"""Fixed verdicts for frames that are refused."""
TRUNCATED_LINK, TRUNCATED_IP, BAD_IP_HEADER, LLC, TRUNCATED_ARP, COOKED_OTHER, BAD_BLOCK, MPLS = (
    REASONS
)
ETHERTYPE = 0x10000
"""Plus the EtherType that is not decoded."""
LINK_TYPE = 0x20000
"""Plus the link type that is not decoded."""
PPP = 0x30000
"""Plus the PPP protocol that is not decoded."""
SIZE = 0x40000
"""Verdicts are below this."""


def reason(verdict: int) -> str:
    """Stable name of a refusal, e.g. ``ethertype_88cc`` or ``linktype_105``."""
    if verdict in REASONS:
        return REASONS[verdict]
    kind, value = verdict & ~0xFFFF, verdict & 0xFFFF
    if kind == ETHERTYPE:
        return f"ethertype_{value:04x}"
    return f"linktype_{value}" if kind == LINK_TYPE else f"ppp_{value:04x}"


def refusals(counts: NDArray[np.int64]) -> dict[str, int]:
    """Frames refused by reason, most frequent first, out of the count of every verdict."""
    found = [(int(counts[v]), reason(int(v))) for v in np.flatnonzero(counts) if v not in (IP, ARP)]
    return {name: count for count, name in sorted(found, key=lambda pair: (-pair[0], pair[1]))}
