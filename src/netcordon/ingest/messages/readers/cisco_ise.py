"""Cisco Identity Services Engine: who was let into the network, and its administrators.

Source: "Cisco ISE Syslogs": category, id, parts, number of the part, time, sequence, code,
severity, class and text, then ``name=value`` between commas, a comma in a value escaped. Long
messages come in parts; all that stands in a row is in the first.
"""

from __future__ import annotations

import re

from netcordon.ingest.messages.accounts import call, ethernet, identity, login, present
from netcordon.ingest.messages.events import Event
from netcordon.ingest.messages.log import Found, Message, Reader

_PART = re.compile(r"(?:CISE_\w{1,64} )?(?P<id>\d{10}) (?P<parts>\d{1,3}) (?P<part>\d{1,3}) ", re.A)
_FIRST = re.compile(
    r"(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{1,6}) (?P<zone>[+-]\d\d:\d\d) \d{1,12} "
    r"(?P<code>\d{3,6}) (?P<severity>[A-Z]{3,8}) +(?P<class>[^:]{1,64}): (?P<text>[^,]{0,256})",
    re.ASCII,
)
_COMMA = re.compile(r"(?<!\\),\s*")
_ADDRESS = re.compile(r"[0-9a-fA-F:.]{3,45}", re.ASCII)
_MOST_FIELDS = 512
_LONGEST = 32 << 10


def _read(message: Message) -> Found:
    text = message.text[:_LONGEST]
    if message.envelope.tag.startswith("CISE_"):
        text = f"{message.envelope.tag} {text}"
    part = _PART.match(text)
    if part is None:
        return None
    first = _FIRST.match(text, part.end())
    if first is None:
        return "a later part of a message of ISE" if part["part"] != "0" else None
    time = message.time(first["time"], first["zone"])
    told: dict[str, str] = {}
    for one in _COMMA.split(text[first.end() :])[:_MOST_FIELDS]:
        name, sign, value = one.partition("=")
        if sign:
            told.setdefault(name.strip(), value.strip().replace("\\,", ","))
    kind = first["class"]
    if kind in ("Passed-Authentication", "Failed-Attempt"):
        return [_login(message, time, told, first, is_passed=kind.startswith("Passed"))]
    if kind == "Radius-Accounting":
        return _session(time, told)
    if kind.startswith("Administrator"):
        return [_administrator(message, time, told, first)]
    return []


def _client(told: dict[str, str]) -> tuple[str | None, str | None]:
    """Address and Ethernet address of who asked to be let in."""
    calling = told.get("Calling-Station-ID", "")
    mac = ethernet(calling) or ethernet(told.get("EndPointMACAddress"))
    is_address = mac is None and _ADDRESS.fullmatch(calling) is not None
    return told.get("Framed-IP-Address") or (calling if is_address else None), mac


def _login(
    message: Message,
    time: int | None,
    told: dict[str, str],
    first: re.Match[str],
    *,
    is_passed: bool,
) -> Event:
    source, mac = _client(told)
    return login(
        message, "cisco_ise", "success" if is_passed else "failure", time=time, service="network",
        source=source, account=told.get("UserName") or told.get("User-Name"), workstation=mac,
        domain=told.get("NetworkDeviceName"), target=told.get("DestinationIPAddress"),
        method=told.get("AuthenticationMethod") or told.get("Protocol"),
        why=None if is_passed else told.get("FailureReason") or first["text"],
    )  # fmt: skip


def _session(time: int | None, told: dict[str, str]) -> list[Event]:
    source, mac = _client(told)
    user = told.get("UserName") or told.get("User-Name")
    return present(identity(time, "radius", ip=source, mac=mac, user=user))


def _administrator(
    message: Message, time: int | None, told: dict[str, str], first: re.Match[str]
) -> Event:
    source, account = told.get("AdminIPAddress"), told.get("AdminName")
    if "authentication" in first["text"].lower() or "login" in first["class"].lower():
        failed = "fail" in first["text"].lower()
        return login(
            message, "cisco_ise", "failure" if failed else "success", time=time, service="admin",
            source=source, account=account,
            why=told.get("OperationMessageText") if failed else None,
        )  # fmt: skip
    return call(
        message, "cisco_ise", first["text"], time=time, source=source, account=account,
        object_=told.get("ObjectName") or told.get("OperationMessageText"), outcome="success",
    )  # fmt: skip


CISCO_ISE = Reader("cisco_ise", _read)
