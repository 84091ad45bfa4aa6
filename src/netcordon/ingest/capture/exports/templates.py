"""Templates of NetFlow 9 and IPFIX: what their records hold, as plans for the kernel.

Sources: RFC 3954 sections 5.2 and 6.1; RFC 7011 sections 3.4 and 8.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from netcordon.ingest.capture.exports import elements as e
from netcordon.ingest.capture.exports.records import (
    BUILT_IN_5,
    BUILT_IN_7,
    FIELD,
    PLAN,
    VARIABLE,
)

MOST_TEMPLATES = 1 << 14
"""Of all exporters; more are refused, for no device has as many."""
_MOST_FIELDS = 512
_ENTERPRISE = 0x8000
_TEMPLATES, _OPTIONS = {0: 9, 2: 10}, {1: 9, 3: 10}
"""Set id -> version of the protocol, for templates of records and for those of options."""

Key = tuple[int, int]
"""Number of the exporter, and id of the template."""


@dataclass(frozen=True)
class Template:
    """One template.

    Attributes:
        plan: number of its plan.
        fields: meaning and length of each field.
        is_options: its records tell of the exporter and not of traffic.
    """

    plan: int
    fields: tuple[tuple[int, int], ...]
    is_options: bool


_FIXED_5 = (
    (e.SRC4, 4), (e.DST4, 4), (e.SKIP, 8), (e.PACKETS_OUT, 4), (e.OCTETS_OUT, 4),
    (e.FIRST_UPTIME, 4), (e.LAST_UPTIME, 4), (e.SRC_PORT, 2), (e.DST_PORT, 2), (e.SKIP, 1),
    (e.FLAGS_OUT, 1), (e.PROTOCOL, 1), (e.SKIP, 9),
)  # fmt: skip
"""A record of version 5; one of version 7 has four more octets at its end."""


class Templates:
    """All templates of one capture, and the plans made of them.

    Attributes:
        refused: templates that are malformed, or beyond the bound.
        redefined: times that an id got another meaning.
        withdrawn: times that an exporter took a template back.
    """

    def __init__(self) -> None:
        self.refused = self.redefined = self.withdrawn = 0
        self._known: dict[Key, Template] = {}
        self._made: dict[tuple[tuple[tuple[int, int], ...], bool], Template] = {}
        self._plans = np.zeros(64, dtype=PLAN)
        self._fields = np.zeros(1024, dtype=FIELD)
        self._field_count = 0
        self._built_in = {
            BUILT_IN_5: self._template(_FIXED_5, is_options=False),
            BUILT_IN_7: self._template((*_FIXED_5, (e.SKIP, 4)), is_options=False),
        }

    @property
    def plans(self) -> np.ndarray:
        """``PLAN`` by number."""
        return self._plans

    @property
    def fields(self) -> np.ndarray:
        """``FIELD`` of all plans."""
        return self._fields

    def __len__(self) -> int:
        return len(self._known)

    def find(self, exporter: int, set_id: int) -> Template | None:
        """The template of a data set, where it is known."""
        if set_id in self._built_in:
            return self._built_in[set_id]
        return self._known.get((exporter, set_id))

    def take(self, exporter: int, set_id: int, content: bytes) -> list[int]:
        """Read a set of templates; returns the ids that mean something new from now on.

        Args:
            exporter: number of the exporter and its domain.
            set_id: 0 to 3.
            content: of the set, without its header.
        """
        changed = []
        is_options = set_id in _OPTIONS
        version = (_OPTIONS if is_options else _TEMPLATES)[set_id]
        for number, fields in _definitions(content, version, is_options):
            if number < 0:
                self.refused += 1
            elif fields is None:
                self._withdraw(exporter, number, is_options)
            elif self._define((exporter, number), fields, is_options):
                changed.append(number)
        return changed

    def _define(self, key: Key, fields: tuple[tuple[int, int], ...], is_options: bool) -> bool:
        before = self._known.get(key)
        if before is not None and (before.fields, before.is_options) == (fields, is_options):
            return False
        made = self._made.get((fields, is_options))
        if made is None:
            if len(self._made) >= MOST_TEMPLATES:
                self.refused += 1
                return False
            made = self._template(fields, is_options)
        if before is None and len(self._known) >= MOST_TEMPLATES:
            self.refused += 1
            return False
        self.redefined += before is not None
        self._known[key] = made
        return True

    def _withdraw(self, exporter: int, number: int, is_options: bool) -> None:
        """RFC 7011, 8.1: one template, or with the id of the set all of its kind."""
        ids = [number] if number > 255 else [
            of for (who, of), known in self._known.items()
            if who == exporter and known.is_options == is_options
        ]  # fmt: skip
        for one in ids:
            self.withdrawn += self._known.pop((exporter, one), None) is not None

    def _template(self, fields: Sequence[tuple[int, int]], is_options: bool) -> Template:
        number, first = len(self._made), self._field_count
        if number == len(self._plans):
            self._plans = np.concatenate([self._plans, np.zeros_like(self._plans)])
        while first + len(fields) > len(self._fields):
            self._fields = np.concatenate([self._fields, np.zeros_like(self._fields)])
        self._field_count += len(fields)
        self._fields[first : self._field_count] = np.array(list(fields), dtype=FIELD)
        meanings = {m for m, length in fields if e.ADDRESS_OCTETS.get(m, length) == length}
        plan = self._plans[number]
        plan["first"], plan["stop"] = first, self._field_count
        plan["size"] = sum(1 if length == VARIABLE else length for _, length in fields)
        plan["is_variable"] = any(length == VARIABLE for _, length in fields)
        plan["is_flow"] = not is_options and any(pair <= meanings for pair in e.HAS_ENDS)
        made = Template(number, tuple(fields), is_options)
        self._made[made.fields, is_options] = made
        return made


_Definition = tuple[int, tuple[tuple[int, int], ...] | None]


def _definitions(content: bytes, version: int, is_options: bool) -> Iterator[_Definition]:
    """Id and fields of each template of a set; no fields withdraw it, id -1 is malformed."""
    at = 0
    head = 6 if is_options else 4
    while at + 4 <= len(content):
        number, count = struct.unpack_from(">HH", content, at)
        if number == 0 and count == 0:
            return  # padding
        if version == 10 and count == 0:
            yield number, None
            at += 4
            continue
        if at + head > len(content) or number < 256:
            yield -1, None
            return
        scopes = 0
        if is_options:
            (third,) = struct.unpack_from(">H", content, at + 4)
            # Version 9 gives octets of the scope fields and of the others, IPFIX their numbers.
            scopes = count // 4 if version == 9 else 0
            count = (count + third) // 4 if version == 9 else count
        fields, at = _fields(content, at + head, count, version, scopes)
        if fields is None:
            yield -1, None
            return
        yield number, fields


def _fields(
    content: bytes, at: int, count: int, version: int, scopes: int
) -> tuple[tuple[tuple[int, int], ...] | None, int]:
    """Fields of a template and where the next one begins; ``None`` where they are malformed."""
    found = []
    size = 0
    if count > _MOST_FIELDS:
        return None, at
    for place in range(count):
        if at + 4 > len(content):
            return None, at
        element, length = struct.unpack_from(">HH", content, at)
        at += 4
        enterprise = 0
        if version == 10 and element & _ENTERPRISE:
            if at + 4 > len(content):
                return None, at
            (enterprise,) = struct.unpack_from(">I", content, at)
            element &= _ENTERPRISE - 1
            at += 4
        # Scopes of version 9 (system, interface, line card) are no elements.
        meaning = e.SKIP if place < scopes else e.meaning(version, enterprise, element)
        found.append((meaning, length))
        size += 1 if length == VARIABLE and version == 10 else length
    # A record without octets would never end.
    return (tuple(found) if 0 < size < 1 << 16 else None), at
