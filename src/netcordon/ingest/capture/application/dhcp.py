"""DHCPv4 (RFC 2131, options of RFC 2132 and 4702) into `dhcp_activity` and identities."""

from __future__ import annotations

from netcordon.ingest.capture.application.conversation import Context
from netcordon.ingest.capture.application.rows import Address, Ends
from netcordon.ingest.capture.application.text import hardware_address, safe_text

_COOKIE = b"\x63\x82\x53\x63"
_FIXED = 236
_TYPES = ("", "DISCOVER", "OFFER", "REQUEST", "DECLINE", "ACK", "NAK", "RELEASE", "INFORM")
_SUBNET, _ROUTERS, _DNS, _HOST, _DOMAIN, _REQUESTED = 1, 3, 6, 12, 15, 50
_LEASE, _OVERLOAD, _TYPE, _SERVER, _VENDOR, _FQDN = 51, 52, 53, 54, 60, 81
_ENCODED = 0x04
_MOST_ADDRESSES = 16


def read_message(context: Context, data: bytes, ends: Ends, time_ns: int, frame: int) -> bool:
    """Write the row of one message; ``ends`` has the client first. Says whether it was one."""
    if len(data) < _FIXED + 4 or data[_FIXED : _FIXED + 4] != _COOKIE or data[0] not in (1, 2):
        return False
    options = _options(data)
    kind = options.get(_TYPE, b"\x00")[:1]
    name = _TYPES[kind[0]] if kind and kind[0] < len(_TYPES) else str(kind[0] if kind else 0)
    mac = hardware_address(data[28 : 28 + min(data[2], 16)]) if data[2] else ""
    client, offered = data[12:16], data[16:20]
    requested = options.get(_REQUESTED, b"")
    assigned = next((a for a in (offered, requested, client) if len(a) == 4 and any(a)), b"")
    host = safe_text(options.get(_HOST, b"").rstrip(b"\x00"), 256)
    fqdn = _fqdn(options.get(_FQDN, b""))
    server = options.get(_SERVER, data[20:24])
    domain = safe_text(options.get(_DOMAIN, b"").rstrip(b"\x00"), 256)
    lease = options.get(_LEASE, b"")
    context.rows.add(
        "dhcp_activity",
        time_ns,
        frame,
        *ends,
        name or "BOOTP",
        int.from_bytes(data[4:8], "big"),
        mac or None,
        _dotted(assigned),
        _dotted(server),
        host or None,
        fqdn or None,
        safe_text(options[_VENDOR], 256) if _VENDOR in options else None,
        _addresses(options.get(_ROUTERS, b"")),
        _addresses(options.get(_DNS, b"")),
        domain or None,
        int.from_bytes(lease, "big") if len(lease) == 4 else None,
    )
    # What a client asks for is its own only once the server says so; a request in use is (ciaddr).
    own = client if any(client) else offered if name == "ACK" else b""
    if data[0] == 1 or name == "ACK":
        short, _, rest = fqdn.partition(".")
        context.identities.say(
            "dhcp",
            time_ns,
            frame,
            ip=_address(own),
            mac=mac,
            host_name=host.partition(".")[0] or short,
            domain=host.partition(".")[2] or rest if data[0] == 1 else domain,
            os_hint=safe_text(options.get(_VENDOR, b""), 256),
        )
    return True


def _options(data: bytes) -> dict[int, bytes]:
    """Options by code, those in overloaded fields included; repeated ones joined (RFC 3396)."""
    found: dict[int, bytes] = {}
    _read_options(data[_FIXED + 4 :], found)
    overload = found.get(_OVERLOAD, b"\x00")[:1]
    if overload in (b"\x01", b"\x03"):
        _read_options(data[108:236], found)
    if overload in (b"\x02", b"\x03"):
        _read_options(data[44:108], found)
    return found


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
