"""Fortinet (FortiGate, FortiProxy, FortiWeb): what is no plain connection.

Source: "FortiOS Log Message Reference". CEF carries the same fields with a prefix, or under the
names that ArcSight has for them; ``type`` and ``subtype`` stand in ``cat``. A log id differs by
version, so type, subtype and action tell what happened.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from netcordon.ingest.messages.accounts import Outcome, call, identity, login, present
from netcordon.ingest.messages.events import Event
from netcordon.ingest.messages.log import Message
from netcordon.ingest.messages.readers.synonyms import told

_PREFIX = re.compile(r"^(?:FTNTFGT|FortinetFortiGate|FTNTFPX|FTNTFWB|ad\.)(?=[a-z_])")
_CEF = {
    "duser": "user", "src": "srcip", "dst": "dstip", "spt": "srcport", "dpt": "dstport",
    "act": "action", "externalId": "sessionid", "out": "sentbyte", "in": "rcvdbyte",
    "app": "service", "outcome": "status", "request": "url", "dhost": "hostname",
    "fname": "filename", "requestClientApplication": "agent", "cnt": "count", "shost": "srcname",
    "sourceTranslatedAddress": "transip", "deviceExternalId": "devid",
}  # fmt: skip
_PLACE = re.compile(r"\(([0-9A-Fa-f:.]{3,45})\)")
_UP = frozenset(("tunnel-up", "ssl-login", "auth-logon", "auth_success", "FSSO-logon"))
_FAILED = re.compile(r"fail|denied|deny|error|reject|timeout|lockout|invalid", re.IGNORECASE)
_GOOD = re.compile(r"success|^pass|^ok$|connected", re.IGNORECASE)
_EDITS = frozenset(("Edit", "Add", "Delete", "Move", "Set", "edit", "add", "delete", "move"))


def plain(fields: dict[str, str]) -> dict[str, str]:
    """The fields under the names that FortiOS has for them."""
    found: dict[str, str] = {}
    for name, value in fields.items():
        bare = _PREFIX.sub("", name) if name[0] in "Fa" else name
        found.setdefault(_CEF.get(bare, bare) if bare == name else bare, value)
    kind, sign, subtype = fields.get("cat", "").partition(":")
    if sign:
        found.setdefault("type", kind)
        found.setdefault("subtype", subtype)
    return found


def is_fortinet(fields: Mapping[str, str]) -> bool:
    """Whether the fields are FortiOS's."""
    return "subtype" in fields and "type" in fields and ("devid" in fields or "logid" in fields)


def event(message: Message, fields: dict[str, str], time: int | None) -> list[Event] | None:
    """Rows of a message of type ``event``; ``None`` of other types."""
    if fields.get("type") != "event":
        return None
    kind, action = fields.get("subtype", ""), fields.get("action", "")
    if kind == "vpn":
        return _tunnel(message, fields, time, action)
    if kind == "user":
        return _user(message, fields, time, action)
    if action in ("login", "admin-login"):
        return [_admin(message, fields, time)]
    if action in _EDITS and ("cfgpath" in fields or "cfgobj" in fields):
        path = fields.get("cfgpath", "")
        return [
            call(
                message, "fortinet", f"{action} {path}".strip(), time=time, service="config",
                source=_place(fields), account=told(fields, "user"), outcome="success",
                object_=f"{fields.get('cfgobj', '')} {fields.get('cfgattr', '')}",
                change=_change(path),
            )
        ]  # fmt: skip
    return []


def _change(path: str) -> str | None:
    if path.startswith(("user.", "system.admin", "system.api-user")):
        return "account"
    return "logging" if path.startswith("log.") else None


def _place(fields: Mapping[str, str]) -> str | None:
    """Where an administrator sat: a field, or what stands in brackets behind the interface."""
    shown = _PLACE.search(fields.get("ui", ""))
    return fields.get("srcip") or (shown[1] if shown else None)


def _outcome(fields: Mapping[str, str], action: str) -> Outcome | None:
    status = fields.get("status", "")
    if _FAILED.search(action) or _FAILED.search(status):
        return "failure"
    return "success" if _GOOD.search(status) or action in _UP else None


def _tunnel(message: Message, fields: dict[str, str], time: int | None, action: str) -> list[Event]:
    outcome, user = _outcome(fields, action), told(fields, "user")
    is_person = bool(user) or action.startswith("ssl-")
    if not is_person or outcome is None or action in ("tunnel-stats", "tunnel-down"):
        return []
    source = fields.get("remip") or fields.get("srcip")
    if action == "negotiate" and outcome == "success" and not told(fields, "user"):
        return []
    reason = fields.get("reason") or fields.get("msg")
    return present(
        login(
            message, "fortinet", outcome, time=time, service="vpn", source=source, account=user,
            domain=fields.get("devname"), method=fields.get("tunneltype") or fields.get("method"),
            why=reason if outcome == "failure" else None, country=fields.get("srccountry"),
        ),
        identity(time, "vpn", ip=fields.get("tunnelip") or fields.get("assignip"), user=user)
        if outcome == "success"
        else None,
    )  # fmt: skip


def _user(message: Message, fields: dict[str, str], time: int | None, action: str) -> list[Event]:
    outcome, user = _outcome(fields, action), told(fields, "user")
    if outcome is None or "logout" in action or "logoff" in action:
        return []
    source = fields.get("srcip")
    if action.startswith(
        "FSSO"
    ):  # a domain controller saw the login; the firewall only heard of it
        return present(identity(time, "firewall", ip=source, user=user))
    return present(
        login(
            message, "fortinet", outcome, time=time, service="firewall", source=source,
            account=user, domain=fields.get("devname"), method=fields.get("authproto"),
            why=(fields.get("reason") or fields.get("msg")) if outcome == "failure" else None,
        ),
        identity(time, "firewall", ip=source, user=user) if outcome == "success" else None,
    )  # fmt: skip


def _admin(message: Message, fields: dict[str, str], time: int | None) -> Event:
    outcome = _outcome(fields, "")
    return login(
        message, "fortinet", outcome, time=time, service="admin", source=_place(fields),
        account=told(fields, "user"), domain=fields.get("devname"), target=fields.get("dstip"),
        method=fields.get("method"), why=fields.get("reason") if outcome == "failure" else None,
    )  # fmt: skip
