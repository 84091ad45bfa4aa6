"""Take everything that was handed in into the workspace, and remember what could not be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from netcordon.casefile.workspace import Workspace
from netcordon.errors import EvidenceError
from netcordon.evidence.discover import discover
from netcordon.ingest.many import Answer, take_in_all
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
        notes: sentences for the report's list of what was not seen.
    """

    evidence: list[Evidence] = field(default_factory=list)
    unreadable: list[Evidence] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def keep(self, evidence_ids: Sequence[str]) -> None:
        """Leave out what is not among these."""
        self.evidence = [item for item in self.evidence if item.id in evidence_ids]

    @property
    def partly_unreadable(self) -> bool:
        """Whether something named was not read, not to its end, or not a frame of it decoded."""
        broken = any(not item.facts.get("complete", True) for item in self.evidence)
        opaque = any(0 < item.records <= sum(item.refused.values()) for item in self.evidence)
        return bool(self.unreadable) or broken or opaque


def collect(
    names: Sequence[str], workspace: Workspace, observer: Observer, log_zone: str = "UTC"
) -> Collected:
    """Read what was named, or, when nothing was, take all that is registered.

    One bad piece never stops the others: it becomes an entry with its reason.
    """
    collected = Collected()
    if not names:
        collected.evidence = [r.evidence for r in workspace.readable() if r.has_tables]
        return collected
    limits = DecodeLimits(log_zone=log_zone, logs=workspace.config.logs)
    discovery = discover(names, limits=limits)
    for passed in (*discovery.unrecognised, *discovery.skipped):
        observer.note(f"passed over: {passed.path}: {passed.reason}")
    for error in discovery.errors:
        _refuse(collected, error.path, error, observer)
    watcher = _Watcher(observer, {found.path: found.bytes for found in discovery.found})
    for found, answer in take_in_all(discovery.found, workspace, limits, watcher):
        _note(found.path, answer, collected, observer)
    return collected


def _note(path: str, answer: Answer, collected: Collected, observer: Observer) -> None:
    if isinstance(answer, EvidenceError):
        observer.evidence_ends(path, "not read")
        _refuse(collected, path, answer, observer)
        return
    item = answer.registration.evidence
    unit = "line" if item.facts.get("is_log") else "frame"
    frames = f"{item.records:,} {unit}{'' if item.records == 1 else 's'}"
    observer.evidence_ends(path, frames if answer.is_new else f"already registered, {frames}")
    for warning in item.warnings:
        observer.note(f"  {warning.code}  {warning.what}{_where(warning, unit)}")
    if item.id not in {known.id for known in collected.evidence}:
        collected.evidence.append(item)


def _where(warning: IngestWarning, unit: str) -> str:
    """How often, and where first; nothing of what is said of the file as a whole."""
    said = [f"{warning.count:,} times"] if warning.count > 1 else []
    if warning.frame is not None:
        said.append(f"{'first ' if said else ''}at {unit} {warning.frame:,}")
    return f" ({', '.join(said)})" if said else ""


class _Watcher:
    """Passes on to an observer what is heard of decoding."""

    def __init__(self, observer: Observer, sizes: Mapping[str, int | None]) -> None:
        self._observer = observer
        self._sizes = sizes

    def begins(self, path: str) -> None:
        """A piece is opened."""
        self._observer.evidence_begins(path, self._sizes[path])

    def advances(self, path: str, raw_bytes: int, records: int) -> None:
        """So much of it has been read."""
        self._observer.evidence_advances(path, raw_bytes, records)

    def compiling(self) -> None:
        """A decoder compiles itself first."""
        self._observer.stage("warming")


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
