"""Logins that devices tell of in named fields: gateways of tunnels, portals, administrators.

What a message is about stands in words of its own (``msg``, ``log_subtype``, ``logtype``, ...),
which differ by vendor and version; that it is about a login and how it went is told from these
words, and only where no field tells of a connection or a request instead. Sources: log references
of Ivanti Connect Secure, SonicWall (firewall, SMA), Sophos (Firewall, UTM), Stormshield,
WatchGuard, Check Point, Clavister.
"""

from __future__ import annotations

import re

from netcordon.ingest.messages.accounts import Outcome, identity, login, present
from netcordon.ingest.messages.events import Event
from netcordon.ingest.messages.log import Message
from netcordon.ingest.messages.readers.synonyms import told

_ABOUT = (
    "msg", "message", "name", "log_component", "log_subtype", "logtype", "sub", "event",
    "authevent", "auth_status", "auth_method", "operation", "action", "act",
)  # fmt: skip
_STATES = ("status", "result", "outcome", "auth_status", "authevent", "action", "act")
_LOGIN = re.compile(
    r"\blog(?:ged)?[ _-]?(?:in|on)\b|\bauth(?:entication|enticated|\b)|^AUT\d", re.I
)
_ENDED = re.compile(
    r"log(?:ged)?[ _-]?(?:out|off)\b|disconnect|session (?:closed|ended|terminated|timed)|expired",
    re.I,
)
_BAD = re.compile(
    r"fail|den(?:y|ied)|reject|invalid|incorrect|\bbad\b|locked|not allowed|disallow|unknown|"
    r"unsuccess|wrong|timeout|no such|blocked|unauthenticated",
    re.I,
)
_FINE = re.compile(
    r"succe|accept|allow|passed|granted|logged in|log in\b|authenticated|\blogin\b", re.I
)
_NAMED = re.compile(
    r"\b(?:user|admin(?:istrator)?) ['\"\[<]?(?P<user>[^\s'\"\]<>]{1,128})(?:['\"\]>]|,?\s)", re.I
)
_PLACE = re.compile(
    r"(?:from|peer=|IP address|source IP|client at) ['\"]?(?P<ip>\d{1,3}(?:\.\d{1,3}){3})(?!\d)"
)
_GIVEN = re.compile(
    r"(?:IPv4 address|virtual IP(?: is)?|assigned) (?:\[?(?P<ip>\d{1,3}(?:\.\d{1,3}){3}))(?!\d)"
    r"(?:.{0,40}hostname (?P<name>[\w.-]{1,255}))?"
)
_ADMIN = re.compile(r"admin|GUI|\bCLI\b|console|WSM|on the firewall|web ?admin|\bSSH\b", re.I)
_TUNNEL = re.compile(r"vpn|portal|sma|ike|ipsec|AUT\d|oneconnect|netextender|remote user", re.I)


def access(
    message: Message, fields: dict[str, str], time: int | None, title: str, product: str
) -> list[Event] | None:
    """Rows of a login, ``None`` where the fields tell of none.

    Args:
        message: with its envelope.
        fields: by their names.
        time: of the message.
        title: of the event, where the format gives one beside the fields.
        product: that wrote it; a name for it where fields do not say.
    """
    words = " ".join([title, *(fields.get(name, "") for name in _ABOUT)])[:2048]
    user = told(fields, "user")
    text = fields.get("msg") or fields.get("message") or title
    given = _GIVEN.search(text)
    if given and user and "start" in text.lower():
        return present(identity(time, "vpn", ip=given["ip"], user=user, host_name=given["name"]))
    if not _LOGIN.search(words) or _ENDED.search(words):
        return None
    outcome = _outcome(fields, words)
    if outcome is None:
        return None
    named, place = _NAMED.search(text), _PLACE.search(text)
    source = told(fields, "src") or (place["ip"] if place else "")
    account = user or (named["user"] if named else "")
    if not source and not account:
        return None
    about = f"{words} {fields.get('vpn', '')} {product} {fields.get('id', '')}"
    service = "vpn" if _TUNNEL.search(about) else "admin" if _ADMIN.search(about) else "firewall"
    return [
        login(
            message, product, outcome, time=time, service=service, source=source, account=account,
            domain=fields.get("realm") or fields.get("domain") or told(fields, "device"),
            target=told(fields, "dst"), method=fields.get("auth_method") or fields.get("method"),
            why=(fields.get("reason") or text) if outcome == "failure" else None,
            agent=fields.get("agent"),
        )
    ]  # fmt: skip


def _outcome(fields: dict[str, str], words: str) -> Outcome | None:
    """A field that says so counts before the words of a sentence."""
    for name in _STATES:
        state = fields.get(name, "")
        if _BAD.search(state):
            return "failure"
        if name not in ("action", "act") and _FINE.search(state):
            return "success"
    if _BAD.search(words):
        return "failure"
    return "success" if _FINE.search(words) else None
