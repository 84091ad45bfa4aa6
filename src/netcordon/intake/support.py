"""What stands behind a sender: ``Received`` and ``Authentication-Results`` (RFC 5321, RFC 8601).

``From`` is the sender's word and nothing else. A result counts as checked only where a server wrote
it that the organisation declares as its own; all other servers could be the sender's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from netcordon.model.intake import Support
from netcordon.model.letter import Letter
from netcordon.tables.names import registered_domain

_COMMENT = re.compile(r"\([^()]{0,1000}\)")
_RESULT = re.compile(r"\s*(?P<method>dkim|spf|dmarc|arc)\s*=\s*(?P<result>[a-z]{1,20})", re.I)
_PROPERTY = re.compile(
    r"(?P<name>[a-z]{1,12}\.[a-z-]{1,20})\s*=\s*\"?(?P<value>[^\s\";]{1,300})", re.I
)
_FROM = re.compile(r"\bfrom\s+(?P<host>\S{1,255})(?P<rest>.{0,300}?)\bby\s+(?P<by>\S{1,255})", re.I)
_OCTETS = re.compile(r"\[(?:IPv6:)?(?P<ip>[0-9a-fA-F:.]{3,45})\]")
_MOST = 20


def support(letter: Letter, sender: str, servers: Sequence[str]) -> tuple[Support, tuple[str, ...]]:
    """What stands behind the mail address of a sender, and the words that say so.

    Args:
        letter: with its headers.
        sender: address in ``From``.
        servers: names of our mail servers as they sign ``Authentication-Results``.
    """
    domain = sender.rpartition("@")[2].lower()
    why = list(_came_from(letter))
    why += _differing(letter, domain)
    results = [_server_of(value) for value in letter.all_headers("authentication-results")[:_MOST]]
    ours = [(name, text) for name, text in results if name in servers]
    name, text = (ours or results or [("", "")])[0]
    verdict = _verdict(text, domain)
    if not domain or not name or verdict is None:
        return Support.NOTHING, tuple(why)
    why.append(f"{name}: {' '.join(text.split())[:300]}")
    if verdict is False:
        return Support.CONTRADICTED, tuple(why)
    return (Support.VOUCHED if ours else Support.CLAIMED), tuple(why)


def relay_octets(value: str) -> list[str]:
    """The address that a ``Received`` field gives for whoever handed a letter over."""
    found = _FROM.search(value)
    octets = _OCTETS.search(found["rest"]) if found else None
    return [octets["ip"]] if octets else []


def _server_of(value: str) -> tuple[str, str]:
    """Name of the server and its results."""
    plain = _COMMENT.sub(" ", value)
    name, _, rest = plain.partition(";")
    words = name.split()
    return (words[0].lower().rstrip(".") if words else ""), rest


def _verdict(text: str, domain: str) -> bool | None:
    """Whether results speak for the domain of ``From``, against it, or not at all."""
    speaks: list[bool] = []
    for clause in text.split(";")[:_MOST]:
        found = _RESULT.match(clause)
        if not found:
            continue
        method, result = found["method"].lower(), found["result"].lower()
        said = {m["name"].lower(): m["value"].lower() for m in _PROPERTY.finditer(clause)}
        if method == "dmarc" and result in ("pass", "fail"):
            if "header.from" in said and not _same(said["header.from"], domain):
                continue
            return result == "pass"
        if method in ("dkim", "spf") and result in ("pass", "fail"):
            if result == "pass" and not _aligned(method, said, domain):
                continue
            speaks.append(result == "pass")
    return any(speaks) if speaks else None


def _aligned(method: str, said: Mapping[str, str], domain: str) -> bool:
    names = ("header.d", "header.i") if method == "dkim" else ("smtp.mailfrom", "smtp.helo")
    return any(_same(said[name].rpartition("@")[2], domain) for name in names if name in said)


def _same(one: str, other: str) -> bool:
    """Whether two names stand under one registered domain (relaxed alignment, RFC 7489)."""
    one, other = one.rpartition("@")[2].strip("<>. "), other.strip(". ")
    if not one or not other:
        return False
    return one == other or (registered_domain(one) or one) == (registered_domain(other) or other)


def _differing(letter: Letter, domain: str) -> list[str]:
    """Addresses that answers or errors go to, under other domains than ``From``."""
    out = []
    for name in ("reply-to", "return-path"):
        value = letter.header(name).strip()
        other = value.rpartition("@")[2].strip("<> ").lower()
        if other and domain and not _same(other, domain):
            out.append(f"{name.title()} differs: {value[:200]}")
    return out


def _came_from(letter: Letter) -> list[str]:
    """The host that handed the letter to the server nearest to us."""
    for value in letter.all_headers("received")[:_MOST]:
        found = _FROM.search(value)
        if found:
            octets = _OCTETS.search(found["rest"]) or _OCTETS.search(found["host"])
            at = f" [{octets['ip']}]" if octets else ""
            return [f"handed to {found['by']} by {found['host']}{at}"]
    return []
