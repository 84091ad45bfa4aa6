"""What this stage needs from the analytical engine, and how times cross that border."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

import pyarrow as pa

Row = Mapping[str, Any]
"""One row of an answer, column name -> Python value."""


class Queries(Protocol):
    """The part of ``tables.engine.Engine`` that is used here."""

    def query(self, sql: str, params: Mapping[str, object] | None = None, /) -> Sequence[Row]:
        """Rows of one ``SELECT`` with ``$name`` parameters bound."""

    def arrow(self, sql: str, params: Mapping[str, object] | None = None, /) -> pa.Table:
        """The same as an Arrow table."""

    def add_table(self, name: str, rows: pa.Table, /) -> None:
        """Put a scratch table beside the views."""


def plain(value: datetime) -> datetime:
    """A time as tables and findings keep it: UTC, without a zone."""
    return value if value.tzinfo is None else value.astimezone(UTC).replace(tzinfo=None)


def clock(value: datetime) -> str:
    """A time in a sentence: ``2024-05-01 13:37:02``."""
    return f"{value:%Y-%m-%d %H:%M:%S}"
