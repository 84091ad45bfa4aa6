"""Requests that devices tell of in named fields: filters of firewalls, and proxies."""

from __future__ import annotations

import re

from netcordon.ingest.messages.accounts import identity, present
from netcordon.ingest.messages.events import Event
from netcordon.ingest.messages.readers.synonyms import told
from netcordon.ingest.messages.requests import request

_FIRST_LINE = re.compile(r"(?P<method>[A-Z-]{1,32}) (?P<url>\S{0,8192})(?: HTTP/[\d.]{1,3})?$")
_VERB = re.compile(r"[A-Za-z][A-Za-z-]{1,19}$", re.ASCII)
_WEB = re.compile(
    r"web ?filter|webfilter|content filter|http|url|\bweb\b|proxy|app-ctrl|transaction", re.I
)
_ABOUT = ("type", "subtype", "log_type", "log_component", "logtype", "msg", "rep_type")


def asked(fields: dict[str, str], time: int | None, title: str = "") -> list[Event] | None:
    """Rows of a request; ``None`` where the fields tell of none.

    Args:
        fields: by their names.
        time: of the message.
        title: of the event, where the format gives one beside the fields.
    """
    url, method, host = told(fields, "url"), told(fields, "method"), told(fields, "host")
    first = _FIRST_LINE.match(fields.get("http_request_first_line", "")) or _FIRST_LINE.match(url)
    if first is not None:
        method, url = first["method"], first["url"]
    if not _VERB.match(method):
        method = ""
    about = " ".join([title, *(fields.get(name, "") for name in _ABOUT)])[:1024]
    is_web = (
        bool(method and (url or host))
        or bool(url and "/" in url and host)
        or bool(url and _WEB.search(about))
    )
    is_web = is_web or bool((url or host) and fields.get("type") == "utm")
    if not is_web:
        return None
    host = "" if host in (told(fields, "device"), told(fields, "host_name")) else host
    url += query if (query := fields.get("cs-uri-query", "")).startswith("?") else ""
    source, user = told(fields, "src"), told(fields, "user")
    if "client_ip" in fields and "source_ip" in fields:
        source = fields["client_ip"]  # behind the address that a cloud's proxy sees
    return present(
        request(
            time,
            url=url or None,
            host=host,
            ends=(source, told(fields, "src_port"), told(fields, "dst"), told(fields, "dst_port")),
            method=method,
            status=told(fields, "status"),
            sent=told(fields, "sent"),
            received=told(fields, "received"),
            account=user,
            agent=told(fields, "agent"),
            referrer=told(fields, "referrer"),
            content_type=told(fields, "content_type"),
            proxied_for=fields.get("forwardedfor"),
        ),
        identity(time, "proxy", ip=source, user=user),
    )  # fmt: skip
