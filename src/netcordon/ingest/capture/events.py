"""What the packet kernel hands to the application layer, and what it hears back.

The kernel walks a block of packets and tells the application layer only of the packets that
matter: payload of TCP streams that are not yet understood, datagrams of the protocols it reads,
ARP, and the end of flows. Each event stands for itself, so that nothing has to be looked up while
slots are reused.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

TCP_DATA = 1
"""Payload of a TCP segment, ``position`` bytes into its direction's stream; in any order."""
UDP_DATA = 2
"""One datagram's payload; ``service`` says which protocol it holds."""
ARP = 3
"""An ARP packet, from its hardware-type field on; the address and flow fields are zero."""
FLOW_END = 4
"""A flow whose end matters is over (closed, timed out, evicted or end of capture); no bytes.

Such are TCP flows that had events, and UDP flows of which a reader keeps state.

``position`` is the end of ORIG's stream and ``offset`` the end of RESP's (highest stream offset
captured plus one), so that bodies nobody looked at can still be measured; 0 when not known.
``direction`` is a set of bits: 1 when ORIG ended its stream with a FIN and nothing before that FIN
is known to be missing at the end, 2 for RESP.
"""

ORIG = 0
RESP = 1

EVENT = np.dtype(
    [
        ("kind", np.uint8),
        ("direction", np.uint8),  # ORIG or RESP: who sent these bytes
        (
            "truncated",
            np.uint8,
        ),  # 1: the capture holds fewer bytes of this payload than the wire did
        ("ip_protocol", np.uint8),
        ("service", np.uint8),  # of a datagram: index into SERVICES
        ("src_port", np.uint16),  # of the flow's originator, whoever sent this packet
        ("dst_port", np.uint16),
        ("slot", np.int32),  # of the flow table; valid together with `flow` only
        ("length", np.int32),  # captured payload bytes
        ("wire_length", np.int32),  # payload bytes on the wire
        ("offset", np.int64),  # of the first payload byte in the block
        ("position", np.int64),  # stream offset of that byte, 0 = first after the SYN or first seen
        ("flow", np.int64),  # serial number of the flow, never reused within a capture
        ("frame", np.int64),  # 1-based
        ("time_ns", np.int64),  # since 1970, UTC
        ("uid", np.uint64),  # see uid_text
        ("src_hi", np.uint64),
        ("src_lo", np.uint64),
        ("dst_hi", np.uint64),
        ("dst_lo", np.uint64),
        ("sender_mac", np.uint64),  # low 48 bits; bit 63 set when the link has no addresses
        ("receiver_mac", np.uint64),
    ],
    align=True,
)
"""One event; the kernel fills an array of these for each block, in the order of frames."""

FEEDBACK = np.dtype(
    [
        ("flow", np.int64),
        ("slot", np.int32),
        ("want", np.uint8),  # bit 0: still wants ORIG's bytes, bit 1: RESP's
        (
            "flip",
            np.uint8,
        ),  # 1: payload shows that the responder is the initiator; swap ends at the end
        ("service", np.uint8),  # index into SERVICES, 0 = nothing new
        ("skip_orig", np.int64),  # stream offset before which ORIG's bytes are of no interest
        ("skip_resp", np.int64),
    ],
    align=True,
)
"""What the application layer wants from a flow from now on. One row a flow that changed."""

SERVICES = (
    "", "dns", "mdns", "llmnr", "nbns", "http", "tls", "ssh", "dhcp", "smb", "kerberos", "ldap",
    "dcerpc", "ftp", "smtp", "pop3", "imap", "rdp", "quic", "ntp", "snmp", "ssdp", "stun", "telnet",
    "irc", "mqtt", "sip", "socks", "syslog", "mysql", "postgresql", "vnc", "tftp", "radius",
    "dtls", "stratum", "bittorrent", "modbus", "s7comm", "dnp3", "tor", "ike", "rtp", "rtcp",
    "coap",
    "wireguard", "openvpn", "bacnet", "enip", "iec104", "opcua", "cldap", "memcached", "chargen",
    "qotd", "nbdgm", "wsd", "natpmp", "rip", "teredo", "gtp", "vxlan", "geneve", "l2tp", "pptp",
    "rsync", "redis", "mongodb", "adb", "x11", "ajp", "nfs", "portmap", "socks4", "gquic", "utp",
    "http2", "websocket", "discord", "teamviewer", "anydesk", "zabbix", "xmpp", "ftp-data",
    "rtsp", "netflow", "ipfix", "sflow",
)  # fmt: skip
"""Names for `network_activity.service`; append only, at most 255."""


def chosen(records: NDArray[Any], is_wanted: NDArray[np.bool_]) -> NDArray[Any]:
    """The records where ``is_wanted`` is true.

    ``take`` moves whole records; indexing by a mask goes field by field and is 20 times slower.
    """
    return records.take(np.flatnonzero(is_wanted))
