"""Take everything that was handed in into the workspace, and remember what could not be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from netcordon.casefile.workspace import Workspace
from netcordon.errors import EvidenceError
from netcordon.evidence.discover import Found, discover
from netcordon.ingest.run import take_in
from netcordon.model.evidence import Evidence, IngestWarning
from netcordon.settings import DecodeLimits
from netcordon.workflow.observer import Observer

UNREADABLE = "unreadable"
"""Kind of an entry that stands for something that could not be read at all."""


@dataclass
class Collected:
    """What this investigation rests on.

    Attributes:
        evidence: registered evidence, in the order it was handed in.
        unreadable: entries for what could not be read, with the reason as their warning.
    """

    evidence: list[Evidence] = field(default_factory=list)
    unreadable: list[Evidence] = field(default_factory=list)

    @property
    def partly_unreadable(self) -> bool:
        """Whether something named was not read, not to its end, or not a frame of it decoded."""
        broken = any(not item.facts.get("complete", True) for item in self.evidence)
        opaque = any(0 < item.records <= sum(item.refused.values()) for item in self.evidence)
        return bool(self.unreadable) or broken or opaque


def collect(names: Sequence[str], workspace: Workspace, observer: Observer) -> Collected:
    """Read what was named, or, when nothing was, take all that is registered.

    One bad piece never stops the others: it becomes an entry with its reason.
    """
    collected = Collected()
    if not names:
        collected.evidence = [r.evidence for r in workspace.register.all() if r.has_tables]
        return collected
    limits = DecodeLimits()
    discovery = discover(names, limits=limits)
    for passed in (*discovery.unrecognised, *discovery.skipped):
        observer.note(f"passed over: {passed.path}: {passed.reason}")
    for error in discovery.errors:
        _refuse(collected, error.path, error, observer)
    for found in discovery.found:
        _take(found, collected, workspace, limits, observer)
    return collected


def _take(
    found: Found,
    collected: Collected,
    workspace: Workspace,
    limits: DecodeLimits,
    observer: Observer,
) -> None:
    observer.evidence_begins(found.path, found.bytes)
    try:
        taken = take_in(
            found.path,
            workspace,
            limits,
            observer.evidence_advances,
            compiling=lambda: observer.stage("warming"),
        )
    except EvidenceError as error:
        observer.evidence_ends("not read")
        _refuse(collected, found.path, error, observer)
        return
    item = taken.registration.evidence
    frames = f"{item.records:,} frame{'' if item.records == 1 else 's'}"
    observer.evidence_ends(frames if taken.is_new else f"already registered, {frames}")
    for warning in item.warnings:
        observer.note(f"  {warning.code}  {warning.what}")
    if item.id not in {known.id for known in collected.evidence}:
        collected.evidence.append(item)


def _refuse(collected: Collected, path: str, error: EvidenceError, observer: Observer) -> None:
    told = f"{error.what} {error.why}".strip()
    observer.note(f"{error.code}  {told}" + (f" (try: {error.hint})" if error.hint else ""))
    collected.unreadable.append(
        Evidence(
            id="",
            path=path,
            sha256="",
            kind=UNREADABLE,
            bytes=0,
            records=0,
            warnings=(IngestWarning(code=error.code, what=told),),
        )
    )
