"""What is hunted for, and what a hunt found: indicators of others against our own evidence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from netcordon.model.archive import ArchiveLook


class WantedType(StrEnum):
    """Kinds of things that can be looked for."""

    ADDRESS = "address"
    PREFIX = "prefix"
    DOMAIN = "domain"
    URL = "url"
    JA3 = "ja3"
    JA4 = "ja4"
    HASSH = "hassh"
    MD5 = "md5"
    SHA1 = "sha1"
    SHA256 = "sha256"
    USER_AGENT = "user-agent"
    ACCOUNT = "account"
    MAIL = "mail"
    PORT = "port"


@dataclass(frozen=True)
class Atom:
    """One comparison: a type and its value in canonical form."""

    type: WantedType
    value: str


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One indicator to look for.

    Attributes:
        parts: what must be seen; several must all be seen of one and the same flow.
        given: as it was written (hostile text).
        source: where in its list it stands, e.g. ``line 3`` or an object's id.
        is_guessed: nobody said of what type it is.
        name: what its author calls it.
        valid_until: when its author stops vouching for it.
        is_observed: an observable (a fact), which nobody judged to be bad.
    """

    parts: tuple[Atom, ...]
    given: str
    source: str = ""
    is_guessed: bool = False
    name: str = ""
    valid_until: datetime | None = None
    is_observed: bool = False

    @property
    def type(self) -> str:
        """Type to show: that of the only part, or ``pattern``."""
        return self.parts[0].type.value if len(self.parts) == 1 else "pattern"

    @property
    def value(self) -> str:
        """Value to show; parts of a pattern are joined by ``AND``."""
        if len(self.parts) == 1:
            return self.parts[0].value
        return " AND ".join(f"{part.type.value} {part.value}" for part in self.parts)


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """An entry of a list that is not looked for, and why."""

    given: str
    source: str
    why: str


@dataclass(frozen=True, kw_only=True)
class HuntList:
    """Indicators from one place.

    Attributes:
        name: of the file, or what stands for it.
        format: in words, e.g. ``STIX 2.1``.
        sha256: of its bytes.
        tlp: the most restrictive Traffic Light marking in it, e.g. ``TLP:AMBER``; ``None`` without.
        pap: likewise for the Permissible Actions Protocol.
    """

    name: str
    format: str
    sha256: str
    wanted: tuple[Wanted, ...]
    left_out: tuple[LeftOut, ...] = ()
    tlp: str | None = None
    pap: str | None = None


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """Where an indicator was seen: one column of one table.

    Attributes:
        way: ``out`` a host of the evidence went there, ``in`` it came to a host, ``told`` a host
            was told of it, ``own`` the host said or is it.
        rows: how many.
        hosts: how many hosts.
        seen_as: the value as it stands in the row, the first in the order of text.
        values: how many different values there are.
        is_exact: the whole indicator, not only the host part of a URL.
    """

    table: str
    column: str
    way: str
    rows: int
    hosts: int
    first_seen_time: datetime
    last_seen_time: datetime
    seen_as: str
    values: int
    is_exact: bool


@dataclass(frozen=True, kw_only=True)
class Toucher:
    """A host that touched an indicator, as fully named as the evidence allows.

    Attributes:
        is_resolver: it answers questions about names itself, so it asks for others.
    """

    ip: str
    name: str | None
    user: str | None
    mac: str | None
    is_internal: bool
    is_resolver: bool
    ways: tuple[str, ...]
    rows: int
    first_seen_time: datetime
    last_seen_time: datetime


@dataclass(frozen=True, kw_only=True)
class ExampleRow:
    """A row to look at."""

    table: str
    evidence_id: str
    frame: int
    time: datetime


@dataclass(frozen=True, kw_only=True)
class Trace:
    """What was seen of one indicator.

    Attributes:
        hosts: those with most rows, at most ``MOST_HOSTS``; ``host_count`` counts all.
        caution: why it may mean less than it seems, or ``None``.
    """

    wanted: Wanted
    sightings: tuple[Sighting, ...]
    hosts: tuple[Toucher, ...]
    host_count: int
    examples: tuple[ExampleRow, ...]
    rows: int
    first_seen_time: datetime
    last_seen_time: datetime
    caution: str | None = None


MOST_HOSTS = 100
"""Hosts named for one indicator."""


@dataclass(frozen=True, kw_only=True)
class Searched:
    """A table that was searched: its rows and their times."""

    table: str
    rows: int
    first_time: datetime | None
    last_time: datetime | None


@dataclass(frozen=True, kw_only=True)
class HuntResult:
    """What a hunt found in all evidence.

    Attributes:
        traces: what was seen, in the order of the lists.
        nothing: indicators of which nothing was seen, in the order of the lists.
        searched: tables that were searched.
        not_visible: what the evidence could not show, in sentences.
        archive: what was needed of the archive, when evidence stands there.
    """

    traces: tuple[Trace, ...]
    nothing: tuple[Wanted, ...]
    searched: tuple[Searched, ...]
    evidence_ids: tuple[str, ...]
    not_visible: tuple[str, ...]
    archive: ArchiveLook | None = None
