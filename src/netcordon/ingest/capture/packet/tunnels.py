"""Tunnels: what an IP packet carries inside, and which tunnel that is.

IP in IP of either family (RFC 2003, 2473, 4213), GRE and its users (``gre.py``), EtherIP (RFC
3378), MPLS in IP (RFC 4023) and tunnels over UDP (``udp_tunnels.py``). A guess must not invent
flows: what is found counts only when the IP header inside is sound.
"""

from __future__ import annotations

import numpy as np

from netcordon.ingest.capture.addresses import NO_MAC
from netcordon.ingest.capture.compiled import subkernel
from netcordon.ingest.capture.events import SERVICES
from netcordon.ingest.capture.hashing import mix
from netcordon.ingest.capture.layout import INSIDE, Octets, Record
from netcordon.ingest.capture.packet.ethernet import ANY_IP, ETHERNET, IPV4, IPV6

NAMES = (
    "", "ipip", "gre", "nvgre", "erspan", "pptp", "etherip", "mpls_in_ip", "vxlan", "vxlan_gpe",
    "geneve", "gtp", "teredo", "l2tp", "gre_in_udp", "mpls_in_udp", "lisp", "capwap", "tzsp",
)  # fmt: skip
"""Kinds of tunnels."""
(
    _, IPIP, GRE, NVGRE, ERSPAN, PPTP, ETHERIP, MPLS_IN_IP, VXLAN, VXLAN_GPE, GENEVE, GTP, TEREDO,
    L2TP, GRE_IN_UDP, MPLS_IN_UDP, LISP, CAPWAP, TZSP,
) = range(len(NAMES))  # fmt: skip
SERVICE = np.array(
    [SERVICES.index(name if name in SERVICES else "") for name in NAMES], dtype=np.uint8
)
"""Kind of tunnel -> service of the flow that carries it, 0 where the protocol says it all."""
SERVICE[VXLAN_GPE] = SERVICE[VXLAN]
SERVICE[PPTP] = 0
"""PPTP is the control connection's name; its GRE flow keeps none."""


@subkernel
def begin_inner(packet: Record, inner: Record, at: int, kind: int, number: int) -> None:
    """Prepare ``inner`` as what ``packet`` carries from ``at`` on.

    Both directions of a tunnel are one: ``number`` may be a network's identifier that both sides
    use, but no key that each side chooses.
    """
    stop = packet.transport + packet.transport_length
    inner.offset = at
    inner.end = max(min(packet.end, stop), at)
    inner.wire_length = stop - at
    inner.time_ns = packet.time_ns
    inner.link_type = -1
    inner.network = at
    inner.src_mac = NO_MAC
    inner.dst_mac = NO_MAC
    inner.vlan = -1
    inner.relation = INSIDE
    inner.via = np.uint8(kind)
    ends = mix(packet.src_hi ^ mix(packet.src_lo)) + mix(packet.dst_hi ^ mix(packet.dst_lo))
    label = (np.uint64(kind) << np.uint64(32)) | np.uint64(number)
    inner.tunnel = mix(mix(ends + packet.tunnel) ^ label) | np.uint64(1)


@subkernel
def read_ip_tunnel(data: Octets, packet: Record, inner: Record) -> int:
    """EtherType of what an IP protocol of its own carries, or -1."""
    at = packet.transport
    protocol = packet.protocol
    if protocol == 4 or protocol == 41 or protocol == 94:
        begin_inner(packet, inner, at, IPIP, 0)
        return IPV4 if protocol == 4 else IPV6 if protocol == 41 else ANY_IP
    if protocol == 97:
        if at + 2 > packet.end or data[at] != 0x30:
            return -1
        begin_inner(packet, inner, at + 2, ETHERIP, 0)
        return ETHERNET
    if protocol == 137:
        begin_inner(packet, inner, at, MPLS_IN_IP, 0)
        return 0x8847
    return -1
