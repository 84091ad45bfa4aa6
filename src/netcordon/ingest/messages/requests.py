"""Requests that passed a proxy or a filter, as rows of ``http_activity``."""

from __future__ import annotations

import re

from netcordon.ingest.messages.accounts import said, split_account
from netcordon.ingest.messages.events import Event, port, whole

_URL = re.compile(
    r"(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.-]{0,15})://)?(?:[^/@\s?#]{0,256}@)?"
    r"(?P<host>\[[^\]\s]{2,64}\]|[^/:?#\s]{1,255})?(?::(?P<port>\d{1,5}))?(?P<rest>.*)",
    re.S,
)
_URI_LETTERS = 8192
_PORTS = {"http": 80, "https": 443, "ssl": 443, "tunnel": 443, "ftp": 21}


def request(
    time: int | None,
    *,
    url: str | None = None,
    host: str | None = None,
    ends: tuple[str | None, str | None, str | None, str | None],
    method: str | None = None,
    status: str | None = None,
    sent: str | None = None,
    received: str | None = None,
    account: str | None = None,
    agent: str | None = None,
    referrer: str | None = None,
    content_type: str | None = None,
    proxied_for: str | None = None,
) -> Event:
    """A request; a name or a port that only the URL gives is taken from there.

    Args:
        time: microseconds since 1970 UTC.
        url: with or without scheme and host.
        host: that was asked for.
        ends: source address and port, destination address and port, as written.
        method: of the request.
        status: of the answer.
        sent: octets from client to server.
        received: octets back.
        account: who asked.
        agent: program of the client.
        referrer: page it came from.
        content_type: of the answer.
        proxied_for: client behind another proxy.
    """
    named, url_port, rest = target(url) if url else (None, None, "")
    known_host = said(host) or named
    uri = (url or "").strip()
    if named and "://" not in uri and (method or "").upper() != "CONNECT":
        uri = rest or "/"  # what devices write without a scheme is the name and the target
    source, source_port, peer, peer_port = ends
    realm, name = split_account(said(account))
    verb = said(method)
    return Event(
        "http_activity",
        {
            "time": time,
            "src_ip": said(source),
            "src_port": port(source_port),
            "dst_ip": said(peer),
            "dst_port": port(peer_port) or url_port,
            "method": verb.upper() if verb else None,
            "host": known_host,
            "uri": uri[:_URI_LETTERS] or None,
            "user_agent": (agent or "").strip()[:1024] or None,
            "referrer": said(referrer),
            "account": f"{realm}\\{name}" if realm else name,
            "status_code": _status(status),
            "request_body_bytes": whole(sent),
            "response_body_bytes": whole(received),
            "response_content_type": said(content_type),
            "proxied_for": said(proxied_for),
        },
    )


def target(url: str) -> tuple[str | None, int | None, str]:
    """Host and port that a URL names, and what stands behind them; a path names none."""
    text = url.strip()
    if text.startswith("/"):
        return None, None, text
    found = _URL.match(text[:_URI_LETTERS])
    if found is None or not found["host"] or "." not in found["host"].strip("[]").replace(":", "."):
        return None, None, text
    known = port(found["port"]) or _PORTS.get((found["scheme"] or "").lower())
    return found["host"], known, found["rest"]


def _status(text: str | None) -> int | None:
    number = whole(text)
    return number if number is not None and 99 < number < 1000 else None
