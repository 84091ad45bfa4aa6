"""The allow-list: what is allowed, by whom, why and until when."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from netcordon.casefile.workspace import open_workspace
from netcordon.errors import UsageError
from netcordon.model.casework import Allowance
from netcordon.registry import load
from netcordon.tables.names import registered_domain
from netcordon.workflow.typed import PERSON, limit_of, said

Clock = Callable[[], datetime]

KINDS = ("address", "prefix", "name", "ja4", "user-agent", "detector", "pair", "signature")

_WIDEST = {4: 8, 6: 16}
"""Shortest prefix by version of IP; anything wider would silence the world."""
_MOST_TEXT = 400
_LEAST_BEGINNING = 8
_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\Z")
_JA4 = re.compile(r"[tqd][0-9s][0-9][di][0-9]{4}[0-9a-z]{2}_[0-9a-f]{12}_[0-9a-f]{12}\Z")


def allow(
    workspace: Path,
    what: str,
    values: Sequence[str],
    *,
    owner: str,
    reason: str,
    expires: datetime,
    detector: str,
    clock: Clock,
) -> Allowance:
    """Add an allowance; the workspace is made when it is missing.

    ``what`` is one of ``KINDS`` and has one value, a pair two (source, destination), a signature
    two (tool, rule). With a ``detector`` only its findings are allowed.

    Raises:
        UsageError: NC-801 owner or reason missing, NC-807 the value cannot be used, NC-809 it ends
            in the past or more than a year from now.
    """
    value = canonical_value(what, values)
    if detector:
        _detector([detector])
    owner, reason = said(owner, "the owner", PERSON), said(reason, "the reason")
    expires = limit_of(expires, clock())
    with open_workspace(workspace, create=True, clock=clock, beside=True) as opened:
        return opened.allowed.add(
            what=what, value=value, owner=owner, reason=reason, expires=expires, detector=detector
        )


def disallow(workspace: Path, allowance_id: str, reason: str, *, clock: Clock) -> Allowance:
    """End an allowance before its time.

    Raises:
        UsageError: NC-801 the reason is missing, NC-808 there is none of that id, or it has ended.
    """
    reason = said(reason, "the reason")
    with open_workspace(workspace, create=False, clock=clock, beside=True) as opened:
        found = {a.id: a for a in opened.allowed.all()}
        if allowance_id not in found or not found[allowance_id].in_force(clock()):
            raise UsageError(
                "NC-808",
                f"There is no allowance {allowance_id!r} in force.",
                "it was removed or has expired" if allowance_id in found else "none is called so",
                "netcordon allow list",
            )
        opened.allowed.remove(allowance_id, reason)
        return next(a for a in opened.allowed.all() if a.id == allowance_id)


def allowances(workspace: Path) -> tuple[Allowance, ...]:
    """Every allowance there ever was, oldest first."""
    with open_workspace(workspace, create=False, clock=_never, readonly=True) as opened:
        return opened.allowed.all()


def canonical_value(what: str, values: Sequence[str]) -> str:
    """What was typed, checked and in the one form it is kept in.

    Raises:
        UsageError: NC-807 when it cannot be used.
    """
    expected = 2 if what in ("pair", "signature") else 1
    parts = [part.strip() for part in values]
    if len(parts) != expected or not all(parts):
        raise _wrong(f"{what} takes {expected} value{'s' if expected > 1 else ''}")
    return _CHECKS[what](parts)


def _address(parts: Sequence[str]) -> str:
    try:
        return str(ipaddress.ip_address(parts[0]))
    except ValueError as error:
        raise _wrong(f"{parts[0]!r} is no address") from error


def _prefix(parts: Sequence[str]) -> str:
    try:
        network = ipaddress.ip_network(parts[0])
    except ValueError as error:
        raise _wrong(f"{parts[0]!r} is no network: {error}") from error
    if network.prefixlen < _WIDEST[network.version]:
        raise _wrong(f"{network} is wider than /{_WIDEST[network.version]}")
    return str(network)


def _name(parts: Sequence[str]) -> str:
    name = parts[0].lower().rstrip(".")
    if len(name) > 253 or not _NAME.match(name):
        raise _wrong(f"{parts[0]!r} is no host or domain name")
    if "." in name and registered_domain(name) is None:
        raise _wrong(f"{name} is a public suffix; everybody can have a name under it")
    return name


def _ja4(parts: Sequence[str]) -> str:
    if not _JA4.match(parts[0]):
        raise _wrong(f"{parts[0]!r} is no JA4 fingerprint, such as t13d1516h2_8daaf6152771_…")
    return parts[0]


def _signature(parts: Sequence[str]) -> str:
    tool, rule = parts
    if " " in tool or len(tool) + len(rule) > _MOST_TEXT or not (tool + rule).isprintable():
        raise _wrong("a tool in one word and its rule are wanted, such as suricata 1:2013028")
    return f"{tool.lower()} {rule}"


def _user_agent(parts: Sequence[str]) -> str:
    text = parts[0]
    if len(text) > _MOST_TEXT or not text.isprintable():
        raise _wrong(f"a user agent of at most {_MOST_TEXT} printable characters is wanted")
    if text.endswith("*") and len(text) <= _LEAST_BEGINNING:
        raise _wrong(f"before the * at least {_LEAST_BEGINNING} characters are wanted")
    return text


def _detector(parts: Sequence[str]) -> str:
    known = [plugin.id for plugin in load("detectors")[0]]
    if parts[0] not in known:
        raise _wrong(f"there is no detector {parts[0]!r}; there are {', '.join(known)}")
    return parts[0]


def _pair(parts: Sequence[str]) -> str:
    return f"{_end(parts[0])},{_end(parts[1])}"


def _end(text: str) -> str:
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return _name([text])
    return _prefix([text]) if "/" in text else _address([text])


_CHECKS: dict[str, Callable[[Sequence[str]], str]] = {
    "address": _address, "prefix": _prefix, "name": _name, "ja4": _ja4,
    "user-agent": _user_agent, "detector": _detector, "pair": _pair, "signature": _signature,
}  # fmt: skip


def _wrong(why: str) -> UsageError:
    return UsageError(
        "NC-807", "This cannot be allowed.", why, "netcordon allow add --help shows each kind"
    )


def _never() -> datetime:
    raise AssertionError("reading stamps nothing")
