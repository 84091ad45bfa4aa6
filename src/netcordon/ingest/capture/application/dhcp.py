"""DHCPv4 (RFC 2131, options of RFC 2132 and 4702) into `dhcp_activity` and identities."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from netcordon.ingest.capture.application.conversation import Context
from netcordon.ingest.capture.application.rows import Address, Ends
from netcordon.ingest.capture.application.text import hardware_address, safe_text

_COOKIE = b"\x63\x82\x53\x63"
_FIXED = 236
_TYPES = ("", "DISCOVER", "OFFER", "REQUEST", "DECLINE", "ACK", "NAK", "RELEASE", "INFORM")
_SUBNET, _ROUTERS, _DNS, _HOST, _DOMAIN, _REQUESTED = 1, 3, 6, 12, 15, 50
_LEASE, _OVERLOAD, _TYPE, _SERVER, _VENDOR, _FQDN = 51, 52, 53, 54, 60, 81
_ENCODED = 0x04
_NOWHERE = bytes(4)
_SNAME = 64
_LONGEST_KEPT = 1500
_MOST_ADDRESSES = 16


class _Said(NamedTuple):
    """What the options of a message say; clients repeat themselves, so it is kept."""

    type: str
    requested: bytes
    server: bytes | None
    host: str
    fqdn: str
    vendor: str | None
    routers: list[str]
    dns_servers: list[str]
    domain: str
    lease_s: int | None
    overload: int


def read_message(context: Context, data: bytes, ends: Ends, time_ns: int, frame: int) -> bool:
    """Write the row of one message; ``ends`` has the client first. Says whether it was one."""
    if len(data) < _FIXED + 4 or data[_FIXED : _FIXED + 4] != _COOKIE or data[0] not in (1, 2):
        return False
    said = _said(data)
    mac = hardware_address(data[28 : 28 + min(data[2], 16)]) if data[2] else ""
    client, offered = data[12:16], data[16:20]
    assigned = offered if offered != _NOWHERE else said.requested or client
    context.rows.add(
        "dhcp_activity",
        time_ns,
        frame,
        *ends,
        said.type or "BOOTP",
        int.from_bytes(data[4:8], "big"),
        mac or None,
        _dotted(assigned),
        _dotted(data[20:24] if said.server is None else said.server),
        said.host or None,
        said.fqdn or None,
        said.vendor,
        said.routers,
        said.dns_servers,
        said.domain or None,
        said.lease_s,
    )
    # What a client asks for is its own only once the server says so; a request in use is (ciaddr).
    is_granted = said.type == "ACK"
    own = client if client != _NOWHERE else offered if is_granted else b""
    if data[0] == 1 or is_granted:
        short, _, rest = said.fqdn.partition(".")
        host, _, domain = said.host.partition(".")
        context.identities.say(
            "dhcp",
            time_ns,
            frame,
            ip=_address(own),
            mac=mac,
            host_name=host or short,
            domain=domain or rest if data[0] == 1 else said.domain,
            os_hint=said.vendor or "",
        )
    return True


def _said(data: bytes) -> _Said:
    block = data[_FIXED + 4 :]
    said = _remembered(block) if len(block) <= _LONGEST_KEPT else _read(block, b"")
    return _read(block, data[44:_FIXED]) if said.overload else said


def _read(block: bytes, overloaded: bytes) -> _Said:
    options = _options(block, overloaded)
    kind = (options.get(_TYPE, b"") or b"\x00")[0]
    requested = options.get(_REQUESTED, b"")
    lease = options.get(_LEASE, b"")
    return _Said(
        type=_TYPES[kind] if kind < len(_TYPES) else str(kind),
        requested=requested if len(requested) == 4 and requested != _NOWHERE else b"",
        server=options.get(_SERVER),
        host=safe_text(options.get(_HOST, b"").rstrip(b"\x00"), 256),
        fqdn=_fqdn(options.get(_FQDN, b"")),
        vendor=safe_text(options[_VENDOR], 256) if _VENDOR in options else None,
        routers=_addresses(options.get(_ROUTERS, b"")),
        dns_servers=_addresses(options.get(_DNS, b"")),
        domain=safe_text(options.get(_DOMAIN, b"").rstrip(b"\x00"), 256),
        lease_s=int.from_bytes(lease, "big") if len(lease) == 4 else None,
        overload=_overload(options),
    )


@lru_cache(maxsize=1024)
def _remembered(block: bytes) -> _Said:
    return _read(block, b"")


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


def _dotted(address: bytes) -> str | None:
    return ".".join(map(str, address)) if len(address) == 4 and any(address) else None


def _addresses(block: bytes) -> list[str]:
    count = min(len(block) // 4, _MOST_ADDRESSES)
    return [".".join(map(str, block[4 * i : 4 * i + 4])) for i in range(count)]


def _address(address: bytes) -> Address | None:
    if len(address) != 4:
        return None
    return 0, 0xFFFF << 32 | int.from_bytes(address, "big")
