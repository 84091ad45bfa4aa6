"""What the stub of a request names, read by the layout of its operation."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from uuid import UUID

from netcordon.ingest.capture.application.dcerpc.interfaces import Operation, interface_of
from netcordon.ingest.capture.application.dcerpc.ndr import Ndr, NdrError
from netcordon.ingest.capture.application.record.text import safe_text, utf16_text, visible

_MOST_TEXTS = 16
_LONGEST_OBJECT = 2048
_PRINTABLE = re.compile(rb"(?:[\x20-\x7e]\x00){4,2048}|[\x20-\x7e]{8,2048}")
_ACTIVATION_PROPERTIES = UUID("00000338-0000-0000-c000-000000000046").bytes_le
_INSTANTIATION = UUID("000001ab-0000-0000-c000-000000000046").bytes_le
_MOST_PROPERTIES = 16
_REGISTRY_TEXT = (1, 2)  # REG_SZ, REG_EXPAND_SZ
_SECRET = re.compile("passw|secret|credential", re.IGNORECASE)
_START_TYPES = {0: "boot", 1: "system", 2: "automatic", 3: "manual", 4: "disabled"}
_CONTROLS = {1: "stop", 2: "pause", 3: "continue", 4: "interrogate", 5: "shutdown"}
_TOWER_UUID = 0x0D

Facts = dict[str, object]


def describe(
    operation: Operation, stub: bytes, handles: Mapping[bytes, str], *, big: bool, wide: bool
) -> tuple[str | None, str | None]:
    """What a request names, and what it sets.

    Args:
        operation: names the layout.
        stub: the request's stub as far as it was kept.
        handles: names behind context handles.
        big: integers are big-endian.
        wide: the stub is NDR64.

    Returns:
        Object and detail (a JSON object with sorted keys); ``None`` where nothing is named. A
        stub that is cut off or malformed gives what stands before the fault.
    """
    facts: Facts = {}
    cursor = Ndr(stub, big=big, wide=wide)
    try:
        for kind, field in operation.layout:
            value = _read(kind, cursor, stub, handles, facts)
            if field and value not in (None, "", []):
                _put(facts, field, value, joins=operation.layout[0][0] == "parent")
            elif kind in ("handle", "parent") and value:
                facts["object"] = value
    except NdrError:
        pass
    named = facts.pop("object", None)
    _name_numbers(facts)
    return (
        visible(str(named), _LONGEST_OBJECT) if named else None,
        json.dumps(facts, sort_keys=True, ensure_ascii=False) if facts else None,
    )


def _put(facts: Facts, field: str, value: object, *, joins: bool) -> None:
    if isinstance(value, list) and field == "object":
        value = ", ".join(value)
    if field == "data" and _SECRET.search(str(facts.get("value", ""))):
        return
    if field == "object" and joins and facts.get("object"):
        value = f"{facts['object']}\\{value}"
    facts[field] = value


def _name_numbers(facts: Facts) -> None:
    for field, names in (("start_type", _START_TYPES), ("control", _CONTROLS)):
        number = facts.get(field)
        if isinstance(number, int):
            if number == 0xFFFFFFFF:  # SERVICE_NO_CHANGE
                del facts[field]
            else:
                facts[field] = names.get(number, number)


def _read(
    kind: str, cursor: Ndr, stub: bytes, handles: Mapping[bytes, str], facts: Facts
) -> object:
    plain = _PLAIN.get(kind)
    if plain is not None:
        return plain(cursor)
    if kind in ("handle", "parent"):
        return handles.get(cursor.handle())
    if kind.startswith("unique_"):
        return _read(kind[7:], cursor, stub, handles, facts) if cursor.count() else None
    if kind == "registry_data":
        number, data = cursor.dword(), cursor.octets()
        return utf16_text(data[:-2] if data[-2:] == b"\0\0" else data) \
            if number in _REGISTRY_TEXT else None  # fmt: skip
    if kind == "texts":
        return texts(stub)
    if kind == "class_id":
        return _class_id(stub)
    return kind  # a constant, such as the name of a registry hive


def _name(cursor: Ndr) -> str:
    return cursor.string() if cursor.text_header() else ""


def _tower(cursor: Ndr) -> str:
    """The interface that a protocol tower asks for (C706 appendix L)."""
    if cursor.count():
        cursor.take(16)
    if not cursor.count():
        return ""
    cursor.count()
    size = cursor.dword()
    tower = cursor.take(min(size, 256))
    if len(tower) < 21 or tower[4] != _TOWER_UUID:
        return ""
    uuid = str(UUID(bytes_le=tower[5:21]))
    interface = interface_of(uuid)
    return interface.name if interface else uuid


_PLAIN: Mapping[str, Callable[[Ndr], object]] = {
    "byte": Ndr.byte,
    "word": Ndr.word,
    "dword": Ndr.dword,
    "enum": Ndr.enum,
    "guid": Ndr.guid,
    "string": Ndr.string,
    "ansi": Ndr.ansi,
    "character": Ndr.word,
    "skip": Ndr.dword,
    "name": _name,
    "names": lambda cursor: cursor.names(varying=False),
    "varying_names": lambda cursor: cursor.names(varying=True),
    "rid": lambda cursor: f"RID {cursor.dword()}",
    "sid": Ndr.sid,
    "tower": _tower,
}


def texts(stub: bytes) -> list[str]:
    """Readable texts of a stub that only its object understands (COM), in order, each once."""
    found: dict[str, None] = {}
    for match in _PRINTABLE.finditer(stub):
        raw = match[0]
        found[utf16_text(raw) if raw[1:2] == b"\0" else safe_text(raw)] = None
        if len(found) >= _MOST_TEXTS:
            break
    return list(found)


def _class_id(stub: bytes) -> str | None:
    """Class that an activation asks for ([MS-DCOM] sections 2.2.22.1 and 2.2.22.2.1)."""
    at = stub.find(_ACTIVATION_PROPERTIES)
    begin = at + 32  # behind the class: extension, reserved, and size of the blob
    if at < 0 or begin + 68 > len(stub):
        return None
    size, number = _u32(stub, begin + 20), _u32(stub, begin + 32)
    if number > _MOST_PROPERTIES:
        return None
    classes, sizes = begin + 68, begin + 68 + 16 * number + 4
    at = begin + size
    for i in range(number):
        if stub[classes + 16 * i : classes + 16 * i + 16] == _INSTANTIATION:
            raw = stub[at + 16 : at + 32]
            return str(UUID(bytes_le=raw)) if len(raw) == 16 else None
        at += _u32(stub, sizes + 4 * i)
    return None


def _u32(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "little")
