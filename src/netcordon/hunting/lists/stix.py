"""STIX 2.1 bundles: indicators by their patterns, and observed objects by their values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from netcordon.hunting.canonical import NotUnderstoodError, guessed, of_type
from netcordon.hunting.lists.markings import KNOWN_IDS, definition
from netcordon.hunting.lists.plain import Entry
from netcordon.hunting.lists.stix_pattern import Comparison, RicherPatternError, alternatives
from netcordon.model.hunt import Atom, LeftOut, Wanted, WantedType

_HASHES = {"MD5": WantedType.MD5, "SHA-1": WantedType.SHA1, "SHA-256": WantedType.SHA256}
_PATHS: dict[str, WantedType | None] = {
    "ipv4-addr:value": None, "ipv6-addr:value": None,
    "network-traffic:dst_ref.value": None, "network-traffic:src_ref.value": None,
    "domain-name:value": WantedType.DOMAIN,
    "url:value": WantedType.URL,
    "email-addr:value": WantedType.MAIL,
    "email-message:from_ref.value": WantedType.MAIL,
    "email-message:sender_ref.value": WantedType.MAIL,
    "user-account:account_login": WantedType.ACCOUNT,
    "user-account:user_id": WantedType.ACCOUNT,
    "network-traffic:dst_port": WantedType.PORT,
    "network-traffic:extensions.http-request-ext.request_header.User-Agent": WantedType.USER_AGENT,
    **{f"{kind}:hashes.{name}": type_ for kind in ("file", "x509-certificate", "artifact")
       for name, type_ in _HASHES.items()},
}  # fmt: skip
"""Object path without quotes -> type; ``None`` is an address, a prefix or a name."""


def is_stix(value: object) -> bool:
    """Whether parsed JSON is a bundle, one STIX object, or a list of them."""
    first = value[0] if isinstance(value, list) and value else value
    if not isinstance(first, Mapping):
        return False
    return first.get("type") == "bundle" or ("--" in str(first.get("id")) and "type" in first)


def read_stix(value: Any) -> tuple[list[Entry], list[str]]:
    """Every entry in order, and the markings of all objects."""
    bundle = value if isinstance(value, list) else value.get("objects", [value])
    objects = [o for o in bundle if isinstance(o, Mapping)] if isinstance(bundle, list) else []
    defined = {
        str(o.get("id")): list(definition(o))
        for o in objects
        if o.get("type") == "marking-definition"
    }
    entries: list[Entry] = []
    tags: list[str] = []
    for one in objects:
        refs = one.get("object_marking_refs")
        for ref in map(str, refs if isinstance(refs, list) else ()):
            tags += defined.get(ref) or [t for t in (KNOWN_IDS.get(ref),) if t]
        if one.get("type") == "indicator":
            entries += _indicator(one)
        elif one.get("type") == "observed-data":
            inner = one.get("objects")
            for part in inner.values() if isinstance(inner, Mapping) else ():
                entries += _observed(part) if isinstance(part, Mapping) else []
        else:
            entries += _observed(one)
    return entries, tags


def _indicator(one: Mapping[str, Any]) -> list[Entry]:
    source, pattern = str(one.get("id", "indicator")), one.get("pattern")
    given = str(pattern)
    if one.get("revoked") is True:
        return [LeftOut(given=given, source=source, why="its author took it back (revoked)")]
    if one.get("pattern_type", "stix") != "stix" or not isinstance(pattern, str):
        why = f"its pattern is of type {one.get('pattern_type')!r}"
        return [LeftOut(given=given, source=source, why=why)]
    try:
        return [
            Wanted(
                parts=_parts(comparisons),
                given=given,
                source=source,
                name=str(one.get("name") or ""),
                valid_until=moment(one.get("valid_until")),
            )
            for comparisons in alternatives(pattern)
        ]
    except (RicherPatternError, NotUnderstoodError) as error:
        return [LeftOut(given=given, source=source, why=str(error))]


def _parts(comparisons: Sequence[Comparison]) -> tuple[Atom, ...]:
    parts: dict[Atom, None] = {}
    for comparison in comparisons:
        parts |= dict.fromkeys(_atoms(comparison))
    if any(part.type is WantedType.SHA256 for part in parts):
        # Of one object, SHA-256 decides; the shorter hashes say nothing beyond it.
        parts = {p: None for p in parts if p.type not in (WantedType.MD5, WantedType.SHA1)}
    if all(part.type is WantedType.PORT for part in parts):
        raise NotUnderstoodError("a port alone is no indicator")
    if sum(part.type is WantedType.PORT for part in parts) > 1:
        raise NotUnderstoodError("it asks for two ports at once")
    return tuple(parts)


def _atoms(comparison: Comparison) -> tuple[Atom, ...]:
    path = comparison.path.replace("'", "")
    if path not in _PATHS:
        raise NotUnderstoodError(f"{comparison.path} is not looked for")
    type_ = _PATHS[path]
    if comparison.is_subset:
        return of_type(WantedType.PREFIX, comparison.value)
    if type_ is not None:
        return of_type(type_, comparison.value)
    try:
        found = guessed(comparison.value)
    except NotUnderstoodError as error:
        raise NotUnderstoodError(f"{comparison.value[:80]!r} is no address") from error
    if found[0].type not in (WantedType.ADDRESS, WantedType.PREFIX, WantedType.DOMAIN):
        raise NotUnderstoodError(f"{comparison.value!r} is no address")
    return found


def _observed(one: Mapping[str, Any]) -> list[Entry]:
    return list(_observed_values(one))


def _observed_values(one: Mapping[str, Any]) -> Iterator[Entry]:
    kind = str(one.get("type"))
    named = {path.partition(":")[2]: path for path in _PATHS if path.startswith(f"{kind}:")}
    values = [(path, one.get(name)) for name, path in named.items() if "." not in name]
    hashes = one.get("hashes")
    if isinstance(hashes, Mapping):
        values += [(f"{kind}:hashes.{name}", value) for name, value in hashes.items()]
    for path, value in values:
        if path not in _PATHS or path.endswith("_port") or not isinstance(value, str):
            continue
        source = str(one.get("id", kind))
        try:
            parts = _atoms(Comparison(path, value))
        except NotUnderstoodError as error:
            yield LeftOut(given=value, source=source, why=str(error))
        else:
            yield Wanted(parts=parts, given=value, source=source, is_observed=True)


def moment(value: object) -> datetime | None:
    """A time in RFC 3339, in UTC; ``None`` when it is none."""
    try:
        found = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
