"""Addresses that servers lease, as rows of ``dhcp_activity`` and ``host_identity``."""

from __future__ import annotations

from netcordon.ingest.messages.accounts import ethernet, identity, present, said
from netcordon.ingest.messages.events import Event

_HELD = frozenset(("ACK", "RENEW"))
"""Messages after which the client has the address."""


def lease(
    time: int | None,
    kind: str,
    *,
    ip: str | None = None,
    mac: str | None = None,
    host_name: str | None = None,
    server: str | None = None,
    lease_s: int | None = None,
    transaction_id: int | None = None,
    vendor_class: str | None = None,
) -> list[Event]:
    """What a server did for a client; who has the address where it gave one.

    Args:
        time: microseconds since 1970 UTC.
        kind: of the DHCP message (RFC 2131): ``ACK``, ``REQUEST``, ...
        ip: given or asked for.
        mac: of the client.
        host_name: as the client calls itself.
        server: address of the server.
        lease_s: of the lease, seconds.
        transaction_id: xid.
        vendor_class: option 60.
    """
    address, name = said(ip), said(host_name)
    event = Event(
        "dhcp_activity",
        {
            "time": time,
            "message_type": kind,
            "client_mac": ethernet(mac),
            "assigned_ip": address,
            "server_ip": said(server),
            "host_name": name,
            "lease_s": lease_s,
            "transaction_id": transaction_id,
            "vendor_class": said(vendor_class),
        },
    )
    held = kind in _HELD and address is not None
    whom = identity(time, "dhcp", ip=address, mac=mac, host_name=name) if held else None
    return present(event, whom)
