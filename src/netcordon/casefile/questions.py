"""Queries that people saved in a workspace: every version is kept, the last one counts."""

from __future__ import annotations

from netcordon.casefile.journal import Draft, Journal

SAVED = "query.saved"


def save_query(journal: Journal, name: str, sql: str) -> None:
    """Keep a query under a name.

    Raises:
        WorkspaceError: when it cannot be written.
    """
    journal.append([Draft(SAVED, name, {"sql": sql})])


def saved_queries(journal: Journal) -> dict[str, str]:
    """Name -> query, in the order of names."""
    found = {entry.subject: str(entry.payload["sql"]) for entry in journal.entries((SAVED,))}
    return dict(sorted(found.items()))
