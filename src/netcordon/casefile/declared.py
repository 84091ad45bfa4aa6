"""The parts of ``netcordon.toml`` about the business: ``[[asset]]`` and ``[[vital_flow]]``."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

from netcordon.casefile.entries import Entry, entries
from netcordon.model.business import HIGHEST_VALUE, LOWEST_VALUE, Asset, Business, VitalFlow

TEMPLATE = """\

# What your hosts are worth, so that incidents are worked on in the right order. Repeat as needed.
# Name each by exactly one of address, prefix or name (a domain stands for all names under it).
# value: 1 (hardly missed) to 5 (the organisation stops). The closest entry holds.
# [[asset]]
# prefix = "10.20.2.0/24"
# value = 5
# owner = "A. Diaz, +33 1 23 45 67 89"
# business_line = "payments"
# tags = ["strategic"]      # what calls the crisis cell: strategic, directory, or as [crisis] says
# confidential = true       # holds data that a host taken over must not reach

# Traffic without which the organisation stops. Incidents that touch it count as 5.
# [[vital_flow]]
# name = "card payments"
# src = "10.20.2.0/24"
# dst = "203.0.113.40"      # or dst_name = "pay.example" for it and all names under it
# port = 443                # left out: any
# protocol = "tcp"          # left out: any
# owner = "A. Diaz"
# business_line = "payments"
# contact = "+33 1 23 45 67 89"
# tolerance_min = 0         # minutes it may be cut; left out: nobody said
"""

_ASSET_KEYS = (
    "address",
    "prefix",
    "name",
    "value",
    "owner",
    "business_line",
    "confidential",
    "tags",
)
_FLOW_KEYS = (
    "name", "src", "dst", "dst_name", "port", "protocol", "owner", "business_line", "contact",
    "tolerance_min",
)  # fmt: skip
_PROTOCOLS = ("tcp", "udp", "icmp", "icmp6")


def read_business(values: Mapping[str, object]) -> Business:
    """The business as declared.

    Args:
        values: of the parsed file; keys other than ``asset`` and ``vital_flow`` are passed over.

    Raises:
        WrongKeyError: at the first entry that cannot be used.
    """
    assets = [_asset(each) for each in entries(values, "asset")]
    flows = [_flow(each) for each in entries(values, "vital_flow")]
    return Business(assets=tuple(assets), vital_flows=tuple(flows))


def _asset(entry: Entry) -> Asset:
    entry.check_keys(_ASSET_KEYS)
    by = entry.one_of("address", "prefix", "name")
    network = entry.network(by) if by != "name" else ""
    if by == "address" and ipaddress.ip_network(network).num_addresses != 1:
        raise entry.wrong("address", f"{network} is a network; use prefix")
    return Asset(
        network=network,
        name=entry.domain("name") if by == "name" else "",
        value=entry.whole("value", LOWEST_VALUE, HIGHEST_VALUE),
        owner=entry.text("owner"),
        business_line=entry.text("business_line"),
        confidential=entry.flag("confidential", default=False),
        tags=tuple(tag.lower() for tag in entry.texts("tags")),
    )


def _flow(entry: Entry) -> VitalFlow:
    entry.check_keys(_FLOW_KEYS)
    to = entry.one_of("dst", "dst_name")
    protocol = entry.text("protocol").lower()
    if protocol and protocol not in _PROTOCOLS:
        raise entry.wrong("protocol", f"{protocol!r} is none of {', '.join(_PROTOCOLS)}")
    src, dst = entry.network("src"), entry.network("dst") if to == "dst" else ""
    if dst and (":" in src) != (":" in dst):
        raise entry.wrong("dst", f"no traffic goes from {src} to {dst}: one is IPv4, one IPv6")
    return VitalFlow(
        name=entry.text("name", needed=True),
        src=src,
        dst=dst,
        dst_name=entry.domain("dst_name") if to == "dst_name" else "",
        port=entry.whole("port", 0, 65_535) if entry.has("port") else None,
        protocol=protocol,
        owner=entry.text("owner"),
        business_line=entry.text("business_line"),
        contact=entry.text("contact"),
        tolerance_min=entry.whole("tolerance_min", 0, 525_600)
        if entry.has("tolerance_min")
        else None,
    )
