"""Citrix (NetScaler) ADC and Gateway: logins, tunnels, commands, TLS and connections.

Source: "NetScaler Log Messages": time, device, engine, partition, module, event, ids, then
``Name value`` between dashes. The date is written in three orders, by configuration.
"""

from __future__ import annotations

import re
from itertools import islice

from netcordon.ingest.messages.accounts import call, login, present, said
from netcordon.ingest.messages.events import Event, port
from netcordon.ingest.messages.flows import flow
from netcordon.ingest.messages.log import Found, Message, Reader
from netcordon.ingest.messages.requests import request

_HEAD = re.compile(
    r'"?\s*(?P<date>\d{1,4}/\d{1,2}/\d{1,4}):(?P<clock>\d\d:\d\d:\d\d) +(?P<zone>GMT )?'
    r"(?:(?P<host>[\w.-]{1,64}) +)?\d+-PPE-\d+ : +\w{1,32} (?P<module>[A-Z]{2,16}) "
    r"(?P<event>\w{2,48}) (?P<id>\d{1,20}) \d+ : +(?P<body>.*)$",
    re.ASCII | re.S,
)
_PART = re.compile(r" +- +|\s*$")
_NAME = re.compile(r"(?P<name>[A-Z][A-Za-z]{1,31}(?:_[A-Za-z]{1,24})*):? +(?P<value>.*)$", re.S)
_REJECTED = re.compile(
    r"rejected for (?P<user>\S{1,256}) \(client ip : (?P<ip>[0-9A-Fa-f.:]{3,45})"
    r"(?:\s*, vserver ip: (?P<dst>[0-9A-Fa-f.:]{3,45}))?",
    re.ASCII,
)
_ASKED = re.compile(
    r"- (?P<host>[\w.-]{1,253}) User .{0,512}?: "
    r"(?P<method>GET|POST|HEAD|PUT|DELETE|OPTIONS|PATCH|CONNECT) (?P<url>\S{1,4096})",
    re.ASCII,
)
_CONTEXT = re.compile(r"Context (?P<user>[^@\s]{1,256})@(?P<ip>[0-9A-Fa-f.:]{3,45})", re.ASCII)
_MOST = 64
_LONGEST = 16 << 10


def _read(message: Message) -> Found:
    text, tag = message.text[:_LONGEST], message.envelope.tag
    if tag.count("/") == 2:  # the date before the first colon looks like a program's name
        text = f"{tag}:{text}"
    head = _HEAD.match(text)
    if head is None:
        return None
    time = message.time(_date(head["date"], head["clock"]), "UTC" if head["zone"] else "")
    body, event = head["body"].replace('""', '"'), head["event"]
    told = _fields(body)
    if event in ("LOGIN_FAILED", "LOGIN", "LOGIN_SUCCESS"):
        return [_login(message, time, head, told)]
    if rejected := _REJECTED.search(body):
        return [
            login(
                message, "citrix_adc", "failure", time=time, service="vpn", source=rejected["ip"],
                account=rejected["user"], target=rejected["dst"], why="authentication rejected",
            )
        ]  # fmt: skip
    if event == "CMD_EXECUTED":
        status = told.get("Status", "")
        return [
            call(
                message, "citrix_adc", "command", time=time, service=head["module"].lower(),
                source=told.get("Remote_ip"), account=told.get("User"),
                object_=told.get("Command", "").strip('"'),
                outcome="success" if "Success" in status else "failure",
            )
        ]  # fmt: skip
    if event.startswith("SSL_HANDSHAKE"):
        return _handshake(time, event, told)
    if event == "HTTPREQUEST":
        return _request(time, body)
    if "Source" in told and "Destination" in told:
        return [_flow(time, event, told)]
    return []


def _date(date: str, clock: str) -> str:
    """Year first, or last; of the others the month stands first unless it cannot be one."""
    first, second, third = date.split("/")
    if len(first) == 4:
        return f"{first}-{second}-{third} {clock}"
    month, day = (second, first) if int(first) > 12 else (first, second)
    return f"{third}-{month}-{day} {clock}"


def _fields(body: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in islice(_PART.split(body), _MOST):
        named = _NAME.match(part)
        if named is not None:
            found.setdefault(named["name"], named["value"].strip().strip('"'))
    return found


def _login(message: Message, time: int | None, head: re.Match[str], told: dict[str, str]) -> Event:
    failed = head["event"] == "LOGIN_FAILED"
    return login(
        message, "citrix_adc", "failure" if failed else "success", time=time,
        service="vpn" if head["module"] in ("SSLVPN", "AAA", "AAATM") else "admin",
        source=told.get("Client_ip") or told.get("ClientIP"), account=told.get("User"),
        domain=head["host"], target=told.get("Vserver", "").partition(":")[0],
        why=told.get("Failure_reason") if failed else None,
        agent=told.get("Browser") or told.get("Browser_type"),
    )  # fmt: skip


def _handshake(time: int | None, event: str, told: dict[str, str]) -> Found:
    if event.endswith("FAILURE"):
        return []
    return [
        Event(
            "tls_activity",
            {
                "time": time, "src_ip": said(told.get("ClientIP")),
                "src_port": port(told.get("ClientPort")),
                "dst_ip": said(told.get("VserverServiceIP")),
                "dst_port": port(told.get("VserverServicePort")), "protocol": "tcp",
                "version": said(told.get("ClientVersion")),
                "cipher": said(told.get("CipherSuite")),
                "is_resumed": told.get("Session") == "Reuse",
            },
        )
    ]  # fmt: skip


def _request(time: int | None, body: str) -> Found:
    asked, whom = _ASKED.search(body), _CONTEXT.search(body)
    if asked is None or whom is None:
        return "a request without its URL"
    return present(
        request(
            time, url=asked["url"], host=asked["host"], method=asked["method"],
            ends=(whom["ip"], None, None, None), account=whom["user"],
        )
    )  # fmt: skip


def _flow(time: int | None, event: str, told: dict[str, str]) -> Event:
    """Octets are left out: what is sent and what received differs by module."""
    source, _, source_port = told["Source"].rpartition(":")
    target, _, target_port = told["Destination"].rpartition(":")
    return flow(
        start=time, ends=(source, port(source_port), target, port(target_port)),
        protocol="udp" if "UDP" in event else "tcp",
        outcome="dropped" if "DENIED" in event else "allowed",
    )  # fmt: skip


CITRIX_ADC = Reader("citrix_adc", _read)
