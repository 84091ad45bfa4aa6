"""FreeRADIUS: who was let in, and who was not (``auth = yes`` in its log).

Source: FreeRADIUS ``src/main/auth.c`` (``rad_authlog``); its own file begins lines with a date.
"""

from __future__ import annotations

import re

from netcordon.ingest.messages.accounts import ethernet, login
from netcordon.ingest.messages.log import Found, Message, Reader

_OWN_TIME = re.compile(
    r"[A-Z][a-z]{2} (?P<time>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}) : \w+: "
)
_LOGIN = re.compile(
    r"\s*(?:\(\d{1,12}\) )? ?(?P<what>Login OK|Login incorrect|Invalid user|Rejected in \S{1,32}|"
    r"Multiple logins)(?: ?\((?P<why>.{0,256}?)\))?: \[(?P<user>[^\]]{0,256}?)"
    r"(?:/[^\]]{0,128})?\] \(from client (?P<client>\S{1,128}) port (?P<port>\d{1,10})"
    r"(?: cli (?P<cli>[\w:.\-]{1,64}))?(?P<via> via TLS tunnel)?\)"
)
_IGNORED = re.compile(
    r"\s*Ignoring request to \S{1,16} address \S{1,64} port \d+ .{0,160}from unknown client "
    r"(?P<ip>[0-9A-Fa-f.:]{3,45}) port (?P<port>\d+)",
    re.ASCII,
)
_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}", re.ASCII)


def _read(message: Message) -> Found:
    text = message.text[:2048]
    stamp = _OWN_TIME.match(text)
    body = text[stamp.end() :] if stamp else text
    time = message.time(stamp["time"]) if stamp else None
    if ignored := _IGNORED.match(body):
        return [
            login(
                message, "freeradius", "failure", time=time, service="radius",
                source=ignored["ip"], source_port=ignored["port"], why="unknown client",
            )
        ]  # fmt: skip
    found = _LOGIN.match(body)
    if found is None:
        is_own = stamp is not None or message.envelope.tag in ("radiusd", "freeradius")
        return [] if is_own else None
    user, cli = found["user"].strip(), found["cli"] or ""
    is_host = user.startswith("host/")
    good = found["what"] == "Login OK"
    return [
        login(
            message, "freeradius", "success" if good else "failure", time=time, service="network",
            source=cli if _ADDRESS.fullmatch(cli) else None, account=user,
            domain=found["client"],
            workstation=ethernet(cli) or (user.removeprefix("host/") if is_host else None),
            method="eap" if found["via"] else None, why=found["why"] or (
                None if good else found["what"]),
        )
    ]  # fmt: skip


FREERADIUS = Reader("freeradius", _read)
