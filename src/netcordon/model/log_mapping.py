"""A mapping: how lines of a log that no parser knows become rows of a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class LineFormat(StrEnum):
    """How a line is written."""

    CSV = "csv"
    JSON = "json"
    PAIRS = "pairs"


@dataclass(frozen=True, kw_only=True)
class ColumnSource:
    """Where the values of a column come from.

    Attributes:
        path: name of the field; of JSON the keys that lead to it. Empty for a constant.
        constant: the same for every row; ``None`` otherwise.
        values: what the log writes -> what the column holds.
        otherwise: what the column holds for texts that ``values`` does not name; ``None`` keeps
            them as they are, empty makes them NULL.
        factor: numbers are multiplied with it, to reach the unit of the column.
        time_format: of times, see ``LogMapping``; empty for that of the mapping.
    """

    path: tuple[str, ...] = ()
    constant: str | int | float | bool | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    otherwise: str | None = None
    factor: float = 1.0
    time_format: str = ""

    @property
    def name(self) -> str:
        """The field as one text; keys are joined by dots."""
        return ".".join(self.path)


@dataclass(frozen=True, kw_only=True)
class LogMapping:
    """How a log becomes rows.

    Attributes:
        name: a word, for people.
        format: of lines.
        table: the rows go to.
        delimiter: between fields of CSV, one character.
        names: of the fields of CSV, in order; empty where the first line names them.
        comment: lines that begin so are remarks; empty for none.
        time_format: ``iso``, ``epoch``, ``epoch_ms``, ``epoch_us``, ``epoch_ns``, or directives of
            ``strptime``, e.g. ``%d/%m/%Y %H:%M:%S``.
        zone: name (IANA) of the zone of times that name none; ``is_zone_said`` when the file says
            so, else it is assumed.
        columns: column -> its source.
        sha256: of the file that says all this.
    """

    name: str
    format: LineFormat
    table: str
    columns: Mapping[str, ColumnSource]
    delimiter: str = ","
    names: tuple[str, ...] = ()
    comment: str = ""
    time_format: str = "iso"
    zone: str = "UTC"
    is_zone_said: bool = False
    sha256: str = ""
