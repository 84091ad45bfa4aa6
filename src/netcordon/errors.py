"""One error for every front end: code, what happened, why, and what to try next."""

from __future__ import annotations


class NetcordonError(Exception):
    """Base of every error that netcordon raises on purpose.

    Args:
        code: stable identifier such as ``NC-101``; documented in ``docs/errors.md``.
        what: one sentence saying what did not work.
        why: the cause, as far as it is known.
        hint: what to try next.
    """

    exit_code = 4

    def __init__(self, code: str, what: str, why: str = "", hint: str = "") -> None:
        super().__init__(f"{code} {what}" + (f" ({why})" if why else ""))
        self.code = code
        self.what = what
        self.why = why
        self.hint = hint

    def as_dict(self) -> dict[str, str]:
        """The JSON shape of an error: ``code``, ``what``, ``why``, ``try``."""
        return {"code": self.code, "what": self.what, "why": self.why, "try": self.hint}


class UsageError(NetcordonError):
    """The caller asked for something that makes no sense; nothing was done."""

    exit_code = 2


class EvidenceError(NetcordonError):
    """One piece of evidence cannot be read, in part or at all; the rest goes on.

    Args:
        code: as in ``NetcordonError``, like ``what``, ``why`` and ``hint``.
        path: the piece of evidence, as it was named.
    """

    def __init__(
        self, code: str, what: str, why: str = "", hint: str = "", *, path: str = ""
    ) -> None:
        super().__init__(code, what, why, hint)
        self.path = path


class WorkspaceError(NetcordonError):
    """The workspace is damaged, locked by another run, or not a workspace."""


class QueryError(NetcordonError):
    """A query is refused or fails."""

    exit_code = 2
