"""What mDNS, LLMNR and NBNS messages say of hosts, into identities."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netcordon.ingest.capture.application.dns.kernel import LLMNR, MDNS, NBNS
from netcordon.ingest.capture.application.record.identity import Identities
from netcordon.ingest.capture.application.record.text import hardware_address, safe_text
from netcordon.ingest.capture.events import ORIG, SERVICES

Array = NDArray[Any]
_HOST_SUFFIXES = (0x00, 0x20)
_NODE_NAME_BYTES = 18
_NETBIOS_NAME = re.compile(r"(.*)<([0-9a-f]{2})>", re.DOTALL)
"""A name and its suffix as the kernel writes them; other names mean nothing here."""
_NO_MAC = 1 << 63
_NOWHERE = (0, 0xFFFF << 32)


def note_claims(
    identities: Identities, events: Array, services: Array, claims: Array, owners: Array
) -> None:
    """Note the addresses that messages state for names (``CLAIM`` rows of the kernel)."""
    begin = 0
    of = events.take(claims["event"])
    side = [np.where(of["direction"] == ORIG, of[f"src_{p}"], of[f"dst_{p}"]) for p in ("hi", "lo")]
    is_own = (side[0] == claims["hi"]) & (side[1] == claims["lo"])
    has_mac = is_own & (of["sender_mac"] & np.uint64(_NO_MAC) == 0)
    macs = np.where(has_mac, of["sender_mac"], _NO_MAC)
    columns = [claims[name] for name in ("end", "hi", "lo", "is_group")]
    columns += [services[claims["event"]], of["time_ns"], of["frame"], macs]
    for end, high, low, is_group, service, time_ns, frame, mac in zip(
        *(column.tolist() for column in columns), strict=True
    ):
        name = owners[begin:end].tobytes()
        begin = end
        if (high, low) == _NOWHERE:
            continue
        host, domain = _names(name, service, bool(is_group))
        if host or domain:
            identities.say(
                SERVICES[service],
                time_ns,
                frame,
                ip=(high, low),
                # The MAC of the sender when it speaks of its own address.
                mac="" if mac == _NO_MAC else mac.to_bytes(6, "big").hex(":"),
                host_name=host,
                domain=domain,
            )


@lru_cache(maxsize=4096)
def _names(owner: bytes, service: int, is_group: bool) -> tuple[str, str]:
    """Host and domain that a name tells; the same few names are claimed again and again."""
    name = owner.decode("ascii")
    if service in (MDNS, LLMNR):
        text = _unescaped(name)
        if name.endswith(".local"):
            return text[: -len(".local")], ""
        if service == MDNS:
            return "", ""
        host, _, domain = text.partition(".")
        return host, domain
    return _netbios(name, is_group)


def _netbios(name: str, is_group: bool) -> tuple[str, str]:
    match = _NETBIOS_NAME.fullmatch(name)
    if match is None or "__MSBROWSE__" in match[1]:
        return "", ""
    text, kind = match[1], int(match[2], 16)
    if is_group:
        return "", _unescaped(text) if kind == 0 else ""
    return (_unescaped(text), "") if kind in _HOST_SUFFIXES else ("", "")


def _unescaped(name: str) -> str:
    """Octets of a name in presentation form, as safe text."""
    raw, at = bytearray(), 0
    while at < len(name):
        if name[at] == "\\" and name[at + 1 : at + 4].isdigit():
            raw.append(int(name[at + 1 : at + 4]) & 255)
            at += 4
        else:
            at += name[at] == "\\"
            raw += name[at : at + 1].encode()
            at += 1
    return safe_text(raw, 256)


def note_node_status(
    identities: Identities, block: NDArray[np.uint8], of: Array, service: Array, messages: Array
) -> None:
    """Note the names of NetBIOS node status responses (RFC 1002 section 4.2.18)."""
    is_answer = (service == NBNS) & (messages["flags"] & 0x800F == 0x8000) & (messages["kept"] == 1)
    for event in of[is_answer & (messages["questions"] == 0)]:
        offset, length = int(event["offset"]), int(event["length"])
        _node_status(identities, block[offset : offset + length].tobytes(), event)


def _node_status(identities: Identities, data: bytes, event: Array) -> None:
    at = 12
    if data[at : at + 1] != b"\x20" or data[at + 34 : at + 36] != b"\x00\x21":
        return
    body = data[at + 44 :]
    count = body[0] if body else 0
    names_end = 1 + count * _NODE_NAME_BYTES
    host = domain = ""
    for i in range(1, min(names_end, len(body) - _NODE_NAME_BYTES + 1), _NODE_NAME_BYTES):
        name, suffix, flags = body[i : i + 15], body[i + 15], body[i + 16]
        text = safe_text(name.rstrip(b" \x00"), 64)
        if flags & 0x80:
            domain = domain or (text if suffix == 0 else "")
        elif suffix in _HOST_SUFFIXES:
            host = host or text
    side = "src" if event["direction"] == ORIG else "dst"
    mac = body[names_end : names_end + 6]
    identities.say(
        "nbns",
        int(event["time_ns"]),
        int(event["frame"]),
        ip=(int(event[f"{side}_hi"]), int(event[f"{side}_lo"])),
        mac=hardware_address(mac) if len(mac) == 6 and any(mac) else "",
        host_name=host,
        domain=domain,
    )
