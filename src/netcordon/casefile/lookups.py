"""What was looked for in a workspace: hunts and scope queries, as the journal keeps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from netcordon.casefile.journal import Draft, Journal

HUNTED = "hunt.run"
SCOPED = "scope.run"


@dataclass(frozen=True, kw_only=True)
class HuntRecord:
    """One hunt.

    Attributes:
        lists: of each list its name, format, SHA-256, markings and counts.
        indicators: looked for, each once.
        hits: how many of them were seen.
        seen: of the first of them type, value and rows.
        evidence_ids: what was searched.
    """

    lists: Sequence[Mapping[str, object]]
    indicators: int
    hits: int
    seen: Sequence[Mapping[str, object]]
    evidence_ids: Sequence[str]
    versions: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class ScopeRecord:
    """One scope query; the gate of the identification asks for it.

    Attributes:
        subject: the finding or incident whose shape was looked for.
        finding_ids: the findings behind it.
        shapes: kind and value of each thing that was looked for, and how many hosts have it.
        left_out: shapes that could not be looked for, and why.
        hosts: how many hosts have any of them.
        new_hosts: how many of these the findings did not name.
        hosts_named: the first of the new ones, by address.
        evidence_ids: what was searched.
    """

    subject: str
    finding_ids: Sequence[str]
    shapes: Sequence[Mapping[str, object]]
    left_out: Sequence[str]
    hosts: int
    new_hosts: int
    hosts_named: Sequence[str]
    evidence_ids: Sequence[str]
    versions: Mapping[str, str]


def record_hunt(journal: Journal, record: HuntRecord) -> None:
    """Put a hunt into the journal, under the hash of its first list.

    Raises:
        WorkspaceError: when it cannot be written.
    """
    journal.append([Draft(HUNTED, str(record.lists[0]["sha256"]), record)])


def record_scope(journal: Journal, record: ScopeRecord) -> None:
    """Put a scope query into the journal, under the id of the finding or incident.

    Raises:
        WorkspaceError: when it cannot be written.
    """
    journal.append([Draft(SCOPED, record.subject, record)])
