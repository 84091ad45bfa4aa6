"""F5 BIG-IP: APM (who came in, which packets its lists met), ASM in its text form, audit.

Sources: "BIG-IP APM: Log Messages" (0149xxxx, 0158xxxx), ASM "SECEV" lines, AUDIT of tmsh and GUI.
APM names address and user in different messages of a session; a row says what its message says.
"""

from __future__ import annotations

import re

from netcordon.ingest.messages.accounts import call, login
from netcordon.ingest.messages.events import Event, port
from netcordon.ingest.messages.flows import disposition, flow, protocol
from netcordon.ingest.messages.log import Found, Message, Reader

_ID = re.compile(r"(?:[\w.]{1,32}\[\d+\]: )?(?P<id>0[01]\d{6}):\d: ?(?P<rest>.*)$", re.ASCII | re.S)
_SESSION = re.compile(r"\s*/[\w./-]{1,128}:[\w.-]{1,64}:[0-9a-f]{4,16}: (?P<rest>.*)$", re.A | re.S)
_IP = r"[0-9A-Fa-f.:]{3,45}"
_PACKET = re.compile(
    rf"(?P<act>allow|reject|discard|deny) ACL: \S{{1,160}} packet: (?P<proto>\w{{1,8}}) "
    rf"(?P<a>{_IP}):(?P<ap>\d+) -> (?P<b>{_IP}):(?P<bp>\d+)",
    re.ASCII,
)
_AUTH = re.compile(r"authenticat(?:e|ion) with '(?P<user>[^']{1,256})'(?P<rest>.{0,200})", re.I)
_ASSIGNED = re.compile(
    rf"Assigned PPP (?:Dynamic )?IPv4: {_IP} .{{0,160}}Client IP: (?P<peer>{_IP})", re.ASCII
)
_AUDIT = re.compile(
    r"AUDIT - (?:pid=\d+ )?user[= ](?P<user>\S{1,128}?)[, ].{0,160}?"
    r"(?:status=\[(?P<status>[^\]]{1,64})\] )?cmd_data=(?P<command>.{1,1024})",
    re.ASCII,
)
_SECEV = re.compile(
    rf"\[SECEV\] Request violations: (?P<what>.{{1,200}}?)\. .{{0,2000}}?source ip: (?P<a>{_IP}), "
    rf".{{0,200}}?source port: (?P<ap>\d+), destination ip: (?P<b>{_IP}), destination port: "
    rf"(?P<bp>\d+),.{{0,400}}?(?:request: <(?P<request>.{{1,1024}}))?$",
    re.ASCII | re.S,
)
_BAD = re.compile(r"fail|invalid|denied|incorrect|locked", re.IGNORECASE)


def _read(message: Message) -> Found:
    text = message.text[:16384]
    if raised := _SECEV.search(text):
        return [_finding(message, raised)]
    if audit := _AUDIT.search(text):
        bad = audit["status"] is not None and "OK" not in audit["status"]
        return [
            call(
                message, "f5", "command", account=audit["user"], object_=audit["command"],
                outcome="failure" if bad else "success",
            )
        ]  # fmt: skip
    known = _ID.match(text)
    rest = known["rest"] if known else text
    session = _SESSION.match(rest)
    if session is None:
        return [] if known else None
    rest = session["rest"]
    if packet := _PACKET.search(rest):
        ends = (packet["a"], port(packet["ap"]), packet["b"], port(packet["bp"]))
        outcome = disposition(packet["act"])
        return [flow(start=message.time(), ends=ends, protocol=protocol(packet["proto"]),
                     outcome=outcome)]  # fmt: skip
    if given := _ASSIGNED.search(rest):
        return [login(message, "f5", "success", service="vpn", source=given["peer"])]
    tried = _AUTH.search(rest)
    if tried is None:
        return []
    bad = _BAD.search(tried["rest"]) is not None
    return [
        login(
            message, "f5", "failure" if bad else "success", service="vpn", account=tried["user"],
            method=rest.partition(" ")[0].lower(), why=tried["rest"].strip(" :.") if bad else None,
        )
    ]  # fmt: skip


def _finding(message: Message, raised: re.Match[str]) -> Event:
    return Event(
        "detection_finding",
        {
            "time": message.time(), "src_ip": raised["a"], "src_port": port(raised["ap"]),
            "dst_ip": raised["b"], "dst_port": port(raised["bp"]), "protocol": "tcp",
            "product": "f5", "kind": "alert", "title": raised["what"], "category": "asm",
            "observable": (raised["request"] or "").partition(" HTTP/")[0][:512] or None,
            "count": 1, "reporter": message.envelope.host, "is_from_src": True,
        },
    )  # fmt: skip


F5 = Reader("f5", _read)
