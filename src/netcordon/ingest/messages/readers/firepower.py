"""Firepower Threat Defense: connections (430002 begun, 430003 ended), intrusions, files.

Source: "Cisco Secure Firewall Threat Defense Syslog Messages", security events: ``Name: value``
between commas.
"""

from __future__ import annotations

import re
from itertools import islice

from netcordon.ingest.messages.accounts import identity, present
from netcordon.ingest.messages.events import Event, port, whole
from netcordon.ingest.messages.flows import disposition, flow, protocol
from netcordon.ingest.messages.log import Message
from netcordon.ingest.messages.requests import request

_NAME = re.compile(r"(?:^|, )(\w{1,48}): ", re.ASCII)
_MOST_NAMES = 128
_SERVICES = {"https": "tls", "ssl": "tls", "ssl client": "tls"}


def _fields(body: str) -> dict[str, str]:
    names = list(islice(_NAME.finditer(body), _MOST_NAMES))
    ends = [*(name.start() for name in names[1:]), len(body)][: len(names)]
    told: dict[str, str] = {}
    for name, end in zip(names, ends, strict=True):
        told.setdefault(name[1], body[name.end() : end].strip())
    return told


def connection(message: Message, body: str, number: str) -> list[Event] | str:
    """A connection; its beginning is replaced by its end where the log holds both.

    What was asked of a name server or a web server in it makes rows of its own, at its end.
    """
    told = _fields(body)
    if "SrcIP" not in told or "DstIP" not in told:
        return "a connection without both ends"
    action = told.get("AccessControlRuleAction", "")
    outcome = "rejected" if "reset" in action.lower() else disposition(action.partition(" ")[0])
    service = told.get("ApplicationProtocol", "").lower()
    session = told.get("ConnectionID", "")
    time = message.time(told.get("FirstPacketSecond", ""))
    found = flow(
        start=time,
        duration_s=whole(told.get("ConnectionDuration")),
        ends=(
            told["SrcIP"], port(told.get("SrcPort")), told["DstIP"], port(told.get("DstPort")),
        ),
        protocol=protocol(told.get("Protocol")),
        outcome=outcome,
        octets=(whole(told.get("InitiatorBytes")), whole(told.get("ResponderBytes"))),
        packets=(whole(told.get("InitiatorPackets")), whole(told.get("ResponderPackets"))),
        service=_SERVICES.get(service, service) or None,
        session=f"{told.get('DeviceUUID', '')} {told.get('InstanceID', '')} {session}"
        if session
        else "",
        is_begin=number == "430002",
    )  # fmt: skip
    whom = identity(time, "firewall", ip=told["SrcIP"], user=_user(told.get("User")))
    asked = _asked(time, told) if number == "430003" else []
    return present(found, whom, *asked)


def _user(text: str | None) -> str | None:
    """A person; the system writes words where nobody logged in."""
    return None if text in ("Unknown", "No Authentication Required", "Not Found") else text


def _asked(time: int | None, told: dict[str, str]) -> list[Event]:
    found: list[Event] = []
    if name := told.get("DNSQuery", "").rstrip("."):
        kind = told.get("DNSRecordType", "").upper()
        found.append(
            Event(
                "dns_activity",
                {
                    "time": time, "src_ip": told["SrcIP"], "src_port": port(told.get("SrcPort")),
                    "dst_ip": told["DstIP"], "dst_port": port(told.get("DstPort")),
                    "protocol": protocol(told.get("Protocol")), "service": "dns",
                    "query": name.lower(), "is_response": False,
                    "query_type": kind if kind.isalnum() and len(kind) < 12 else None,
                },
            )
        )  # fmt: skip
    if url := told.get("URL"):
        ends = (told["SrcIP"], told.get("SrcPort"), told["DstIP"], told.get("DstPort"))
        found.append(
            request(
                time, url=url, ends=ends, agent=told.get("UserAgent"),
                status=told.get("HTTPResponse"), referrer=told.get("HTTPReferer"),
                account=_user(told.get("User")),
            )
        )  # fmt: skip
    return found


_KINDS = {"430001": "intrusion", "430004": "file", "430005": "malware"}
_PRIORITIES = {"High": 4, "Medium": 3, "Low": 2}


def inspected(message: Message, body: str, number: str) -> list[Event] | str:
    """What inspection raised: an intrusion (430001), a file (430004), malware (430005)."""
    told = _fields(body)
    if "SrcIP" not in told or "DstIP" not in told:
        return "a finding without both ends"
    kind = _KINDS[number]
    title = told.get("Message") or told.get("ThreatName") or told.get("FileName") or kind
    if number == "430004" and told.get("SHA_Disposition") != "Malware":
        return []  # a file that nothing was said against
    return [
        Event(
            "detection_finding",
            {
                "time": message.time(told.get("FirstPacketSecond", "")),
                "src_ip": told["SrcIP"], "src_port": port(told.get("SrcPort")),
                "dst_ip": told["DstIP"], "dst_port": port(told.get("DstPort")),
                "protocol": protocol(told.get("Protocol")),
                "product": "firepower", "kind": "alert",
                "rule_id": told.get("SID") or None,
                "title": title.strip('"'),
                "category": told.get("Classification") or kind,
                "severity": told.get("Priority"),
                "severity_id": _PRIORITIES.get(told.get("Priority", "")),
                "action": told.get("InlineResult") or told.get("FileAction"),
                "account": _user(told.get("User")),
                "observable": told.get("URI") or told.get("FileSHA256"),
                "count": 1, "reporter": message.envelope.host, "is_from_src": True,
            },
        )
    ]  # fmt: skip
