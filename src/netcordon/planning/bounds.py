"""A network as a pair of address halves, and the question whether an address of a row is in it."""

from __future__ import annotations

import ipaddress

import pyarrow as pa

from netcordon.hunting.spans import halves

_LAST = (1 << 64) - 1

NETWORK = pa.struct(
    [(name, pa.uint64()) for name in ("first_hi", "first_lo", "last_hi", "last_lo")]
    + [("is_ipv6", pa.bool_())]
)
"""Type of a column that holds ``bounds``."""


def bounds(text: str) -> dict[str, int | bool | None]:
    """First and last address of a network in CIDR notation; empty stands for every address."""
    if not text:
        first, last, is_ipv6 = (0, 0), (_LAST, _LAST), None
    else:
        network = ipaddress.ip_network(text)
        first, last = halves(str(network[0])), halves(str(network[-1]))
        is_ipv6 = network.version == 6
    return {
        "first_hi": first[0], "first_lo": first[1], "last_hi": last[0], "last_lo": last[1],
        "is_ipv6": is_ipv6,
    }  # fmt: skip


def within(address: str, network: str) -> str:
    """SQL: an address lies in a network.

    Args:
        address: the columns ``<address>_hi`` and ``<address>_lo``.
        network: a column of type ``NETWORK``.
    """
    hi, lo = f"{address}_hi", f"{address}_lo"
    # IPv4 addresses stand among IPv6 ones (::ffff:a.b.c.d), where no wide IPv6 network means them.
    is_ipv4 = f"({hi} = 0 AND {lo} >> 32 = 65535)"
    return f"""(({network}.is_ipv6 IS NULL OR {network}.is_ipv6 <> {is_ipv4})
        AND {hi} BETWEEN {network}.first_hi AND {network}.last_hi AND
        ({network}.first_hi < {network}.last_hi
         OR {lo} BETWEEN {network}.first_lo AND {network}.last_lo))"""
