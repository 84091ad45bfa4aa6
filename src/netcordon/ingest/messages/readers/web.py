"""Squid's native log, which Cisco's web appliance writes too; access logs (common, combined).

Sources: Squid FAQ "access.log"; Apache HTTP Server, mod_log_config. An access log does not say
which address the server has, so ``dst_ip`` is NULL; so it is where a proxy names no peer.
Lines of one plain build are read by ``by_column.web``, whose rows must be equal.
"""

from __future__ import annotations

import re

from netcordon.ingest.messages.events import Event, Value, whole
from netcordon.ingest.messages.log import Found, Message, Reader
from netcordon.ingest.messages.requests import target

_SQUID = re.compile(
    r"\s*(?:[A-Z][a-z]{2,8}: )?(?P<time>\d{9,11}\.\d{1,6}) +(?P<ms>-?\d{1,12}) (?P<src>\S{1,64}) "
    r"(?P<result>\w{1,48})/(?P<status>\d{3}) (?P<bytes>\d{1,18}) (?P<method>[\w-]{1,32}) "
    r"(?P<url>\S{1,65536}) (?P<user>\S{1,256}) (?P<way>\w{1,48})/(?P<peer>\S{1,256}) "
    r"(?P<type>\S{1,256})",
    re.ASCII,
)
_ACCESS = re.compile(
    r"(?:(?P<vhost>[\w.-]{1,253}(?::\d{1,5})?) )?(?P<src>[0-9A-Fa-f.:]{3,45}|[\w.-]{1,253}) "
    r"(?:\S{1,128}) (?P<user>\S{1,256}) \[(?P<time>[^\]]{14,32})\] "
    r'"(?P<request>(?:[^"\\]|\\.)*+)" (?P<status>\d{3}|-) (?P<bytes>\d{1,18}|-)'
    r'(?: "(?P<referrer>(?:[^"\\]|\\.)*+)" "(?P<agent>(?:[^"\\]|\\.)*+)")?',
    re.ASCII,
)
_REQUEST = re.compile(
    r"(?P<method>[A-Z-]{1,32}) (?P<url>.*?)(?: HTTP/(?P<version>[\d.]{1,3}))?$", re.S
)
_HOST = re.compile(r"(?:[a-z][a-z0-9+.-]{0,15}://)(?:[^/@\s]*@)?(?P<host>\[[^\]]+\]|[^/:?#\s]+)")
_ESCAPED = re.compile(r"(?:\\x[0-9a-fA-F]{2})+")
_URI_LETTERS = 8192
_LONGEST = 128 << 10


def _squid(message: Message) -> Found:
    found = _SQUID.match(message.text[:_LONGEST])
    if found is None:
        return None
    url, status = found["url"], int(found["status"])
    is_connect = found["method"] == "CONNECT"
    named, asked_port, _ = target(url)
    host = url.rpartition(":")[0] if is_connect and "://" not in url else named or host_of(url)
    end, took = message.time(found["time"]), max(int(found["ms"]), 0)
    peer = found["peer"] if re.fullmatch(r"[0-9A-Fa-f.:]{3,45}", found["peer"]) else None
    values: dict[str, Value] = {
        "time": None if end is None else max(end - took * 1000, 0),
        "src_ip": found["src"],
        "dst_ip": peer,
        "dst_port": asked_port,
        "method": found["method"],
        "host": host,
        "uri": url[:_URI_LETTERS],
        "account": _said(found["user"]),
        "status_code": status or None,
        "response_content_type": _said(found["type"]),
        "response_body_bytes": whole(found["bytes"]),
        "response_time": end,
    }
    return [Event("http_activity", values)]


def _access(message: Message) -> Found:
    found = _ACCESS.match(message.text[:_LONGEST])
    if found is None:
        return None
    values: dict[str, Value] = {
        "time": message.time(found["time"]),
        "src_ip": found["src"],
        "host": (found["vhost"] or "").partition(":")[0] or None,
        "account": _said(found["user"]),
        "status_code": whole(found["status"]),
        "response_body_bytes": 0 if found["bytes"] == "-" else whole(found["bytes"]),
        "referrer": _said(_octets(found["referrer"] or "")),
        "user_agent": _said(_octets(found["agent"] or "")),
    }
    asked = _REQUEST.match(_octets(found["request"]))
    if asked is not None:
        values |= {
            "method": asked["method"],
            "uri": asked["url"][:_URI_LETTERS],
            "version": asked["version"],
        }
        values["host"] = values["host"] or host_of(asked["url"])
    return [Event("http_activity", values)]


def host_of(url: str) -> str | None:
    """The host that a URL with a scheme names."""
    found = _HOST.match(url)
    return found["host"] if found else None


def _said(text: str) -> str | None:
    return None if text in ("", "-") else text


def _octets(text: str) -> str:
    r"""A field with ``\xNN`` and ``\"`` read as what the client sent."""
    if "\\" not in text:
        return text

    def octets(match: re.Match[str]) -> str:
        return bytes.fromhex(match[0].replace("\\x", "")).decode(errors="replace")

    return _ESCAPED.sub(octets, text).replace('\\"', '"')


SQUID = Reader("squid", _squid)
WEB_ACCESS = Reader("web_access", _access)
