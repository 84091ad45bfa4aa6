"""What can go wrong with a workspace's files, said once and in plain words."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from netcordon.errors import WorkspaceError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_REFUSED = (errno.EACCES, errno.EPERM, errno.EROFS)


def full(path: Path, why: str) -> WorkspaceError:
    """The error for a disk without room."""
    return WorkspaceError(
        "NC-505",
        f"No room left to write to the workspace {str(path)!r}.",
        why,
        "free some space and run the same command again; what was committed before is kept",
    )


def unwritable(path: Path, why: str) -> WorkspaceError:
    """The error for missing rights or a read-only file system."""
    return WorkspaceError(
        "NC-504",
        f"The workspace {str(path)!r} cannot be read or written.",
        why,
        "check owner and permissions, or name another directory with --workspace",
    )


def damaged(path: Path, why: str) -> WorkspaceError:
    """The error for a case store that is no sound database."""
    return WorkspaceError(
        "NC-503",
        f"The case store {str(path)!r} is damaged.",
        why,
        "restore a backup, or investigate the evidence again with --workspace NEW_DIRECTORY",
    )


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn errors of the file system and the database into a ``WorkspaceError`` about ``path``."""
    try:
        yield
    except OSError as error:
        raise _of_file_system(path, error) from error
    except sqlite3.Error as error:
        raise _of_database(path, error) from error
    except Exception as error:
        # Imported here: processes that only decode never touch the store, and start sooner.
        from sqlalchemy.exc import SQLAlchemyError

        if not isinstance(error, SQLAlchemyError):
            raise
        cause = getattr(error, "orig", None)
        raise _of_database(path, cause if isinstance(cause, sqlite3.Error) else error) from error


def _of_file_system(path: Path, error: OSError) -> WorkspaceError:
    why = error.strerror or str(error)
    if error.errno in _FULL:
        return full(path, why)
    if error.errno in _REFUSED:
        return unwritable(path, why)
    return WorkspaceError(
        "NC-501",
        f"{str(path)!r} cannot be used as a workspace.",
        why,
        "name another directory with --workspace",
    )


def _of_database(path: Path, error: Exception) -> WorkspaceError:
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith("SQLITE_FULL"):
        return full(path, str(error))
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH")):
        return unwritable(path, str(error))
    if name.startswith("SQLITE_BUSY"):
        return WorkspaceError(
            "NC-502", f"The case store {str(path)!r} is busy.", str(error), "try again in a moment"
        )
    return damaged(path, str(error))
