"""Rows for tests: say only what matters, the rest is filled in."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence

from netcordon.tables.schema import TABLES


def batch(table: str, rows: Sequence[Mapping[str, object]]) -> dict[str, list[object]]:
    """Columns of a table from sparse rows; addresses bring their two halves with them."""
    full = [_with_halves(row) for row in rows]
    return {c.name: [row.get(c.name) for row in full] for c in TABLES[table].flat()}


def _with_halves(row: Mapping[str, object]) -> dict[str, object]:
    out = dict(row)
    for name in ("src_ip", "dst_ip"):
        if isinstance(row.get(name), str):
            out[f"{name}_hi"], out[f"{name}_lo"] = halves(str(row[name]))
    return out


def halves(text: str) -> tuple[int, int]:
    """The two 64-bit halves of an address, IPv4 as ``::ffff:a.b.c.d``."""
    address = ipaddress.ip_address(text)
    number = int(address) + (0xFFFF_0000_0000 if address.version == 4 else 0)
    return number >> 64, number & (1 << 64) - 1
