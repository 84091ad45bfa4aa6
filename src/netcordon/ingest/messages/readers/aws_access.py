"""Access logs of AWS that are lines of text: S3 servers, load balancers (application and classic).

Sources: Amazon S3 user guide ("server access log format"), Elastic Load Balancing guides ("access
log entries"). What the device itself is called stands in no column; its address is not told.
"""

from __future__ import annotations

import re

from netcordon.ingest.messages.events import Event, Value, port, whole
from netcordon.ingest.messages.log import Found, Message, Reader

_QUOTED = r'"(?P<{}>(?:[^"\\]|\\.)*+)"'
_S3 = re.compile(
    r"(?P<owner>[0-9a-f]{64}|-) (?P<bucket>[\w.-]{3,63}) \[(?P<time>[^\]]{20,32})\] "
    r"(?P<src>[0-9A-Fa-f.:]{3,45}|-) (?P<account>\S{1,512}) (?P<id>\S{1,64}) "
    r"(?P<operation>[A-Z][\w.-]{2,64}) (?P<key>\S{1,4096}) "
    + _QUOTED.format("request")
    + r" (?P<status>\d{3}|-) (?P<error>\S{1,64}) (?P<bytes>\d{1,18}|-) \S{1,20} \S{1,20} \S{1,20} "
    + _QUOTED.format("referrer")
    + " "
    + _QUOTED.format("agent"),
    re.ASCII,
)
_BALANCER = re.compile(
    r"(?:(?:https?|h2|grpcs?|wss?) )?(?P<time>\d{4}-\d\d-\d\dT[\d:.]{8,20}Z) "
    r"[\w./-]{1,255} "
    r"(?P<src>[0-9A-Fa-f.:\[\]]{3,45}):(?P<sport>\d{1,5}) (?:(?P<dst>[0-9A-Fa-f.:\[\]]{3,45}):"
    r"(?P<dport>\d{1,5})|-) -?[\d.]{1,20} -?[\d.]{1,20} -?[\d.]{1,20} (?P<status>\d{3}|-) "
    r"(?:\d{1,3}|-) (?P<in>\d{1,18}) (?P<out>\d{1,18}) "
    + _QUOTED.format("request")
    + r"(?: "
    + _QUOTED.format("agent")
    + ")?",
    re.ASCII,
)
_REQUEST = re.compile(
    r"(?P<method>[A-Z-]{1,32}) (?P<url>\S{1,8192})(?: HTTP/(?P<version>[\d.]{1,3}))?"
)
_HOST = re.compile(r"[a-z]{2,8}://(?P<host>\[[^\]]+\]|[^/:?#\s]+)")
_LONGEST = 64 << 10


def _s3(message: Message) -> Found:
    found = _S3.match(message.text[:_LONGEST])
    if found is None:
        return None
    values = _shared(message, found)
    values |= {
        "host": found["bucket"],
        "account": _said(found["account"]),
        "uri": values.get("uri") or _said(found["key"]),
        "method": values.get("method") or found["operation"],
        "referrer": _said(found["referrer"]),
        "response_body_bytes": whole(found["bytes"]),
    }
    return [Event("http_activity", values)]


def _balancer(message: Message) -> Found:
    found = _BALANCER.match(message.text[:_LONGEST]) or _BALANCER.match(_unopened(message))
    if found is None:
        return None
    values = _shared(message, found)
    values |= {
        "src_port": port(found["sport"]),
        "dst_ip": (found["dst"] or "").strip("[]") or None,
        "dst_port": port(found["dport"] or ""),
        "request_body_bytes": whole(found["in"]),
        "response_body_bytes": whole(found["out"]),
    }
    return [Event("http_activity", values)]


def _unopened(message: Message) -> str:
    """The line of a classic load balancer, whose first fields look like a header of syslog."""
    envelope = message.envelope
    return f"{envelope.time} {envelope.host} {envelope.tag}:{envelope.text[:_LONGEST]}"


def _shared(message: Message, found: re.Match[str]) -> dict[str, Value]:
    asked = _REQUEST.match(found["request"])
    values: dict[str, Value] = {
        "time": message.time(found["time"]),
        "src_ip": found["src"].strip("[]"),
        "status_code": whole(found["status"]),
        "user_agent": _said(found["agent"] or ""),
    }
    if asked is not None:
        host = _HOST.match(asked["url"])
        values |= {"method": asked["method"], "uri": asked["url"], "version": asked["version"]}
        values["host"] = host["host"] if host else None
    return values


def _said(text: str) -> str | None:
    return None if text in ("", "-") else text


S3_ACCESS = Reader("s3_access", _s3)
LOAD_BALANCER = Reader("aws_load_balancer", _balancer)
