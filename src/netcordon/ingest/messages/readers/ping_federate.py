"""PingFederate's audit log: named fields, or its default layout between bars.

Source: PingFederate, "Security audit logging"; the layout is ``%d| trackingid| event| subject| ip
| app| connectionid| protocol| host| role| status| adapterid| description| responsetime``.
"""

from __future__ import annotations

import re

from netcordon.ingest.messages.events import Event
from netcordon.ingest.messages.log import Found, Message, Reader

_TIME = re.compile(r"(?P<time>\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d[,.]\d{3})(?P<rest>\|| .*)", re.S)
_PAIR = re.compile(
    r'(?P<name>[\w-]{1,64})=(?:"(?P<quoted>[^"]{0,4096})"|(?P<plain>[^\s"]{0,1024}))'
)
_NAMES = (
    "trackingid", "event", "subject", "ip", "app", "connectionid", "protocol", "host", "role",
    "status", "authenticationsourceid", "description", "responsetime",
)  # fmt: skip
_OUTCOMES = {"success": "success", "failure": "failure", "authn_session_used": "success"}
_LOGINS = ("authn", "sso", "oauth", "slo", "lockout")
_LONGEST = 32 << 10


def _read(message: Message) -> Found:
    begun = _TIME.match(message.text[:_LONGEST])
    if begun is None:
        return None
    text = message.text[begun.end("time") : _LONGEST]
    if text.startswith("|"):
        parts = [part.strip() for part in text[1:].split("|")]
        told = dict(zip(_NAMES, parts, strict=False)) if len(parts) >= len(_NAMES) - 2 else {}
        if not told.get("trackingid", "").startswith("tid:"):
            return None
    else:
        told = {m["name"].lower(): m["quoted"] or m["plain"] or "" for m in _PAIR.finditer(text)}
        if not {"trackingid", "event", "status"} <= told.keys():
            return None
    kind = told.get("event", "").lower()
    if not kind.startswith(_LOGINS):
        return "no login among PingFederate's events"
    outcome = _OUTCOMES.get(told.get("status", "").lower())
    return [
        Event(
            "authentication",
            {
                "time": message.time(begun["time"]),
                "src_ip": told.get("ip"),
                "provider": "pingfederate",
                "method": told.get("authenticationsourceid") or told.get("granttype"),
                "service": told.get("connectionname") or told.get("app") or told.get("protocol"),
                "account": told.get("subject"),
                "domain": told.get("connectionid"),
                "outcome": outcome,
                "status_detail": told.get("description") if outcome == "failure" else None,
            },
        )
    ]


PING_FEDERATE = Reader("ping_federate", _read)
