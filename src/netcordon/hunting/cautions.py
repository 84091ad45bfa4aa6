"""Why a hit may mean less than it seems: things that many honest hosts touch."""

from __future__ import annotations

from urllib.parse import urlsplit

from netcordon.detection.services import known_service
from netcordon.incidents.addresses import is_group, is_private, public_service
from netcordon.model.hunt import Atom, Wanted, WantedType
from netcordon.tables.names import registered_domain


def caution(wanted: Wanted) -> str | None:
    """One sentence, or ``None`` when nothing speaks for innocence."""
    said = [text for part in wanted.parts if (text := _of_one(part)) is not None]
    if wanted.is_observed:
        said.insert(0, "the list calls it observed, not malicious")
    return "; ".join(said) or None


def _of_one(atom: Atom) -> str | None:
    if atom.type is WantedType.ADDRESS:
        return _address(atom.value)
    if atom.type is WantedType.DOMAIN:
        return _domain(atom.value)
    if atom.type is WantedType.URL:
        host = urlsplit(atom.value).hostname or ""
        return _address(host) or _domain(host)
    return None


def _address(ip: str) -> str | None:
    if is_group(ip):
        return "a multicast or broadcast address, which is nobody's"
    if is_private(ip):
        return "a private address: it means something only in the network it was seen in"
    service = public_service(ip)
    return f"{service}, which everybody may use" if service else None


def _domain(name: str) -> str | None:
    if "." in name and registered_domain(name) is None:
        return "a public suffix: the names below it belong to many owners"
    service = known_service(name)
    return f"a known service ({service[0]}), which everybody may use" if service else None
