"""Barracuda CloudGen Firewall: activity between bars, threats, and logins at the box.

Source: "How to Configure Syslog Streaming" and "Firewall Activity log": severity, box, what was
done, then type, protocol, interface, source, its port and Ethernet address, target, its port,
service, interface, rule, ..., with or without names before the values.
"""

from __future__ import annotations

import re

from netcordon.ingest.messages.accounts import ethernet, login
from netcordon.ingest.messages.events import Event, port, whole
from netcordon.ingest.messages.flows import disposition, flow, protocol
from netcordon.ingest.messages.log import Found, Message, Reader

_HEAD = re.compile(
    r"\s*(?P<severity>Info|Notice|Warning|Error|Security|Fatal|Internal|Panic) +"
    r"(?P<box>[\w.-]{1,64}) +(?P<rest>.*)$",
    re.ASCII | re.S,
)
_ACTIVITY = re.compile(
    r"(?P<what>Allow|LocalAllow|Block|LocalBlock|Deny|LocalDeny|Drop|Fail|Remove|LocalRemove|Detect|"
    r"Scan): +(?P<fields>(?:type=)?\w{2,8}\|.{8,4096})$",
    re.ASCII | re.S,
)
_THREAT = re.compile(
    r"firewall: \[\w{1,16}\] (?P<what>\w{1,16}): +(?P<engine>\w{1,16}) (?P<proto>\w{1,12})\(\d+\) "
    r"(?P<src>[0-9a-fA-F:.]{3,45}?)(?::(?P<sport>\d+))? -> (?P<dst>[0-9a-fA-F:.]{3,45}?)"
    r"(?::(?P<dport>\d+))? \|\[ID: (?P<id>\d{1,12}) (?P<title>[^\]]{1,200})\]",
    re.ASCII,
)
_ACCESS = re.compile(
    r"(?:LOGIN ATTEMPT: )?.{0,64}?Login ?(?P<user>[^\s:]{0,128}) from "
    r"(?P<ip>[0-9a-fA-F:.]{3,45}) ?: (?P<what>Allowed|Denied)(?P<why>.{0,200})",
    re.ASCII,
)
_SERVICE = re.compile(
    r"Authentication Login (?P<what>\w{0,16} ?)for peer=(?P<ip>[0-9a-fA-F:.]{3,45}) "
    r".{0,400}?user=(?P<user>\S{1,256})",
    re.ASCII,
)
_BOX = re.compile(
    r"(?P<ip>[0-9a-fA-F:.]{3,45}?):(?P<port>\d{1,5}) login (?P<what>succeeded|failed): "
    r"(?P<user>\S{1,256})",
    re.ASCII,
)


def _read(message: Message) -> Found:
    head = _HEAD.match(message.text[:8192])
    if head is None:
        return None
    rest = head["rest"]
    if activity := _ACTIVITY.match(rest):
        return _flow(message, head["box"], activity)
    if threat := _THREAT.search(rest):
        return [_finding(message, head, threat)]
    for shape in (_ACCESS, _SERVICE, _BOX):
        found = shape.search(rest)
        if found is not None:
            bad = found["what"].strip().lower() in ("denied", "failed")
            told = found.groupdict()
            return [
                login(
                    message, "barracuda", "failure" if bad else "success", source=found["ip"],
                    source_port=told.get("port"), account=found["user"], domain=head["box"],
                    service="vpn" if shape is _SERVICE else "admin",
                    why=(told.get("why") or "").strip(" :.") if bad else None,
                )
            ]  # fmt: skip
    is_box = message.envelope.tag.startswith("box_") or head["severity"] != "Error"
    return [] if is_box else None


def _flow(message: Message, box: str, activity: re.Match[str]) -> Found:
    part = [value.partition("=")[2] if "=" in value[:20] else value
            for value in activity["fields"].split("|")]  # fmt: skip
    if len(part) < 14:
        return "an activity of the firewall with too few fields"
    word = activity["what"].removeprefix("Local")
    outcome = "dropped" if word in ("Fail",) else disposition(word)
    if word == "Remove":
        outcome = "allowed"
    if outcome is None:
        return []
    ends = (part[3], port(part[4]), part[6], port(part[7]))
    refused = outcome == "dropped"
    counts = [whole(value) for value in part[14:20]] + [None] * 6
    milliseconds = counts[0] or 0
    return [
        flow(
            start=message.time(), duration_s=milliseconds / 1000 if word == "Remove" else None,
            ends=ends, protocol=protocol(part[1]), outcome=outcome,
            octets=(counts[3], counts[2]) if word == "Remove" else (None, None),
            packets=(counts[5], counts[4]) if word == "Remove" else (None, None),
            session="" if refused else " ".join(map(str, (box, *ends, part[1]))),
            is_begin=word != "Remove", src_mac=ethernet(part[5]),
        )
    ]  # fmt: skip


def _finding(message: Message, head: re.Match[str], threat: re.Match[str]) -> Event:
    levels = {"Info": 1, "Notice": 2, "Warning": 3, "Security": 4, "Error": 4, "Fatal": 5}
    return Event(
        "detection_finding",
        {
            "time": message.time(), "src_ip": threat["src"], "src_port": port(threat["sport"]),
            "dst_ip": threat["dst"], "dst_port": port(threat["dport"]),
            "protocol": protocol(threat["proto"]) if threat["proto"] != "ALLIP" else None,
            "product": "barracuda", "kind": "alert", "rule_id": threat["id"],
            "title": threat["title"], "category": threat["engine"], "severity": head["severity"],
            "severity_id": levels.get(head["severity"]), "action": threat["what"].lower(),
            "count": 1, "reporter": head["box"], "is_from_src": True,
        },
    )  # fmt: skip


BARRACUDA = Reader("barracuda", _read)
