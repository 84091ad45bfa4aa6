"""Cisco ASA and Firepower Threat Defense: logins, tunnels of people, and what administrators did.

Source: "Cisco Secure Firewall ASA Series Syslog Messages", by number. A tunnel that comes up is
told of by several numbers; each is read, for the level that is set decides which are logged.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from netcordon.ingest.messages.accounts import call, identity, login, present
from netcordon.ingest.messages.events import Event
from netcordon.ingest.messages.log import Message

_IP = r"[0-9A-Fa-f:.]{2,45}"
_USER = r"'?(?P<user>[^'\n]{0,256}?)'?"
_WHOM = re.compile(
    rf"Group ?=? ?<?(?P<group>.{{0,128}}?)>?,? (?:User|Username) ?=? ?<?(?P<user>.{{0,256}}?)>?,? "
    rf"IP ?=? ?<?(?P<ip>{_IP})>?,? (?P<rest>.*)$",
    re.ASCII | re.S,
)
_ASSIGNED = re.compile(rf"(?:IPv4 Address|private IP address) <?(?P<ip>{_IP})>?", re.ASCII)
_AAA = re.compile(
    rf"AAA user (?:authentication|authorization) (?P<what>Successful|Rejected) :"
    rf"(?: reason = (?P<why>.{{0,128}}?) :)?(?: server = +(?P<server>{_IP}) :| local database :)?"
    rf" user = <?(?P<user>.{{0,256}}?)>?(?: : user IP = (?P<ip>{_IP}))?\s*$",
    re.ASCII,
)
_PASSED = re.compile(
    rf"Authentication (?P<what>succeeded|failed) for user {_USER} from (?P<ip>{_IP})/(?P<port>\d+) "
    rf"to (?P<dst>{_IP})/(?P<dport>\d+)",
    re.ASCII,
)
_ADMIN = re.compile(
    rf"Login (?P<what>denied|permitted) from (?P<ip>{_IP})/(?P<port>\d+) to "
    rf"\S{{0,64}}?:(?P<dst>{_IP})/(?P<service>[\w-]{{1,32}}) for user "
    r"\"?(?P<user>[^\"]{0,256})\"?",
    re.ASCII,
)
_UNAME = re.compile(
    rf"User authentication (?P<what>succeeded|failed): (?:IP(?: address: | = )(?P<ip>{_IP}), )?"
    r"Uname: (?P<user>.{0,256}?)\s*$",
    re.ASCII,
)
_IKE = re.compile(
    rf"Local:(?P<dst>{_IP}):\d+ Remote:(?P<ip>{_IP}):(?P<port>\d+) Username:(?P<user>\S{{1,256}}) "
    r"(?P<rest>.*)$",
    re.ASCII,
)
_LOCKED = re.compile(rf"User {_USER} locked out on exceeding", re.ASCII)
_RAN = re.compile(
    rf"User {_USER},? (?:running '(?P<as>[^']{{1,64}})' from IP (?P<ip>{_IP}), )?executed "
    r"(?:the |cmd: )?'?(?P<command>.{1,1024}?)'?(?: command)?\.?\s*$",
    re.ASCII,
)
_REFUSED = re.compile(
    r"reject|fail|denied|not allowed|abort|unauthori[sz]ed|no ipsec policy", re.IGNORECASE
)
_STARTED = re.compile(
    r"(?:parent session|WebVPN session|session) (?:started|created)|assigned to session|"
    r"private IP address .{0,64}to remote user|Authentication: successful|"
    r"(?:TCP|UDP) SVC connection established",
    re.IGNORECASE,
)

_PROVIDER = "cisco_asa"


def _whom(message: Message, found: re.Match[str]) -> list[Event]:
    rest = found["rest"]
    source, user, group = found["ip"], found["user"], found["group"]
    if "Authentication: rejected" in rest or _REFUSED.search(rest[:160]):
        return [
            login(
                message, _PROVIDER, "failure", service="vpn", source=source, account=user,
                domain=group, why=rest,
            )
        ]  # fmt: skip
    if not _STARTED.search(rest):
        return []
    given = _ASSIGNED.search(rest)
    held = given["ip"] if given else None
    return present(
        login(
            message, _PROVIDER, "success", service="vpn", source=source, account=user, domain=group
        ),
        identity(message.time(), "vpn", ip=held, user=user) if held else None,
    )


def _aaa(message: Message, found: re.Match[str]) -> list[Event]:
    outcome = "success" if found["what"] == "Successful" else "failure"
    return [
        login(
            message, _PROVIDER, "success" if outcome == "success" else "failure", service="aaa",
            source=found["ip"], account=found["user"], target=found["server"], why=found["why"],
        )
    ]  # fmt: skip


def _plain(message: Message, found: re.Match[str]) -> list[Event]:
    told = found.groupdict()
    good = told["what"] in ("succeeded", "permitted")
    return [
        login(
            message, _PROVIDER, "success" if good else "failure",
            service=told.get("service") or ("admin" if "dst" not in told else "cut-through"),
            source=told["ip"], source_port=told.get("port"), account=told["user"],
            target=told.get("dst"),
        )
    ]  # fmt: skip


def _ike(message: Message, found: re.Match[str]) -> list[Event]:
    is_up, is_refused = "SA UP" in found["rest"], _REFUSED.search(found["rest"]) is not None
    if not is_up and not is_refused:
        return []
    return [
        login(
            message, _PROVIDER, "success" if is_up else "failure", service="vpn", method="ikev2",
            source=found["ip"], source_port=found["port"], account=found["user"],
            target=found["dst"], why=None if is_up else found["rest"],
        )
    ]  # fmt: skip


def _locked(message: Message, found: re.Match[str]) -> list[Event]:
    why = "locked out: too many failed attempts"
    return [login(message, _PROVIDER, "failure", service="aaa", account=found["user"], why=why)]


def _ran(message: Message, found: re.Match[str]) -> list[Event]:
    return [
        call(
            message, _PROVIDER, "command", source=found["ip"], account=found["user"],
            object_=found["command"], outcome="success",
        )
    ]  # fmt: skip


_SHAPES: tuple[tuple[re.Pattern[str], Callable[[Message, re.Match[str]], list[Event]]], ...] = (
    (_AAA, _aaa), (_PASSED, _plain), (_ADMIN, _plain), (_UNAME, _plain), (_IKE, _ike),
    (_LOCKED, _locked), (_RAN, _ran), (_WHOM, _whom),
)  # fmt: skip
_FAMILIES = frozenset(
    ("109", "111", "113", "605", "611", "713", "716", "717", "722", "725", "734", "737", "750",
     "751", "772")
)  # fmt: skip


def access(message: Message, number: str, body: str) -> list[Event] | None:
    """Rows of a message that tells of people; none of their other messages.

    Args:
        message: with its envelope.
        number: of the message, six digits; empty where a collector left it out.
        body: what stands after it.

    Returns:
        ``None`` where the number is of no such family.
    """
    if number and number[:3] not in _FAMILIES:
        return None
    for shape, read in _SHAPES:
        found = shape.search(body)
        if found is not None:
            return read(message, found)
    return [] if number else None
