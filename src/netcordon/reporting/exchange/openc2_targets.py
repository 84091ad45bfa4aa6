"""Targets of OpenC2: whether their values are what their type says."""

from __future__ import annotations

import ipaddress
import re
from typing import Any

from netcordon.model.wellformed import is_domain
from netcordon.reporting.exchange import openc2_words as words
from netcordon.reporting.exchange.inspector import Inspector, shown

_MAC = r"([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}"
_ANY_OF = {
    "device": ("hostname", "idn_hostname", "device_id"),
    "file": ("name", "path", "hashes"),
    "process": ("pid", "name", "cwd", "executable", "parent", "command_line"),
    "artifact": ("mime_type", "payload", "hashes"),
}
"""Target that is a record -> its fields, at least one of which must be said."""


def check_target(inspector: Inspector, name: str, value: Any, place: str) -> None:
    """A target's value by its name; targets of unknown profiles are passed over."""
    if name in ("ipv4_net", "ipv6_net"):
        _net(inspector, value, place, int(name[3]))
    elif name in ("ipv4_connection", "ipv6_connection"):
        _connection(inspector, value, place, int(name[3]))
    elif name in ("pf:advanced_connection", "pf:adv_connection"):
        _some(inspector, value, place)
    elif name == "domain_name":
        text = inspector.text(value, place)
        if text is not None and not is_domain(text.lower().rstrip(".")):
            inspector.say(place, f"{shown(text)} is no domain name")
    elif name == "features":
        _features(inspector, value, place)
    elif name in _ANY_OF:
        table = _some(inspector, value, place)
        if table is not None:
            inspector.keys(table, place, (), _ANY_OF[name])
    elif name == "mac_addr":
        inspector.matches(value, place, _MAC, "MAC address")
    elif name.endswith(":rule_number"):
        inspector.whole(value, place, 1, (1 << 63) - 1)
    elif name in ("uri", "iri"):
        inspector.matches(value, place, r"[A-Za-z][A-Za-z0-9+.-]*:\S+", "URI")


def _net(inspector: Inspector, value: object, place: str, version: int) -> None:
    text = inspector.text(value, place)
    if text is None:
        return
    try:
        network = ipaddress.ip_network(text)
    except ValueError:
        inspector.say(place, f"{shown(text)} is no IPv{version} network with its host bits zero")
        return
    if network.version != version:
        inspector.say(place, f"{shown(text)} is IPv{network.version}, not IPv{version}")


def _connection(inspector: Inspector, value: object, place: str, version: int) -> None:
    table = _some(inspector, value, place)
    if table is None:
        return
    inspector.keys(table, place, (), ("protocol", "src_addr", "src_port", "dst_addr", "dst_port"))
    for key in ("src_addr", "dst_addr"):
        if key in table:
            _net(inspector, table[key], f"{place}.{key}", version)
    if "protocol" in table:
        inspector.one_of(table["protocol"], f"{place}.protocol", words.PROTOCOLS)
    for key in ("src_port", "dst_port"):
        if key in table:
            inspector.whole(table[key], f"{place}.{key}", 0, 65_535)
            if "protocol" not in table:
                inspector.say(f"{place}.{key}", "a port needs a protocol")


def _some(inspector: Inspector, value: object, place: str) -> dict[str, Any] | None:
    table = inspector.table(value, place)
    if table is not None and not table:
        inspector.say(place, "is empty: it would mean everything")
        return None
    return dict(table) if table is not None else None


def _features(inspector: Inspector, value: object, place: str) -> None:
    if value == []:  # a question whether anybody is there
        return
    for number, each in enumerate(inspector.listing(value, place) or ()):
        if isinstance(each, str) and re.fullmatch(r"[a-z0-9_-]+:\S+", each):
            continue
        inspector.one_of(each, f"{place}[{number}]", words.FEATURES)
