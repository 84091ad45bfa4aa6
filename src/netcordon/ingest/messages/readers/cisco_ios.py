"""Cisco IOS, IOS XE and NX-OS: access lists, the zone firewall, logins, commands, layer 2 defences.

Source: "Cisco IOS XE System Message Guide": ``%FACILITY-SEVERITY-MNEMONIC: text``, whatever a stack
or a process puts before the text.
"""

from __future__ import annotations

import re

from netcordon.ingest.messages.accounts import call, ethernet, login, said
from netcordon.ingest.messages.events import Event, port, whole
from netcordon.ingest.messages.flows import flow, protocol
from netcordon.ingest.messages.log import Found, Message, Reader

_ID = re.compile(
    r"(?:(?P<time>[A-Z][a-z]{2} [ \d]?\d (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d{1,6})?)"
    r"(?: (?P<zone>[A-Z]{2,5}))?: )?"
    r"%(?P<facility>[A-Z][A-Z0-9_]{1,31})-(?:[A-Z][A-Z0-9_]{0,31}-)?(?P<severity>[0-7])-"
    r"(?P<name>[A-Z][A-Z0-9_]{1,63}): ?",
    re.ASCII,
)
_IP = r"[0-9A-Fa-f:.]{2,45}"
_PEER = r"(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7})"
_MAC = r"[0-9a-fA-F]{4}\.[0-9a-fA-F]{4}\.[0-9a-fA-F]{4}"
_LIST = re.compile(
    rf"(?P<act>permitted|denied) (?P<proto>[\w-]{{1,16}}) (?P<a>{_IP})(?:\((?P<ap>\d+)\))?"
    rf".{{0,80}}?-> ?(?P<b>{_IP}) ?(?:\((?P<bp>\d+)(?:/\d+)?\))?, (?P<count>\d{{1,12}}) packet",
    re.ASCII,
)
_ZONE_DROP = re.compile(
    rf"Dropping (?P<proto>[\w-]{{1,32}}) (?:session|pkt|packet) (?:from \S{{1,64}} )?"
    rf"(?P<a>{_IP}):(?P<ap>\d+) (?:=> ?)?(?P<b>{_IP}):(?P<bp>\d+)",
    re.ASCII,
)
_ZONE_AUDIT = re.compile(
    rf"(?P<what>Start|Stop) (?P<proto>[\w-]{{1,32}}) session: initiator "
    rf"\((?P<a>{_IP}):(?P<ap>\d+)\)"
    rf"(?: sent (?P<out>\d+) bytes)? -- responder \((?P<b>{_IP}):(?P<bp>\d+)\)"
    r"(?: sent (?P<back>\d+) bytes)?",
    re.ASCII,
)
_USER = re.compile(
    r"\b(?:[Uu]ser(?:name)?(?: ?[:=] ?| )|by user |(?:by|as) (?=\S{1,64} on (?:vty|console|tty)))"
    r"['\"]?(?P<user>[^'\"\]\s,]{1,128})",
    re.ASCII,
)
_FROM = re.compile(
    rf"(?:\[Source: |from (?:host )?|on (?:vty|tty)\d{{1,4}} \(|session \d{{1,4}} ?\()"
    rf"(?P<ip>{_PEER})(?::(?P<port>\d{{1,5}}))?(?=[\s\]),.]|$)",
    re.ASCII,
)
_LOCAL = re.compile(r"\[localport: (?P<port>\d{1,5})\]", re.ASCII)
_WHY = re.compile(r"\[Reason: (?P<why>[^\]]{1,200})\]")
_COMMAND = re.compile(r"(?:logged command:|Command: )(?P<command>.{1,1024}?)(?: <cr>)?\s*$", re.S)
_CLIENT = re.compile(rf"client \((?P<mac>{_MAC})\)", re.ASCII)
_PAIR = re.compile(rf"(?P<mac>{_MAC})/(?P<ip>{_IP})/", re.ASCII)
_DUPLICATE = re.compile(rf"address (?P<ip>{_IP}) on .{{0,80}}sourced by (?P<mac>{_MAC})", re.ASCII)
_ANY_MAC = re.compile(_MAC, re.ASCII)
_LOGINS = re.compile(
    r"LOGIN_(?:SUCCESS|FAILED|PASSED)|SSH2?_USERAUTH|AUTH(?:ENTICATION)?_(?:PASSED|FAILED)"
)
_FAILED = re.compile(r"fail|denied|unsuccess", re.IGNORECASE)
_DEFENCES = re.compile(
    r"PSECURE_VIOLATION|DHCP_SNOOPING|INVALID_ARP|PACKET_RATE|DUPADDR|MACFLAP|BPDUGUARD|"
    r"STORM_CONTROL|ROOTGUARD|ERR_DISABLE|SCANNING|IPSOURCEGUARD"
)
_LONGEST = 4096


def _read(message: Message) -> Found:
    text = message.text[:_LONGEST]
    if "%" not in text:
        return None
    found = _ID.search(text)
    if found is None:
        return None
    body, name = text[found.end() :], found["name"]
    time = message.time(found["time"] or "", found["zone"] or "")
    if "ACCESSLOG" in name:
        listed = _LIST.search(body)
        return [_listed(time, listed)] if listed else "a list entry without both ends"
    if found["facility"] in ("FW", "IOSXE_FW", "FMANFP"):
        return _firewall(message, time, body)
    if _LOGINS.search(name):
        return _login(message, time, name, body)
    if name.startswith(("CONFIG_", "CFGLOG_", "ACCTLOCAL", "CMD_")):
        return _change(message, time, name, body)
    if (client := _CLIENT.search(body)) and found["facility"] in (
        "AUTHMGR", "DOT1X", "MAB", "SESSION_MGR", "AUTHMGR_SPI", "WEBAUTH",
    ):  # fmt: skip
        failed = _FAILED.search(body) is not None
        if not failed and "succe" not in body.lower():
            return []
        return [
            login(
                message, "cisco_ios", "failure" if failed else "success", time=time,
                service="network", workstation=ethernet(client["mac"]),
                method=found["facility"].lower(), why=body if failed else None,
            )
        ]  # fmt: skip
    if _DEFENCES.search(f"{found['facility']}_{name}"):
        return [_defence(message, time, found, body)]
    return []


def _ends(m: re.Match[str]) -> tuple[str, int | None, str, int | None]:
    return m["a"], port(m["ap"]), m["b"], port(m["bp"])


def _listed(time: int | None, m: re.Match[str]) -> Event:
    outcome = "dropped" if m["act"] == "denied" else "allowed"
    return flow(
        start=time, ends=_ends(m), protocol=protocol(m["proto"]), outcome=outcome,
        packets=(whole(m["count"]), None),
    )  # fmt: skip


def _firewall(message: Message, time: int | None, body: str) -> Found:
    if dropped := _ZONE_DROP.search(body):
        return [
            flow(start=time, ends=_ends(dropped), protocol=_transport(dropped), outcome="dropped")
        ]
    audited = _ZONE_AUDIT.search(body)
    if audited is None:
        return []
    ends = _ends(audited)
    name = f"{message.envelope.host} {ends[0]} {ends[1]} {ends[2]} {ends[3]}"
    return [
        flow(
            start=time, ends=ends, protocol=_transport(audited), outcome="allowed",
            octets=(whole(audited["out"]), whole(audited["back"])), session=name,
            is_begin=audited["what"] == "Start",
        )
    ]  # fmt: skip


def _transport(m: re.Match[str]) -> str | None:
    """The zone firewall names the application where it knows one; those run over TCP but few."""
    name = m["proto"].lower()
    if name in ("tcp", "udp", "icmp"):
        return name
    return "udp" if name in ("dns", "ntp", "snmp", "tftp", "syslog", "dhcp") else "tcp"


def _login(message: Message, time: int | None, name: str, body: str) -> Found:
    failed = _FAILED.search(name) or _FAILED.search(body)
    user, place, why = _USER.search(body), _FROM.search(body), _WHY.search(body)
    local = _LOCAL.search(body)
    return [
        login(
            message, "cisco_ios", "failure" if failed else "success", time=time,
            service="ssh" if "SSH" in name or (local and local["port"] == "22") else "admin",
            source=place["ip"] if place else None, source_port=place["port"] if place else None,
            account=user["user"] if user else None, why=why["why"] if why else None,
        )
    ]  # fmt: skip


def _change(message: Message, time: int | None, name: str, body: str) -> Found:
    user, place, command = _USER.search(body), _FROM.search(body), _COMMAND.search(body)
    return [
        call(
            message, "cisco_ios", name, time=time, source=place["ip"] if place else None,
            account=user["user"] if user else None, outcome="success",
            object_=command["command"] if command else body,
        )
    ]  # fmt: skip


def _defence(message: Message, time: int | None, found: re.Match[str], body: str) -> Event:
    """What a switch saw and stopped: an address twice, a forged ARP, a port that may not be."""
    who = _PAIR.search(body) or _DUPLICATE.search(body)
    # The sender is named last where two are: what a packet claims stands before it.
    macs = _ANY_MAC.findall(body)[:8]
    return Event(
        "detection_finding",
        {
            "time": time,
            "src_ip": said(who["ip"]) if who else None,
            "product": "cisco_ios",
            "kind": "notice",
            "rule_id": f"{found['facility']}-{found['name']}",
            "title": body.strip()[:200],
            "category": found["facility"].lower(),
            "severity": found["severity"],
            "message": body.strip()[:1024],
            "observable": ethernet(macs[-1] if "MAC sa" in body else macs[0]) if macs else None,
            "count": 1,
            "reporter": message.envelope.host,
            "is_from_src": True,
        },
    )


CISCO_IOS = Reader("cisco_ios", _read)
