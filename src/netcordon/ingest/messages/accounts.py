"""Who logged in, who changed what, and who an address was: rows that messages of devices make."""

from __future__ import annotations

import re
from typing import Literal

from netcordon.ingest.messages.events import Event, port
from netcordon.ingest.messages.log import Message

Outcome = Literal["success", "failure"]

_LETTERS = 256
_DETAIL_LETTERS = 1024
_ABSENT = frozenset(("", "-", "n/a", "none", "unknown", "(null)", "null", "::", "not found"))
_NO_ADDRESS = "0.0.0.0"  # noqa: S104  what devices write where there is none
_MAC = re.compile(r"[0-9a-f]{12}", re.ASCII)


def login(
    message: Message,
    provider: str,
    outcome: Outcome | None,
    *,
    time: int | None = None,
    service: str | None = None,
    source: str | None = None,
    source_port: str | None = None,
    account: str | None = None,
    domain: str | None = None,
    target: str | None = None,
    method: str | None = None,
    workstation: str | None = None,
    why: str | None = None,
    mfa: str | None = None,
    agent: str | None = None,
    country: str | None = None,
) -> Event:
    r"""A row of ``authentication``.

    Tunnels tell of one login that succeeded in several messages; they are one session, and the log
    keeps the first of them.

    Args:
        message: that tells of it; dates it unless ``time`` does.
        provider: what logged it, one word.
        outcome: of the attempt.
        time: microseconds since 1970 UTC.
        service: what was logged in to: ``vpn``, ``admin``, ``ssh``, ``network``.
        source: address of the client.
        source_port: its port.
        account: as the client gave it; ``DOMAIN\name`` is taken apart.
        domain: where the account does not say: realm, group or device.
        target: address of what was logged in to.
        method: of the proof.
        workstation: what the client calls itself.
        why: it failed, in the words of the log.
        mfa: see the schema.
        agent: program of the client.
        country: of the client, in the words of the log.
    """
    realm, name = split_account(said(account))
    address = said(source)
    event = Event(
        "authentication",
        {
            "time": message.time() if time is None else time,
            "provider": provider,
            "service": service,
            "outcome": outcome,
            "src_ip": address,
            "src_port": port(source_port),
            "dst_ip": said(target),
            "account": name,
            "domain": realm or said(domain) or message.envelope.host,
            "method": said(method),
            "workstation": said(workstation),
            "status_detail": said(why),
            "mfa": mfa,
            "user_agent": said(agent),
            "src_country": said(country),
        },
    )
    if outcome == "success" and name and service == "vpn":
        event.session = f"{provider} {name.lower()} {address or ''}"
    return event


def call(
    message: Message,
    provider: str,
    operation: str,
    *,
    time: int | None = None,
    service: str | None = None,
    source: str | None = None,
    account: str | None = None,
    object_: str | None = None,
    outcome: Outcome | None = None,
    why: str | None = None,
    change: str | None = None,
) -> Event:
    """A row of ``api_activity``: an administrator's command or change.

    Args:
        message: that tells of it; dates it unless ``time`` does.
        provider: what logged it, one word.
        operation: what was done, in the device's words.
        time: microseconds since 1970 UTC.
        service: part of the device.
        source: address of the administrator.
        account: who did it.
        object_: what it was done to; a command.
        outcome: of the attempt.
        why: it failed.
        change: see the schema.
    """
    realm, name = split_account(said(account))
    return Event(
        "api_activity",
        {
            "time": message.time() if time is None else time,
            "provider": provider,
            "service": service,
            "operation": operation[:_LETTERS],
            "src_ip": said(source),
            "account": f"{realm}\\{name}" if realm else name,
            "object": object_[:_DETAIL_LETTERS].strip() if object_ else None,
            "outcome": outcome,
            "status_detail": said(why),
            "change": change,
            "tenant": message.envelope.host,
        },
    )


def identity(
    time: int | None,
    source: str,
    *,
    ip: str | None = None,
    mac: str | None = None,
    host_name: str | None = None,
    user: str | None = None,
    os_hint: str | None = None,
) -> Event | None:
    """A row of ``host_identity``; ``None`` where an address is all that is known.

    Args:
        time: microseconds since 1970 UTC.
        source: what said so: ``dhcp``, ``arp``, ``vpn``, ``firewall``, ...
        ip: the address.
        mac: its Ethernet address, in any notation.
        host_name: its name.
        user: who uses it.
        os_hint: its operating system.
    """
    realm, name = split_account(said(user))
    told = {
        "mac": ethernet(mac),
        "host_name": said(host_name),
        "user": name,
        "domain": realm,
        "os_hint": said(os_hint),
    }
    address = said(ip)
    if time is None or not any(told.values()) or not (address or told["mac"]):
        return None
    return Event(
        "host_identity",
        {
            "ip": address, **told, "source": source,
            "first_seen_time": time, "last_seen_time": time, "count": 1,
        },
    )  # fmt: skip


def present(*events: Event | None) -> list[Event]:
    """Those that are there."""
    return [event for event in events if event is not None]


def said(text: str | None) -> str | None:
    """A value, bounded; ``None`` for what devices write where there is none."""
    bare = (text or "").strip().strip("<>\"'")
    return None if bare.lower() in _ABSENT or bare == _NO_ADDRESS else bare[:_LETTERS]


def split_account(account: str | None) -> tuple[str | None, str | None]:
    r"""Domain and name of ``DOMAIN\name`` (which some write twice escaped); the name alone."""
    if account is None:
        return None, None
    if account.upper().startswith("LDAP://"):  # a distinguished name, the name behind it
        account = account.rpartition("/")[2]
    account = account.partition(",cn=")[0]
    if "\\" not in account:
        return None, account or None
    realm, _, name = account.replace("\\\\", "\\").partition("\\")
    return (realm, name) if name else (None, realm or None)


def ethernet(text: str | None) -> str | None:
    """``aa:bb:cc:dd:ee:ff`` of any notation; ``None`` for other text and for zeros."""
    digits = re.sub(r"[^0-9a-f]", "", (text or "").lower()[:24])
    if not _MAC.fullmatch(digits) or digits in ("000000000000", "ffffffffffff"):
        return None
    return ":".join(digits[place : place + 2] for place in range(0, 12, 2))
