"""Where the journal is kept: SQLAlchemy Core over one SQLite file.

The rollback journal is used rather than WAL, with ``synchronous=EXTRA``: commits are few, and the
store then is a single file that survives a power cut, can be copied as it is and read from a
write-protected medium.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    event,
)  # fmt: skip
from sqlalchemy.pool import NullPool

from netcordon.casefile.faults import damaged
from netcordon.errors import WorkspaceError

APPLICATION_ID = 0x4E43_5244
"""``NCRD``: marks the SQLite file as a case store."""

SCHEMA_VERSION = 1

PATIENCE_S = 60
"""How long one waits for another's turn; recording a run with thousands of findings takes some."""

_METADATA = MetaData()

ENTRY = Table(
    "journal_entry",
    _METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("time", String, nullable=False),
    Column("author", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("payload", String, nullable=False),
    Column("prev_hash", String, nullable=False),
    Column("leaves", String, nullable=False),
    Column("hash", String, nullable=False),
    Index("journal_entry_by_subject", "kind", "subject"),
)
"""The journal. Rows are only ever added."""

HEAD = Table(
    "journal_head",
    _METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("count", Integer, nullable=False),
    Column("hash", String, nullable=False),
)
"""One row: how many entries there are and the hash of the last, written with it."""


def connect(path: Path, *, writable: bool) -> Engine:
    """An engine on the file; it must exist unless ``writable``."""
    mode = "rwc" if writable else "ro"
    uri = f"file:{quote(os.fsencode(path))}?mode={mode}"

    def creator() -> sqlite3.Connection:
        connection = sqlite3.connect(uri, uri=True, timeout=PATIENCE_S, isolation_level=None)
        # Damaged text must reach the check of the chain, not fail on the way to it.
        connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
        connection.execute("PRAGMA trusted_schema=OFF")
        connection.execute("PRAGMA cell_size_check=ON")
        if writable:
            connection.execute("PRAGMA synchronous=EXTRA")
        return connection

    engine = create_engine("sqlite://", creator=creator, poolclass=NullPool)

    # The driver would begin a transaction by itself only before some statements; begin it always.
    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writable else "BEGIN")

    return engine


def create(engine: Engine) -> None:
    """Make the tables, all or none; harmless when they exist."""
    with engine.begin() as connection:
        _METADATA.create_all(connection)
        connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
        connection.exec_driver_sql(f"PRAGMA user_version={SCHEMA_VERSION}")


def check_kind(engine: Engine, path: Path) -> None:
    """Refuse a database that is not a case store, or of a later version.

    Raises:
        WorkspaceError: NC-503 or NC-508.
    """
    with engine.connect() as connection:
        application = _pragma(connection, "application_id")
        version = _pragma(connection, "user_version")
    if application != APPLICATION_ID:
        raise damaged(path, "it is a database, but not one of netcordon")
    if version > SCHEMA_VERSION:
        raise WorkspaceError(
            "NC-508",
            f"The case store {str(path)!r} was written by a later version of netcordon.",
            f"its schema has number {version}, this version knows {SCHEMA_VERSION}",
            "update netcordon",
        )


def is_empty(engine: Engine) -> bool:
    """Whether nothing was ever created in the database."""
    with engine.connect() as connection:
        return not connection.exec_driver_sql("SELECT count(*) FROM sqlite_schema").scalar_one()


def unsound(engine: Engine) -> list[str]:
    """What SQLite's own check of pages and indexes says; empty when all is well."""
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("PRAGMA integrity_check(20)").scalars().all()
    return [str(row) for row in rows if row != "ok"]


def _pragma(connection: Connection, name: str) -> int:
    value: Any = connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
    return int(value)
