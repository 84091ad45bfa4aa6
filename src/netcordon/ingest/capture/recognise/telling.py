"""Which UDP services the application layer reads, and how much of each flow it is handed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netcordon.ingest.capture.compiled import subkernel
from netcordon.ingest.capture.events import SERVICES
from netcordon.ingest.capture.layout import Record
from netcordon.ingest.capture.octets import wide

_ALL = (1 << 32) - 1
_BULK = ("dns", "mdns", "llmnr", "nbns", "dhcp", "kerberos")
EXPORTS = ("netflow", "ipfix", "sflow")
"""Services whose every datagram stands for itself and is read."""
FIRST_DATAGRAMS: dict[str, int] = {
    "bittorrent": 16,
    "cldap": 64,
    "coap": 256,
    "dtls": 32,
    "gquic": 4,
    "ike": 16,
    "memcached": 16,
    "natpmp": 64,
    "nbdgm": 64,
    "nfs": 64,
    "ntp": 16,
    "portmap": 64,
    "quic": 16,
    "radius": 1000,
    "sip": 1000,
    "snmp": 256,
    "ssdp": 64,
    "stun": 24,
    "tftp": 16,
    "wsd": 64,
}
"""Service -> most datagrams of a direction that are handed over; its readers keep state."""


def _limits() -> NDArray[np.uint32]:
    most = np.zeros(256, dtype=np.uint32)
    for name in (*_BULK, *EXPORTS):
        most[SERVICES.index(name)] = _ALL
    for name, count in FIRST_DATAGRAMS.items():
        most[SERVICES.index(name)] = count
    return most


MOST_TOLD = _limits()
"""Datagrams of a direction that become events, by service; 0 when nothing reads it."""
KEEPS_STATE = np.isin(np.arange(256), [SERVICES.index(name) for name in FIRST_DATAGRAMS])
"""Services whose readers have to hear of the end of a flow."""

_DNS, _MDNS, _LLMNR, _NBNS, _DHCP, _KERBEROS = (SERVICES.index(name) for name in _BULK)


def _ports() -> NDArray[np.uint8]:
    of = np.zeros(65536, dtype=np.uint8)
    for port, service in ((53, _DNS), (5353, _MDNS), (5355, _LLMNR), (137, _NBNS),
                          (88, _KERBEROS), (67, _DHCP), (68, _DHCP)):  # fmt: skip
        of[port] = service
    return of


_BY_PORT = _ports()


@subkernel
def service_by_port(flow: Record) -> int:
    """The service that a datagram on these ports is counted as malformed of, or 0.

    Names, addresses and tickets stand on fixed ports, and what stands there and cannot be read is
    worth a warning.
    """
    src, dst = wide(_BY_PORT[flow.src_port]), wide(_BY_PORT[flow.dst_port])
    if src == _DHCP or dst == _DHCP:
        if src == dst:
            return _DHCP
        other = dst if src == _DHCP else src
        return 0 if other == _DHCP else other
    if dst != 0 and (dst != _KERBEROS or src == 0):
        return dst
    return src
