"""The tables: every column once, with type, unit and meaning.

Names follow OCSF for tables and Zeek for connection semantics. ``src`` is the initiator and ``dst``
the responder in every table. Times are UTC with microseconds. ``frame`` columns count frames of the
evidence from 1, as Wireshark does; in rows from a text log they are the numbers of its lines. Each
address is stored three times over: as canonical text (RFC 5952) to read, and as two 64-bit halves
of its 16 bytes (IPv4 as ``::ffff:a.b.c.d``) so that a prefix is a range of integers. ``evidence_id``
and ``day`` are no columns of the files: they are the names of the folders that the files stand in,
and the views add them.
"""

from __future__ import annotations

from netcordon.tables.schema.audit import API_ACTIVITY
from netcordon.tables.schema.columns import ADDRESS, Column, Table
from netcordon.tables.schema.flows import NETWORK_ACTIVITY, PACKET
from netcordon.tables.schema.names import (
    ARP_ACTIVITY,
    DHCP_ACTIVITY,
    DNS_ACTIVITY,
    HOST_IDENTITY,
)
from netcordon.tables.schema.radio import WIFI_ACTIVITY
from netcordon.tables.schema.reading import FRAME_INDEX, INGEST_WARNING, LOG_SOURCE
from netcordon.tables.schema.sensors import DETECTION_FINDING, DEVICE_HEALTH
from netcordon.tables.schema.services import APPLICATION_ACTIVITY, OT_ACTIVITY, SSH_ACTIVITY
from netcordon.tables.schema.timeline import TIMELINE_EVENT
from netcordon.tables.schema.web import CERTIFICATE, FILE_ACTIVITY, HTTP_ACTIVITY, TLS_ACTIVITY
from netcordon.tables.schema.windows import (
    AUTHENTICATION,
    DCERPC_ACTIVITY,
    KERBEROS_ACTIVITY,
    RDP_ACTIVITY,
    SMB_ACTIVITY,
)

__all__ = ["ADDRESS", "NETWORK_ACTIVITY", "TABLES", "Column", "Table"]

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        NETWORK_ACTIVITY, DNS_ACTIVITY, HTTP_ACTIVITY, TLS_ACTIVITY, CERTIFICATE, SSH_ACTIVITY, SMB_ACTIVITY,
        DCERPC_ACTIVITY, RDP_ACTIVITY, KERBEROS_ACTIVITY, AUTHENTICATION, API_ACTIVITY,
        DHCP_ACTIVITY, ARP_ACTIVITY, WIFI_ACTIVITY, OT_ACTIVITY, APPLICATION_ACTIVITY, FILE_ACTIVITY,
        HOST_IDENTITY, TIMELINE_EVENT, DETECTION_FINDING, DEVICE_HEALTH, PACKET, FRAME_INDEX, LOG_SOURCE,
        INGEST_WARNING,
    )
}  # fmt: skip
"""Every table by name."""
