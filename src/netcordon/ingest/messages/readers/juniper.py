"""Juniper Junos: sessions in their unstructured form, and who logged in and did what.

Source: Junos "System Log Explorer": RT_FLOW_SESSION_*, UI_*, LOGIN_*, SSHD_*. The structured form
of sessions carries named fields and is read as those are; of people both forms are read here.
"""

from __future__ import annotations

import re

from netcordon.ingest.messages.accounts import call, login
from netcordon.ingest.messages.events import Event, port, whole
from netcordon.ingest.messages.flows import flow, protocol
from netcordon.ingest.messages.log import Found, Message, Reader
from netcordon.ingest.messages.pairs import pairs

_IP = r"[0-9A-Fa-f:.]{2,45}"
_SESSION = re.compile(
    r"(?:RT_FLOW_SESSION_\w{4,12}: )?session (?P<what>created|closed|denied)"
    r"(?: (?P<why>[^:]{0,48}):)? "
    rf"(?P<a>{_IP})/(?P<ap>\d+)->(?P<b>{_IP})/(?P<bp>\d+) (?P<rest>.*)$",
    re.ASCII,
)
_CLOSED = re.compile(
    r" (?P<proto>\d{1,3}) \S+ \S+ \S+ (?P<id>\d+) (?P<po>\d+)\((?P<bo>\d+)\) "
    r"(?P<pi>\d+)\((?P<bi>\d+)\) (?P<s>\d+)(?: |$)"
)
_CREATED = re.compile(r" (?P<proto>\d{1,3}) \S+ \S+ \S+ (?P<id>\d+)(?: |$)")
_DENIED = re.compile(r"^(?:0x\w+ )?\S+ (?P<proto>\d{1,3})\(\d+\)")
_EVENT = re.compile(
    r"(?:[\w/.-]{1,64}\[\d+\]: |\d+ )?(?P<name>UI_LOGIN_EVENT|"
    r"UI_AUTH_EVENT|UI_CMDLINE_READ_LINE|UI_COMMIT|UI_LOAD_EVENT|"
    r"LOGIN_(?:FAILED|INFORMATION|ROOT|PAM_AUTHENTICATION_ERROR|PAM_ERROR)|SSHD_LOGIN_FAILED|"
    r"SSHD_LOGIN_ATTEMPTS_THRESHOLD|WEB_AUTH_(?:FAIL|SUCCESS)|JADE_AUTH_FAILURE|JADE_AUTH_SUCCESS|"
    r"FWAUTH_\w{2,40}|DYNAMIC_VPN_AUTH_(?:OK|FAIL)|UI_\w{3,40})\b(?:: | \[\S{0,64} ?)?"
    r"(?P<rest>.*)$",
    re.ASCII | re.S,
)
_USER = re.compile(r"[Uu]ser(?:name)? ?[':]? ?'?(?P<user>[^\s',]{1,128})'?")
_HOST = re.compile(
    rf"(?:from host '?|ssh-connection '|from |for )(?P<ip>{_IP})"
    rf"(?: (?P<port>\d{{1,5}}) (?P<dst>{_IP}))?",
    re.ASCII,
)
_COMMAND = re.compile(r"command '(?P<command>.{0,1024}?)\s*'\s*$", re.S)
_REMARK = re.compile(
    r"(?:[\w/.-]{1,64}\[\d+\]: )?"
    r"(?:L2ALD|SNMPD?|RPD|CHASSISD|KMD|BFDD|UI)_[A-Z_]{4,64}: "
)


def _read(message: Message) -> Found:
    text = message.text[:8192]
    if "session " in text[:64] and (found := _SESSION.search(text)):
        return _flow(message, found)
    if message.envelope.tag.startswith(("UI_", "LOGIN_", "SSHD_LOGIN")):
        text = f"{message.envelope.tag}: {text}"
    event = _EVENT.match(text)
    if event is None:
        return [] if _REMARK.match(text) else None
    return _person(message, event["name"], text[event.start("rest") :])


def _flow(message: Message, found: re.Match[str]) -> Found:
    what, rest = found["what"], f" {found['rest']}"
    shape = {"closed": _CLOSED, "created": _CREATED}.get(what)
    told = shape.search(rest) if shape else _DENIED.search(rest.strip())
    if told is None:
        return "a session of Junos in another form"
    part = told.groupdict()
    end, seconds = message.time(), whole(part.get("s")) or 0
    start = end if end is None else max(end - seconds * 1_000_000, 0)
    return [
        flow(
            start=start, duration_s=seconds,
            ends=(found["a"], port(found["ap"]), found["b"], port(found["bp"])),
            protocol=protocol(part["proto"]),
            outcome="dropped" if what == "denied" else "allowed",
            octets=(whole(part.get("bo")), whole(part.get("bi"))),
            packets=(whole(part.get("po")), whole(part.get("pi"))),
            session=f"{message.envelope.host} {part['id']}" if part.get("id") else "",
            is_begin=what == "created",
        )
    ]  # fmt: skip


def _person(message: Message, name: str, rest: str) -> Found:
    told = pairs(rest)
    user, host, command = _USER.search(rest), _HOST.search(rest), _COMMAND.search(rest)
    account = told.get("username") or (user["user"] if user else None)
    source = told.get("source-address") or (host["ip"] if host else None)
    if name in ("UI_CMDLINE_READ_LINE", "UI_COMMIT", "UI_LOAD_EVENT"):
        text = told.get("command") or (command["command"] if command else rest.strip(" ]"))
        return [call(message, "junos", name, account=account, object_=text, outcome="success")]
    if name.startswith("UI_") and name not in ("UI_LOGIN_EVENT", "UI_AUTH_EVENT"):
        return []
    if name == "UI_AUTH_EVENT":
        return []  # UI_LOGIN_EVENT follows, and names the address
    failed = re.search(r"FAIL|ERROR|THRESHOLD", name) is not None
    connection = told.get("ssh-connection", "").split(" ")
    is_ssh = len(connection) > 1
    return [_login(message, account, source, connection if is_ssh else [], host, name, failed)]


def _login(
    message: Message,
    account: str | None,
    source: str | None,
    connection: list[str],
    host: re.Match[str] | None,
    name: str,
    failed: bool,
) -> Event:
    return login(
        message, "junos", "failure" if failed else "success",
        service="vpn" if "VPN" in name else "admin",
        source=connection[0] if connection else source,
        source_port=connection[1] if connection else host["port"] if host else None,
        target=host["dst"] if host else None, account=account, why=name if failed else None,
    )  # fmt: skip


JUNIPER = Reader("juniper", _read)
