"""Abuse contacts out of files that somebody fetched: RDAP answers (RFC 9083) and tables.

Nothing is asked over the network: a look-up can warn whoever is looked up. Each contact keeps the
file it comes from and its date, for addresses age.
"""

from __future__ import annotations

import csv
import io
import ipaddress
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from netcordon.model.abuse import AbuseContact

MOST_BYTES = 16 << 20
_MOST_ROWS, _MOST_DEPTH, _MOST_ENTITIES = 200_000, 6, 200
_MAIL = re.compile(r"[^@\s<>\",;:\\]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+\Z", re.IGNORECASE)
_REGISTRIES = ("ripe.net", "arin.net", "apnic.net", "lacnic.net", "afrinic.net", "iana.org",
               "icann.org", "nic.br", "jpnic.net", "twnic.tw", "krnic.net")  # fmt: skip
"""Registries hand numbers out and answer for nobody's traffic; they ask not to be written to."""

IpNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network


class ContactsError(ValueError):
    """A file that holds no contacts, and why."""


def read_contacts(content: bytes, name: str) -> tuple[AbuseContact, ...]:
    """Contacts of one file: an RDAP answer, a list of them, or CSV (``network,mail,source,date``).

    Raises:
        ContactsError: with the reason.
    """
    if len(content) > MOST_BYTES:
        raise ContactsError(f"more than {MOST_BYTES >> 20} MiB")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ContactsError(f"it is no text: {error}") from error
    found = tuple(_rdap(text, name) if text.lstrip()[:1] in ("{", "[") else _table(text, name))
    if not found:
        raise ContactsError("it names no abuse contact")
    return found


def contact_for(source: str, known: Sequence[AbuseContact]) -> AbuseContact | None:
    """The contact of the smallest network around an address, or of the closest domain."""
    try:
        address = ipaddress.ip_address(source)
    except ValueError:
        name = source.lower().rstrip(".")
        under = [c for c in known if name == c.network or name.endswith(f".{c.network}")]
        return max(under, key=lambda c: (len(c.network), c.dated, c.mail), default=None)
    around = [
        (network.prefixlen, c.dated, c.mail, c)
        for c in known
        if (network := _network(c.network)) is not None and address in network
    ]
    return max(around, key=lambda each: each[:3])[3] if around else None


def is_registry(mail: str) -> bool:
    """Whether an address is a registry's, which must not be written to."""
    domain = mail.rpartition("@")[2].lower()
    return any(domain == name or domain.endswith(f".{name}") for name in _REGISTRIES)


def _table(text: str, name: str) -> Iterator[AbuseContact]:
    try:
        rows = list(csv.reader(io.StringIO(text), strict=True))
    except csv.Error as error:
        raise ContactsError(f"it is no CSV: {error}") from error
    if len(rows) > _MOST_ROWS:
        raise ContactsError(f"more than {_MOST_ROWS:,} lines")
    for number, row in enumerate(rows, 1):
        if not row or row[0].startswith("#") or row[0] == "network":
            continue
        network, mail, *more = [*(cell.strip() for cell in row), ""]
        if not _MAIL.match(mail):
            raise ContactsError(f"line {number}: no mail address in the second column")
        source, dated = [*more, "", ""][:2]
        yield AbuseContact(
            network=network.lower(), mail=mail, source=f"{name} line {number} {source}".strip(),
            dated=dated,
        )  # fmt: skip


def _rdap(text: str, name: str) -> Iterator[AbuseContact]:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ContactsError(f"its JSON is damaged: {error}") from error
    for answer in (said if isinstance(said, list) else [said])[:_MOST_ROWS]:
        if isinstance(answer, dict):
            mails = list(dict.fromkeys(_abuse_mails(answer, 0)))
            source = f"{name} (RDAP {answer.get('handle', 'without handle')})"
            for network in _networks(answer) if mails else ():
                yield AbuseContact(
                    network=network, mail=mails[0], source=source, dated=_changed(answer)
                )


def _networks(answer: Mapping[str, Any]) -> list[str]:
    """What an answer is about: ``cidr0_cidrs``, else start and end, else a domain."""
    out = []
    listed = answer.get("cidr0_cidrs")
    for each in listed if isinstance(listed, list) else ():
        prefix = each.get("v4prefix") or each.get("v6prefix") if isinstance(each, dict) else None
        network = _network(f"{prefix}/{each.get('length')}") if prefix else None
        out += [str(network)] if network is not None else []
    if not out and answer.get("startAddress"):
        try:
            first = ipaddress.ip_address(str(answer["startAddress"]))
            last = ipaddress.ip_address(str(answer.get("endAddress", first)))
            out = [str(n) for n in ipaddress.summarize_address_range(first, last)]
        except (ValueError, TypeError):
            out = []
    if not out and isinstance(answer.get("ldhName"), str):
        out = [answer["ldhName"].lower().rstrip(".")]
    return out


def _abuse_mails(thing: Mapping[str, Any], depth: int) -> Iterator[str]:
    """Mail addresses of entities in the role ``abuse``, the nearest first."""
    entities = thing.get("entities")
    listed = [e for e in entities if isinstance(e, dict)] if isinstance(entities, list) else []
    for entity in listed[:_MOST_ENTITIES]:
        roles = entity.get("roles")
        if isinstance(roles, list) and "abuse" in roles:
            yield from _vcard_mails(entity.get("vcardArray"))
    if depth < _MOST_DEPTH:
        for entity in listed[:_MOST_ENTITIES]:
            yield from _abuse_mails(entity, depth + 1)


def _vcard_mails(card: object) -> Iterator[str]:
    """``["vcard", [["email", {…}, "text", "abuse@example.net"], …]]`` (RFC 7095)."""
    fields = card[1] if isinstance(card, list) and len(card) > 1 else []
    for field in fields if isinstance(fields, list) else []:
        if isinstance(field, list) and len(field) > 3 and field[0] == "email":
            mail = str(field[3])
            if _MAIL.match(mail):
                yield mail


def _changed(answer: Mapping[str, Any]) -> str:
    events = answer.get("events")
    dates = [
        str(event.get("eventDate"))[:10]
        for event in (events if isinstance(events, list) else [])
        if isinstance(event, dict) and event.get("eventAction") in ("last changed", "registration")
    ]
    return max(dates, default="")


def _network(text: str) -> IpNetwork | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
