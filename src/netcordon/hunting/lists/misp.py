"""MISP events as JSON: attributes meant for detection, by their types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from netcordon.hunting.canonical import NotUnderstoodError, of_type
from netcordon.hunting.lists.markings import tag
from netcordon.hunting.lists.plain import Entry, entry
from netcordon.model.hunt import LeftOut, Wanted, WantedType

_W = WantedType
_TYPES: dict[str, tuple[WantedType | None, ...]] = {
    "ip-src": (_W.ADDRESS,), "ip-dst": (_W.ADDRESS,),
    "ip-src|port": (_W.ADDRESS, _W.PORT), "ip-dst|port": (_W.ADDRESS, _W.PORT),
    "hostname": (_W.DOMAIN,), "domain": (_W.DOMAIN,), "hostname|port": (_W.DOMAIN, _W.PORT),
    "url": (_W.URL,), "email": (_W.MAIL,), "email-src": (_W.MAIL,), "email-dst": (_W.MAIL,),
    "md5": (_W.MD5,), "sha1": (_W.SHA1,), "sha256": (_W.SHA256,),
    "filename|md5": (None, _W.MD5), "filename|sha1": (None, _W.SHA1),
    "filename|sha256": (None, _W.SHA256),
    "x509-fingerprint-md5": (_W.MD5,), "x509-fingerprint-sha1": (_W.SHA1,),
    "x509-fingerprint-sha256": (_W.SHA256,),
    "ja3-fingerprint-md5": (_W.JA3,), "hassh-md5": (_W.HASSH,), "hasshserver-md5": (_W.HASSH,),
    "jarm-fingerprint": (), "user-agent": (_W.USER_AGENT,), "target-user": (_W.ACCOUNT,),
}  # fmt: skip
"""Type of an attribute -> what each part of its value (split at ``|``) is; ``None`` is no part."""

CONTEXT = "context, not meant for detection (to_ids); --all looks for it too"


def is_misp(value: object) -> bool:
    """Whether parsed JSON holds MISP events or attributes."""
    first = value[0] if isinstance(value, list) and value else value
    return isinstance(first, Mapping) and bool({"Event", "response", "Attribute"} & first.keys())


def read_misp(value: Any, *, with_context: bool) -> tuple[list[Entry], list[str]]:
    """Every entry in order, and the markings of all events and attributes.

    Args:
        value: parsed JSON.
        with_context: also what is not marked ``to_ids``.
    """
    entries: list[Entry] = []
    tags: list[str] = []
    for event in _events(value):
        tags += _tags(event)
        for attribute in _attributes(event):
            tags += _tags(attribute)
            entries += _entries(attribute, with_context)
    return entries, tags


def _events(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping) and "response" in value:
        value = value["response"]
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, Mapping):
            event = one.get("Event", one)
            if isinstance(event, Mapping):
                yield event


def _listed(holder: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    found = holder.get(key)
    return [x for x in found if isinstance(x, Mapping)] if isinstance(found, list) else []


def _attributes(event: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from _listed(event, "Attribute")
    for one in _listed(event, "Object"):
        yield from _listed(one, "Attribute")


def _tags(holder: Mapping[str, Any]) -> list[str]:
    return [found for one in _listed(holder, "Tag") if (found := tag(one.get("name")))]


def _entries(attribute: Mapping[str, Any], with_context: bool) -> Iterator[Entry]:
    kind, given = str(attribute.get("type")), str(attribute.get("value", ""))
    source = str(attribute.get("uuid") or attribute.get("id") or kind)
    if attribute.get("deleted") in (True, 1, "1"):
        return
    is_meant = attribute.get("to_ids") in (True, 1, "1")
    if not is_meant and not with_context:
        yield LeftOut(given=given, source=source, why=CONTEXT)
        return
    name = str(attribute.get("comment") or "")
    if kind == "domain|ip":
        for part in given.split("|"):
            yield entry(part, source, None, name=name, is_guessed=False)
        return
    types = _TYPES.get(kind, ())
    values = given.split("|") if len(types) > 1 else [given]
    if not types or len(values) != len(types):
        yield LeftOut(given=given, source=source, why=f"type {kind!r} is not looked for")
        return
    try:
        parts = [
            part
            for type_, value in zip(types, values, strict=True)
            if type_ is not None
            for part in of_type(_network(type_, value), value)
        ]
    except NotUnderstoodError as error:
        yield LeftOut(given=given, source=source, why=str(error))
        return
    yield Wanted(
        parts=tuple(parts), given=given, source=source, name=name, is_observed=not is_meant
    )


def _network(type_: WantedType, value: str) -> WantedType:
    return _W.PREFIX if type_ is _W.ADDRESS and "/" in value else type_
