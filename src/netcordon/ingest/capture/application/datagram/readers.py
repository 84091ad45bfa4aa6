"""Which class reads which protocol over UDP.

A protocol that joins stands here and, with how many datagrams of a direction it is handed, in
``recognise.telling.FIRST_DATAGRAMS``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from netcordon.ingest.capture.application.datagram.bulk import BulkReader
from netcordon.ingest.capture.application.datagram.flow import MakeReader
from netcordon.ingest.capture.application.quic.gquic import GquicReader
from netcordon.ingest.capture.application.quic.reader import QuicReader
from netcordon.ingest.capture.application.stream.conversation import Context
from netcordon.ingest.capture.application.tls.dtls import DtlsReader
from netcordon.ingest.capture.application.udp.bittorrent import BittorrentReader
from netcordon.ingest.capture.application.udp.cldap import CldapReader
from netcordon.ingest.capture.application.udp.coap import CoapReader
from netcordon.ingest.capture.application.udp.flow_export import (
    IpfixReader,
    NetflowReader,
    SflowReader,
)
from netcordon.ingest.capture.application.udp.ike import IkeReader
from netcordon.ingest.capture.application.udp.memcached import MemcachedReader
from netcordon.ingest.capture.application.udp.natpmp import NatpmpReader
from netcordon.ingest.capture.application.udp.nbdgm import NbdgmReader
from netcordon.ingest.capture.application.udp.ntp import NtpReader
from netcordon.ingest.capture.application.udp.radius import RadiusReader
from netcordon.ingest.capture.application.udp.rpc import NfsReader, PortmapReader
from netcordon.ingest.capture.application.udp.sip import SipReader
from netcordon.ingest.capture.application.udp.snmp import SnmpReader
from netcordon.ingest.capture.application.udp.ssdp import SsdpReader
from netcordon.ingest.capture.application.udp.stun import StunReader
from netcordon.ingest.capture.application.udp.tftp import TftpReader
from netcordon.ingest.capture.application.udp.wsd import WsdReader

BULK_READERS: Mapping[str, Callable[[Context, int], BulkReader[Any]]] = {
    "ike": IkeReader,
    "ipfix": IpfixReader,
    "netflow": NetflowReader,
    "sflow": SflowReader,
    "snmp": SnmpReader,
    "ssdp": SsdpReader,
}
"""Service -> what makes the reader of all its flows, for at most so many at once."""

READERS: Mapping[str, MakeReader] = {
    "bittorrent": BittorrentReader,
    "cldap": CldapReader,
    "coap": CoapReader,
    "dtls": DtlsReader,
    "gquic": GquicReader,
    "memcached": MemcachedReader,
    "natpmp": NatpmpReader,
    "nbdgm": NbdgmReader,
    "nfs": NfsReader,
    "ntp": NtpReader,
    "portmap": PortmapReader,
    "quic": QuicReader,
    "radius": RadiusReader,
    "sip": SipReader,
    "stun": StunReader,
    "tftp": TftpReader,
    "wsd": WsdReader,
}
"""Service -> what makes the reader of a flow."""
