"""Mappings by which logs were read: the journal keeps their text, once for each."""

from __future__ import annotations

from netcordon.casefile.journal import Draft, Journal

USED = "mapping.used"


def record_mapping(journal: Journal, name: str, sha256: str, content: bytes) -> None:
    """Keep a mapping, unless it was kept before.

    Args:
        journal: of the workspace.
        name: of the mapping.
        sha256: of its bytes; evidence that was read by it names this.
        content: its bytes, UTF-8.

    Raises:
        WorkspaceError: when it cannot be written.
    """
    if any(True for _ in journal.entries((USED,), sha256)):
        return
    text = content.decode("utf-8-sig")
    journal.append([Draft(USED, sha256, {"name": name, "toml": text})])
