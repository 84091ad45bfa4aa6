"""Name servers: BIND and Infoblox, Unbound, dnsmasq and Pi-hole, Windows DNS (debug log).

Sources: BIND 9 ARM, "Query logging"; unbound.conf, ``log-queries`` and ``log-replies``; dnsmasq,
``log-queries``; Microsoft, "DNS logging and diagnostics", packet format without details.
"""

from __future__ import annotations

import re

from netcordon.ingest.messages.events import Event, Value, port, whole
from netcordon.ingest.messages.log import Found, Message, Reader

_IP = r"[0-9A-Fa-f:.]{2,45}"
_BIND_TIME = re.compile(r"(?P<time>\d{1,2}-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d(?:\.\d{1,6})?) ")
_BIND = re.compile(
    rf"client (?:@0x[0-9a-f]{{1,16}} )?(?P<src>{_IP})(?:%\w{{1,16}})?#(?P<port>\d{{1,5}})"
    r"(?: \([^)]{1,1100}\))?: (?:view [^:]{1,128}: )?(?P<kind>query|answer|response): "
    r"(?P<name>\S{1,1100}) \w{1,8} (?P<type>[\w-]{1,16}) (?P<flags>[+-]\S{0,24})?"
    rf" ?\((?P<dst>{_IP})\)(?: -> (?P<rcode>\w{{1,16}}))?",
    re.ASCII,
)
_INFOBLOX = re.compile(
    rf"client (?:@0x[0-9a-f]{{1,16}} )?(?P<src>{_IP})#(?P<port>\d{{1,5}}): (?:view \S{{1,64}}: )?"
    r"(?P<proto>UDP|TCP): query: (?P<name>\S{1,1100}) IN (?P<type>[\w-]{1,16}) "
    r"response: (?P<rcode>[A-Z]{2,12}) (?P<flags>[+-][A-Z]{0,8})(?P<answers>.{0,8192})$",
    re.ASCII | re.S,
)
_ANSWER = re.compile(
    r"(?<!\S)\S{1,1100} \d{1,10} IN (?P<type>[A-Z0-9]{1,10}) (?P<data>[^;]{1,512});", re.ASCII
)
_POLICY = re.compile(
    rf"client (?:@0x[0-9a-f]{{1,16}} )?(?P<src>{_IP})#(?P<port>\d{{1,5}}) \([^)]{{1,1100}}\): "
    r"(?:view [^:]{1,128}: )?rpz (?P<kind>[\w-]{1,16}) (?P<what>[\w-]{1,16}) rewrite "
    r"(?P<name>[^/\s]{1,1100})/(?P<type>[\w-]{1,16})/IN(?: via (?P<zone>\S{1,1100}))?",
    re.ASCII,
)
_OWN_WORDS = re.compile(
    r"(?:[\w-]{1,24}: (?:info|notice|warning|error|debug \d+): )?(?:zone |transfer of |rpz: |"
    r"validating |managed-keys|timed out resolving|success resolving|network unreachable resolving|"
    r"host unreachable resolving|lame server resolving|(?:FORMERR|SERVFAIL|REFUSED|"
    r"NXDOMAIN|unexpected RCODE \([A-Z]+\)) resolving|client .{1,128}: query failed|"
    r"received control channel)"
)
_MOST_ANSWERS = 32
_UNBOUND = re.compile(
    rf"(?:\[(?P<epoch>\d{{9,11}})\] unbound\[[\d:]{{1,24}}\] )?"
    r"(?:(?:info|reply|query): ){1,2}"
    rf"(?P<src>{_IP})(?:@(?P<port>\d{{1,5}}))? (?P<name>\S{{1,1100}}) "
    r"(?P<type>[A-Z][A-Z0-9-]{0,15}) IN"
    r"(?: (?P<rcode>[A-Z]{2,12}) [\d.]{1,16} \d (?P<bytes>\d{1,6}))?",
    re.ASCII,
)
_DNSMASQ = re.compile(
    rf"(?:\d{{1,12}} {_IP}/\d{{1,5}} )?(?:(?P<query>query)\[(?P<type>[\w=-]{{1,16}})\] "
    rf"(?P<name>\S{{1,1100}}) from (?P<src>{_IP})"
    r"|(?P<other>reply|cached|config|forwarded|gravity blocked|exactly blocked|regex blocked|"
    r"/etc/\S{1,200}|DHCP|special domain|blocked upstream|validation|"
    r"dnssec-\S{1,32})\b .{0,2200})$",
    re.ASCII,
)
_WINDOWS = re.compile(
    rf"(?P<time>\S{{8,10}} \d{{1,2}}:\d\d:\d\d(?: [AP]M)?) +[0-9A-F]{{3,8}} PACKET +"
    rf"[0-9A-Fa-f]{{8,16}} (?P<proto>UDP|TCP) (?P<way>Rcv|Snd) (?P<peer>{_IP}) +"
    r"(?P<id>[0-9a-f]{4}) (?P<answer>[R ]) (?P<opcode>[QNU?]) \[(?P<flags>[0-9a-f]{4}) "
    r"(?P<letters>[ATDR ]{0,8})\s*(?P<rcode>[A-Z]{2,12})\] +(?P<type>\w{1,16}) +"
    r"(?P<name>\S{1,1100})",
    re.ASCII,
)
_LABEL = re.compile(r"\(\d{1,2}\)")
_LONGEST = 8192
_TYPE_NUMBER = re.compile(r"type=(\d{1,5})")


def _event(message: Message, when: str, told: dict[str, Value]) -> Event:
    name = str(told.pop("name") or "").rstrip(".")
    shared: dict[str, Value] = {
        "time": message.time(when),
        "dst_port": 53,
        "service": "dns",
        "query": name.lower() or ".",
        "query_bytes": len(name) + 2 if name else 1,
    }
    return Event("dns_activity", shared | told)


def _bind(message: Message) -> Found:
    text = message.text[:_LONGEST]
    found = _BIND.search(text) if "client" in text else None
    own = _BIND_TIME.match(text)
    when = own["time"] if own else ""
    if found is None:
        return _bind_others(message, text, when)
    flags = found["flags"] or ""
    told: dict[str, Value] = {
        "name": found["name"],
        "src_ip": found["src"],
        "src_port": port(found["port"]),
        "dst_ip": found["dst"],
        "protocol": "tcp" if "T" in flags else "udp",
        "is_response": found["kind"] != "query",
        "rcode": found["rcode"],
        "query_type": found["type"],
        "rd": flags.startswith("+") if flags else None,
    }
    return [_event(message, when, told)]


def _bind_others(message: Message, text: str, when: str) -> Found:
    """Answers as Infoblox writes them, what a policy zone rewrote, and what tells of neither."""
    if "client" in text:
        if answered := _INFOBLOX.search(text):
            answers = _ANSWER.findall(answered["answers"])[:_MOST_ANSWERS]
            told: dict[str, Value] = {
                "name": answered["name"], "src_ip": answered["src"],
                "src_port": port(answered["port"]), "protocol": answered["proto"].lower(),
                "is_response": True, "rcode": answered["rcode"], "query_type": answered["type"],
                "rd": answered["flags"].startswith("+"),
                "answers": [data.strip() for _, data in answers] or None,
                "answer_types": [kind for kind, _ in answers] or None,
            }  # fmt: skip
            return [_event(message, when, told)]
        if rewritten := _POLICY.search(text):
            return [_rewritten(message, when, rewritten)]
    bare = text[len(when) :].lstrip()
    is_own = message.envelope.tag.startswith("named") or _OWN_WORDS.match(bare)
    return [] if is_own else None


def _rewritten(message: Message, when: str, found: re.Match[str]) -> Event:
    return Event(
        "detection_finding",
        {
            "time": message.time(when), "src_ip": found["src"], "src_port": port(found["port"]),
            "dst_port": 53, "service": "dns", "product": "bind", "kind": "alert",
            "title": f"response policy zone: {found['kind']} {found['what']}",
            "category": "rpz", "rule_id": found["zone"], "action": found["what"].lower(),
            "observable": found["name"].rstrip("."), "count": 1,
            "reporter": message.envelope.host, "is_from_src": True,
        },
    )  # fmt: skip


def _unbound(message: Message) -> Found:
    text = message.text[:_LONGEST]
    if " IN" not in text:
        return None
    found = _UNBOUND.match(text)
    if found is None:
        return None
    told: dict[str, Value] = {
        "name": found["name"],
        "src_ip": found["src"],
        "src_port": port(found["port"]),
        "is_response": found["rcode"] is not None,
        "rcode": found["rcode"],
        "query_type": found["type"],
        "message_bytes": whole(found["bytes"]),
    }
    return [_event(message, found["epoch"] or "", told)]


def _dnsmasq(message: Message) -> Found:
    if not message.envelope.tag.startswith(("dnsmasq", "pihole-FTL")):
        return None
    found = _DNSMASQ.match(message.text[:_LONGEST].rstrip())
    if found is None:
        return None
    if found["query"] is None:
        return "an answer of dnsmasq, which names no client"
    type_ = _TYPE_NUMBER.sub(r"TYPE\1", found["type"])
    told: dict[str, Value] = {
        "name": found["name"], "src_ip": found["src"], "is_response": False, "query_type": type_,
    }  # fmt: skip
    return [_event(message, "", told)]


def _windows(message: Message) -> Found:
    text = message.text[:_LONGEST]
    if " PACKET " not in text:
        return None
    found = _WINDOWS.match(text)
    if found is None:
        return None
    is_response = found["answer"] == "R"
    # What the server asks others itself: its question is sent, the answer to it received.
    if (found["way"] == "Snd") != is_response:
        return "a lookup of the Windows server itself"
    letters = found["letters"]
    told: dict[str, Value] = {
        "name": _LABEL.sub(".", found["name"]).strip("."),
        "src_ip": found["peer"],
        "protocol": found["proto"].lower(),
        "transaction_id": int(found["id"], 16),
        "is_response": is_response,
        "rcode": found["rcode"] if is_response else None,
        "query_type": found["type"],
        "aa": "A" in letters, "tc": "T" in letters, "rd": "D" in letters, "ra": "R" in letters,
    }  # fmt: skip
    return [_event(message, found["time"], told)]


BIND = Reader("bind", _bind)
UNBOUND = Reader("unbound", _unbound)
DNSMASQ = Reader("dnsmasq", _dnsmasq)
WINDOWS_DNS = Reader("windows_dns", _windows)
