"""Ends as FTP writes them: PORT and 227 (RFC 959), EPRT and 229 (RFC 2428)."""

from __future__ import annotations

import ipaddress
import re

from netcordon.ingest.capture.application.record.ends import Address

_IPV4 = 0xFFFF << 32
_NUMBERS = re.compile(rb"(?<!\d)(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3})(?!\d)")
_EPSV = re.compile(rb"\(([!-~])\1\1(\d{1,5})\1\)")
_LONGEST = 512


def ends_of_port(text: bytes) -> tuple[Address, int] | None:
    """Address and port of ``h1,h2,h3,h4,p1,p2``, wherever in the text it stands."""
    match = _NUMBERS.search(text[:_LONGEST])
    if match is None:
        return None
    values = [int(number) for number in match.groups()]
    if max(values) > 255:
        return None
    address = int.from_bytes(bytes(values[:4]), "big")
    port = values[4] << 8 | values[5]
    return ((0, _IPV4 | address), port) if port else None


def ends_of_eprt(text: bytes) -> tuple[Address, int] | None:
    """Address and port of ``|1|192.0.2.1|6275|`` or ``|2|2001:db8::1|6275|``."""
    fields = text[:_LONGEST].split(text[:1]) if text else []
    if len(fields) != 5 or not fields[3].isdigit() or len(fields[3]) > 5:
        return None
    try:
        address = ipaddress.ip_address(fields[2].decode("ascii"))
    except ValueError:
        return None
    value, port = int(address), int(fields[3])
    if address.version == 4:
        value |= _IPV4
    return ((value >> 64, value & (1 << 64) - 1), port) if 0 < port < 65536 else None


def port_of_epsv(line: bytes) -> int | None:
    """Port of ``229 … (|||6446|)``."""
    match = _EPSV.search(line[:_LONGEST])
    port = int(match[2]) if match else 0
    return port if 0 < port < 65536 else None


def written(address: Address, port: int) -> str:
    """Host and port as in a URL; port 21 is left out."""
    value = address[0] << 64 | address[1]
    if value >> 32 == 0xFFFF:
        host = str(ipaddress.IPv4Address(value & 0xFFFFFFFF))
    else:
        host = f"[{ipaddress.IPv6Address(value)}]"
    return host if port == 21 else f"{host}:{port}"
