"""Well-known interfaces: the names of `interfaces.toml`, read when the first call is seen."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from uuid import UUID

NDR64 = UUID("71710533-beba-4937-8319-b5dbef9ccc36").bytes_le
"""Transfer syntax NDR64 as it stands on the wire ([MS-RPCE] section 2.2.5)."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation.

    Attributes:
        name: as its specification names it.
        layout: pairs of kind and field ("" for none) of the beginning of its stub.
        opens: ``handle`` or ``last_handle`` when the answer opens one, else "".
    """

    name: str
    layout: tuple[tuple[str, str], ...]
    opens: str


@dataclass(frozen=True, slots=True)
class Interface:
    """One interface with its operations by number."""

    name: str
    operations: Mapping[int, Operation]


def interface_of(uuid: str) -> Interface | None:
    """The interface of an abstract syntax in text form, or ``None`` when it is not known."""
    return _interfaces().get(uuid)


def known_interfaces() -> tuple[Interface, ...]:
    """All interfaces whose names are known, in the order of their names."""
    by_name = {each.name: each for each in _interfaces().values()}
    return tuple(by_name[name] for name in sorted(by_name))


@cache
def _interfaces() -> dict[str, Interface]:
    text = files(__package__).joinpath("interfaces.toml").read_text(encoding="utf-8")
    found: dict[str, Interface] = {}
    for name, entry in tomllib.loads(text).items():
        operations = {int(number): _operation(line) for number, line in entry["operations"].items()}
        interface = Interface(name, operations)
        for key in ("uuid", "alias"):
            if key in entry:
                found[entry[key]] = interface
    return found


def _operation(line: str) -> Operation:
    line, _, opens = line.partition(" -> ")
    name, _, layout = line.partition(": ")
    parts = (part.partition("=") for part in layout.split())
    return Operation(name, tuple((kind, field) for kind, _, field in parts), opens)
