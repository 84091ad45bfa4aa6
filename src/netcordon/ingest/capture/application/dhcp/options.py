"""Options of DHCPv4 messages (RFC 2132, 3396, 4702)."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from netcordon.ingest.capture.application.record.text import safe_text

_TYPES = ("", "DISCOVER", "OFFER", "REQUEST", "DECLINE", "ACK", "NAK", "RELEASE", "INFORM")
_ROUTERS, _DNS, _HOST, _DOMAIN, _REQUESTED = 3, 6, 12, 15, 50
_LEASE, _OVERLOAD, _TYPE, _SERVER, _VENDOR, _FQDN = 51, 52, 53, 54, 60, 81
_ENCODED = 0x04
_SNAME = 64
_MOST_ADDRESSES = 16
_LONGEST_KEPT = 1500


class Said(NamedTuple):
    """What the options of a message say.

    Attributes:
        requested: address asked for, 0 for none.
        server: server identifier; ``None`` when not sent, 0 when it is no address.
        short_name: of the host, without its domain.
        own_domain: domain of the host as its own names tell it.
    """

    type: str
    requested: int
    server: int | None
    host: str | None
    fqdn: str | None
    vendor: str | None
    routers: list[str]
    dns_servers: list[str]
    domain: str | None
    lease_s: int | None
    short_name: str
    own_domain: str
    overload: int


def read_options(block: bytes) -> Said:
    """Read the options behind the magic cookie of a message; what clients repeat is remembered.

    Where ``overload`` is not 0 there are more: see ``read_overloaded``.
    """
    return _remembered(block) if len(block) <= _LONGEST_KEPT else read_overloaded(block, b"")


def read_overloaded(block: bytes, overloaded: bytes) -> Said:
    """Read the options of one message.

    Args:
        block: behind the magic cookie.
        overloaded: the fields ``sname`` and ``file``, where option 52 may put more options.
    """
    options = _options(block, overloaded)
    kind = (options.get(_TYPE, b"") or b"\x00")[0]
    requested, lease = options.get(_REQUESTED, b""), options.get(_LEASE, b"")
    host = safe_text(options.get(_HOST, b"").rstrip(b"\x00"), 256)
    fqdn = _fqdn(options.get(_FQDN, b""))
    short, _, rest = host.partition(".")
    fqdn_short, _, fqdn_rest = fqdn.partition(".")
    return Said(
        type=(_TYPES[kind] or "BOOTP") if kind < len(_TYPES) else str(kind),
        requested=_number(requested),
        server=_number(options[_SERVER]) if _SERVER in options else None,
        host=host or None,
        fqdn=fqdn or None,
        vendor=safe_text(options[_VENDOR], 256) if _VENDOR in options else None,
        routers=_addresses(options.get(_ROUTERS, b"")),
        dns_servers=_addresses(options.get(_DNS, b"")),
        domain=safe_text(options.get(_DOMAIN, b"").rstrip(b"\x00"), 256) or None,
        lease_s=int.from_bytes(lease, "big") if len(lease) == 4 else None,
        short_name=short or fqdn_short,
        own_domain=rest or fqdn_rest,
        overload=_overload(options),
    )


@lru_cache(maxsize=1024)
def _remembered(block: bytes) -> Said:
    return read_overloaded(block, b"")


def _number(address: bytes) -> int:
    return int.from_bytes(address, "big") if len(address) == 4 else 0


def _options(block: bytes, overloaded: bytes) -> dict[int, bytes]:
    """Options by code; repeated ones joined (RFC 3396).

    Args:
        block: behind the magic cookie.
        overloaded: the fields ``sname`` and ``file``, where option 52 may put more options.
    """
    found: dict[int, bytes] = {}
    _read_options(block, found)
    overload = _overload(found)
    if overload & 1:
        _read_options(overloaded[_SNAME:], found)
    if overload & 2:
        _read_options(overloaded[:_SNAME], found)
    return found


def _overload(options: dict[int, bytes]) -> int:
    """Option 52: 1 for ``file``, 2 for ``sname``, 3 for both; 0 for none or nonsense."""
    value = options.get(_OVERLOAD, b"")[:1]
    return value[0] if value in (b"\x01", b"\x02", b"\x03") else 0


def _read_options(block: bytes, found: dict[int, bytes]) -> None:
    at = 0
    while at < len(block):
        code = block[at]
        if code == 255:
            return
        if code == 0:
            at += 1
            continue
        if at + 1 >= len(block):
            return
        size = block[at + 1]
        found[code] = found.get(code, b"") + block[at + 2 : at + 2 + size]
        at += 2 + size


def _fqdn(option: bytes) -> str:
    """Name of option 81: ASCII, or labels on the wire when the E flag is set (RFC 4702)."""
    if len(option) < 3:
        return ""
    if not option[0] & _ENCODED:
        return safe_text(option[3:].rstrip(b"\x00"), 256)
    labels, at = [], 3
    while at < len(option) and 0 < option[at] < 64:
        labels.append(option[at + 1 : at + 1 + option[at]])
        at += 1 + option[at]
    return safe_text(b".".join(labels), 256)


def _addresses(block: bytes) -> list[str]:
    count = min(len(block) // 4, _MOST_ADDRESSES)
    return [".".join(map(str, block[4 * i : 4 * i + 4])) for i in range(count)]
