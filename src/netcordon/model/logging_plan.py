"""Verbose logging on one host: what to turn on, what it costs, and how to turn it off again."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class LoggingStep:
    """One platform on one host.

    Attributes:
        ending: of the files that hold ``do`` and ``revert``.
        system: ``linux``, ``windows``, ``network`` or ``sensor``.
        shows: what is seen with it.
        cost: what it takes, and who may notice.
        needs: what must be there first.
        before: what to save first, so that ``revert`` is exact; empty where ``do`` does it.
        check: how to see that it works.
    """

    platform: str
    host: str
    ending: str
    title: str
    system: str
    shows: str
    cost: str
    needs: str
    before: str
    do: str
    revert: str
    check: str
