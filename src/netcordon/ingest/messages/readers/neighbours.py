"""Tables of neighbours that commands print: which Ethernet address has which address.

``arp -a`` (Linux, BSD, macOS, Windows), ``arp -n``, ``ip neigh``, ``show ip arp`` (IOS, NX-OS),
``show arp`` (ASA, Junos, PAN-OS), ``get system arp`` (FortiOS). They carry no time: a line stands
at the time at which its file was written.
"""

from __future__ import annotations

import re

from netcordon.ingest.messages.accounts import identity, present
from netcordon.ingest.messages.log import Found, Message, Reader

_IP4 = r"(?P<ip>\d{1,3}(?:\.\d{1,3}){3})"
_IP = r"(?P<ip>\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7})"
_MAC = (
    r"(?P<mac>[0-9A-Fa-f]{1,2}(?::[0-9A-Fa-f]{1,2}){5}|[0-9A-Fa-f]{2}(?:-[0-9A-Fa-f]{2}){5}|"
    r"[0-9A-Fa-f]{4}(?:\.[0-9A-Fa-f]{4}){2})"
)
_SHAPES = tuple(
    re.compile(shape, re.ASCII)
    for shape in (
        rf"(?P<name>[\w?.-]{{1,253}}) \({_IP4}\) at {_MAC}(?: \[\w{{1,16}}\])? on \S{{1,32}}"
        r".{0,64}$",
        rf"\s+{_IP4}\s+{_MAC}\s+(?:dynamic|static|dynamisch|statisch|dynamique|statique)\s*$",
        rf"(?:{_IP4}|(?P<name>[\w.-]{{1,253}}))\s+ether\s+{_MAC}\s+[CMP]{{1,3}}\s+\S{{1,32}}\s*$",
        rf"{_IP} dev \S{{1,32}} lladdr {_MAC}(?: router)?(?: (?:ref|used|probes) \S{{1,32}})* "
        r"(?:REACHABLE|STALE|DELAY|PROBE|PERMANENT|NOARP)\s*$",
        rf"Internet\s+{_IP4}\s+(?:\d{{1,8}}|-)\s+{_MAC}\s+ARPA(?:\s+\S{{1,32}})?\s*$",
        rf"{_IP4}\s+(?:\d\d:\d\d:\d\d|-|\dd\dh)\s+{_MAC}\s+\S{{1,32}}(?:\s+\S{{1,8}})?\s*$",
        rf"\s*[\w.-]{{1,48}} {_IP4} {_MAC} (?:\d{{1,8}}|-)\s*$",
        rf"{_MAC}\s+{_IP4}\s+(?P<name>[\w.-]{{1,253}})\s+\S{{1,48}}\s+\w{{1,16}}\s*$",
        rf"(?:ethernet|ae|vlan|management)\S{{0,24}}\s+{_IP4}\s+{_MAC}\s+\S{{1,32}}\s+"
        r"[a-z ]{1,4}\s+\d+\s*$",
        rf"{_IP4}\s+\d{{1,8}}\s+{_MAC}\s+\S{{1,32}}\s*$",
    )
)
_HEADERS = re.compile(
    r"(?:Protocol\s+Address|Address\s+(?:Age|HWtype|MAC)|Interface: \d|\s+Internet Address|"
    r"\s+(?:Internetadresse|Adresse Internet)|MAC Address\s+Address|IP ARP Table|"
    r"interface\s+ip address|Flags: |Total number|"
    r"\S{1,253} \(\d{1,3}(?:\.\d{1,3}){3}\) at \(?<?incomplete|"
    r"\S{3,45} dev \S{1,32}\s+(?:FAILED|INCOMPLETE)|Internet\s+\S{7,15}\s+\d+\s+Incomplete)"
)
_GROUP = re.compile(r"(?:2[2-4]\d|25[0-5]|0)\.|255\.|ff0|FF0")


def _read(message: Message) -> Found:
    text = message.line[:512]
    if _HEADERS.match(text):
        return []
    found = next((match for shape in _SHAPES if (match := shape.match(text))), None)
    if found is None:
        return None
    told = found.groupdict()
    ip, name, mac = told.get("ip"), told.get("name"), told["mac"]
    if ":" in mac:  # BSD leaves leading zeros out
        mac = ":".join(part.zfill(2) for part in mac.split(":"))
    if ip is not None and _GROUP.match(ip):
        return []  # Windows lists groups and broadcast too
    return present(
        identity(
            message.clock.when_written(), "arp", ip=ip, mac=mac,
            host_name=None if name == "?" else name,
        )
    )  # fmt: skip


NEIGHBOURS = Reader("neighbours", _read)
