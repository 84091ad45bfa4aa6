"""HAProxy's log of requests, nginx's log of errors, and Proxifier's of connections it made.

Sources: HAProxy "Configuration Manual", 8.2 (httplog, tcplog); nginx
``ngx_http_log_error_handler``; Proxifier "Log formats". HAProxy's log does not say which address
the client reached.
"""

from __future__ import annotations

import json
import re

from netcordon.ingest.messages.events import Event, port, whole
from netcordon.ingest.messages.log import Found, Message, Reader
from netcordon.ingest.messages.requests import request

_HAPROXY = re.compile(
    r"\s*(?P<ip>[0-9A-Fa-f:.]{3,45}):(?P<port>\d{1,5}) "
    r"\[(?P<time>\d{2}/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d\.\d{3})\] \S{1,256} \S{1,256} "
    r"[\d/+-]{3,64} (?:(?P<status>-?\d{1,3}) )?\+?(?P<bytes>\d{1,18}) "
    r"(?P<rest>.*)$",
    re.ASCII | re.S,
)
_ASKED = re.compile(r'"(?P<method>[A-Z]{3,16}) (?P<url>\S{1,8192})(?: HTTP/[\d.]{1,3})?"\s*$', re.A)
_NGINX = re.compile(
    r"(?P<time>\d{4}/\d\d/\d\d \d\d:\d\d:\d\d) \[(?P<level>\w{3,8})\] \d+#\d+: "
    r"(?:\*\d+ )?(?P<what>.*)$",
    re.ASCII | re.S,
)
_PART = {
    name: re.compile(rf', {name}: (?:"([^"]{{0,8192}})"|([^,]{{0,512}}))')
    for name in ("client", "server", "request", "host", "referrer", "upstream")
}
_PROXIFIER = re.compile(
    r"\[(?P<month>\d\d)\.(?P<day>\d\d) (?P<clock>\d\d:\d\d:\d\d)\] (?P<program>.{1,128}?)"
    r"(?: \(\d+\))?(?: \*64)? - (?P<host>[\w.:\[\]-]{1,253}):(?P<port>\d{1,5}) (?P<what>.*)$",
    re.ASCII,
)
_CLOSED = re.compile(
    r"close, (?P<out>\d{1,18}) bytes(?: \([^)]{1,24}\))? sent, (?P<back>\d{1,18}) bytes"
    r"(?: \([^)]{1,24}\))? received, lifetime (?P<life>\S{1,16})"
)
_MONTHS = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip


def _haproxy(message: Message) -> Found:
    found = _HAPROXY.match(message.text[:16384])
    if found is None:
        return None
    asked = _ASKED.search(found["rest"])
    if asked is None:
        return "a connection without the address it went to"
    return [
        request(
            message.time(found["time"]), url=asked["url"], method=asked["method"],
            ends=(found["ip"], found["port"], None, None), status=found["status"],
            received=found["bytes"],
        )
    ]  # fmt: skip


def _nginx(message: Message) -> Found:
    found = _NGINX.match(message.text[:32768])
    if found is None:
        return None
    told = {}
    for name, shape in _PART.items():
        value = shape.search(found["what"])
        told[name] = (value[1] or value[2] or "") if value else ""
    if not told["client"] or not told["request"]:
        return []  # what the server says of itself
    method, _, rest = told["request"].partition(" ")
    return [
        request(
            message.time(found["time"]), url=rest.rpartition(" HTTP/")[0] or rest, method=method,
            host=told["host"] or told["server"], ends=(told["client"], None, None, None),
            referrer=told["referrer"],
        )
    ]  # fmt: skip


def _proxifier(message: Message) -> Found:
    found = _PROXIFIER.match(message.text[:2048])
    if found is None:
        return None
    closed = _CLOSED.match(found["what"])
    month = int(found["month"])
    if closed is None or not 1 <= month <= 12:
        return []  # its end tells the rest
    sent, received = whole(closed["out"]) or 0, whole(closed["back"]) or 0
    time = message.time(f"{_MONTHS[month - 1]} {found['day']} {found['clock']}")
    detail = {"host": found["host"], "received_bytes": received, "sent_bytes": sent}
    return [
        Event(
            "application_activity",
            {
                "time": time, "dst_port": port(found["port"]), "protocol": "tcp",
                "service": "proxifier", "is_response": False, "operation": "connection",
                "object": f"{found['host']}:{found['port']}", "software": found["program"].strip(),
                "detail": json.dumps(detail, sort_keys=True), "bytes": sent + received,
            },
        )
    ]  # fmt: skip


HAPROXY = Reader("haproxy", _haproxy)
NGINX_ERROR = Reader("nginx_error", _nginx)
PROXIFIER = Reader("proxifier", _proxifier)
