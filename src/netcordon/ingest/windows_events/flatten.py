"""An event of Windows as one object without depth: what it says of itself, and its data by name.

The shapes: ``evtx_dump`` and kin (``Event.System``, ``Event.EventData``), Wazuh (``data.win``),
EvtxECmd (``Payload``). Others are left as they are.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from netcordon.ingest.text import carriers
from netcordon.ingest.text.head import json_object

_MOST_DATA = 256
"""Data of an event that are kept; Windows has events of some sixty."""
_MOST_LETTERS = 1 << 15
_DEEPEST = 4
"""Elements within ``UserData``; Windows has two."""

Object = Mapping[str, object]


def flat_line(record: bytes) -> bytes:
    """A record of JSON as one of the flat shape; what is no event stays as it is."""
    value = json_object(record)
    if value is None:
        return record
    found = flat(value)
    return record if found is value else json.dumps(found).encode()


def flat(value: Object) -> Object:
    """An event in the flat shape, or the object itself."""
    value = carriers.unwrapped(value)
    event = _member(value, "Event")
    if event is not None:
        system = _member(event, "System")
        return value if system is None else _event(event, system)
    windows = _member(_member(value, "data") or {}, "win")
    if windows is not None:
        return _wazuh(windows, value)
    if "EventId" in value and isinstance(value.get("Payload"), str):
        return _payload(value)
    return value


def is_nested(value: Object) -> bool:
    """Whether an object is an event in one of the shapes that are made flat."""
    return flat(value) is not carriers.unwrapped(value)


def named(pairs: Iterator[tuple[str, object]], number: str | None = None) -> dict[str, object]:
    """Data by their names; those without are ``param1``, ``param2``, ..."""
    found: dict[str, object] = {} if number is None else {"EventID": number}
    nameless = 0
    for name, value in pairs:
        if len(found) >= _MOST_DATA:
            break
        if not name:
            nameless += 1
            name = f"param{nameless}"
        if value is not None:
            found.setdefault(name[:64], str(value)[:_MOST_LETTERS])
    return found


def _event(event: Object, system: Object) -> dict[str, object]:
    created = _member(system, "TimeCreated") or {}
    created = (
        _member(created, "#attributes") or _member(system, "TimeCreated_attributes") or created
    )
    return {
        **named(_leaves(event.get("EventData"))),
        **named(_leaves(event.get("UserData"))),
        "TimeCreated": _moment(created.get("SystemTime") or created.get("@SystemTime")),
        "EventID": _text(system.get("EventID")),
        "Channel": _text(system.get("Channel")),
        "Computer": _text(system.get("Computer")),
    }


def _leaves(node: object, depth: int = 0) -> Iterator[tuple[str, object]]:
    """Names and values of data: as members, as ``Data`` with names, or elements deeper."""
    if not isinstance(node, Mapping) or depth > _DEEPEST:
        return
    for name, value in node.items():
        if name.startswith(("#", "@", "xmlns")) or name == "Binary":
            continue
        if name == "Data":
            yield from _data(value)
        elif isinstance(value, Mapping) and "#text" not in value:
            yield from _leaves(value, depth + 1)
        elif not isinstance(value, list):
            yield name, _text(value)


def _data(value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping) and isinstance(value.get("#text"), list):
        value = value["#text"]
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, Mapping):
            name = item.get("@Name") or (_member(item, "#attributes") or {}).get("Name")
            yield str(name or ""), _text(item)
        else:
            yield "", _text(item)


def _wazuh(windows: Object, around: Object) -> dict[str, object]:
    system, data = _member(windows, "system") or {}, _member(windows, "eventdata") or {}
    return {
        **named((name[:1].upper() + name[1:], _text(value)) for name, value in data.items()),
        "TimeCreated": _moment(system.get("systemTime") or around.get("timestamp")),
        "EventID": _text(system.get("eventID")),
        "Channel": _text(system.get("channel")),
        "Computer": _text(system.get("computer")),
    }


def _payload(value: Object) -> dict[str, object]:
    inner = json_object(str(value["Payload"]).encode(errors="replace")) or {}
    return {
        **named(_leaves(inner.get("EventData"))),
        **named(_leaves(inner.get("UserData"))),
        **{name: _text(value.get(name)) for name in ("TimeCreated", "Channel", "Computer")},
        "EventID": _text(value["EventId"]),
    }


def _moment(value: object) -> str | None:
    """A time as ISO 8601 has it; tools write a space and ``UTC``."""
    text = _text(value)
    return None if text is None else text.removesuffix(" UTC").strip()


def _member(value: Object, name: str) -> Object | None:
    found = value.get(name)
    return found if isinstance(found, Mapping) else None


def _text(value: object) -> str | None:
    if isinstance(value, Mapping):
        value = value.get("#text")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)[:_MOST_LETTERS].encode(errors="replace").decode()
    return None
