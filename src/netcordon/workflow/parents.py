"""Evidence that a selection of frames touches: found again, proved, ready to be read in parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from netcordon.casefile.custody import Registration
from netcordon.casefile.workspace import Workspace
from netcordon.errors import UsageError
from netcordon.evidence.window import Window, find_unchanged
from netcordon.ingest.capture.container.stretches import Part, Stretch
from netcordon.ingest.capture.selection.choice import Choice, Filtered, Listed
from netcordon.ingest.capture.selection.filter import parse_filter
from netcordon.ingest.slices import Index, every_flow, flows_of, no_index, read_slice
from netcordon.settings import DecodeLimits
from netcordon.tables.engine import Engine
from netcordon.workflow.chosen import Chosen, chosen_by
from netcordon.workflow.reaching import reach

HASHED_WHOLE = 256 << 20
"""Evidence up to this size is hashed whole before a slice of it is believed."""


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Which frames are meant; either ``ids`` or ``filter`` is given.

    Attributes:
        ids: findings and incidents.
        filter: see ``ingest.capture.slice_filter``.
        frames_only: the frames named as evidence, without the rest of their flows.
        prove: hash every parent whole, however large.
    """

    ids: tuple[str, ...] = ()
    filter: str | None = None
    frames_only: bool = False
    prove: bool = False

    @property
    def chosen_by(self) -> str:
        """The choice in words, for the journal and the comment."""
        if self.filter is not None:
            return f"filter: {self.filter}"
        return f"{' '.join(self.ids)}{' (frames only)' if self.frames_only else ''}"


@dataclass
class Parent:
    """One piece of evidence that frames are taken from.

    Attributes:
        registration: of the evidence.
        place: where its bytes stand.
        proof: how they were proved unchanged, in words.
        parts: what was selected, to be gone through once.
        window: the open file.
    """

    registration: Registration
    place: Path
    proof: str
    parts: Iterator[tuple[Part, np.ndarray]]
    window: Window


@contextmanager
def open_parents(workspace: Workspace, selection: Selection) -> Iterator[list[Parent]]:
    """The parents that a selection touches, found again and proved, ready to be read.

    Raises:
        UsageError: NC-702 no such finding.
        QueryError: NC-706 the filter is not understood.
        EvidenceError: NC-703, NC-704, NC-707: a parent is gone, changed, or has no index.
    """
    term = parse_filter(selection.filter) if selection.filter is not None else None
    registered = [r for r in workspace.readable() if r.has_tables]
    parents: list[Parent] = []
    try:
        reached = reach(workspace, registered)
        with Engine(reached.lake, reached.evidence_ids) as engine:
            chosen = chosen_by(workspace, engine, selection.ids) if term is None else {}
            for registration in registered:
                id_ = registration.evidence.id
                if term is None and id_ not in chosen:
                    continue
                index = Index(engine, id_)
                if not index.stretches:
                    if registration.evidence.records and term is None:
                        raise no_index(registration.evidence.path)
                    continue
                if term is not None:
                    choice: Choice = Filtered(term)
                else:
                    choice = _listed(engine, id_, chosen[id_], selection)
                stretches = index.holding(choice, every_flow(engine, id_))
                parents.append(
                    open_parent(workspace, registration, index, stretches, choice, selection.prove)
                )
        yield parents
    finally:
        for parent in parents:
            parent.window.close()


def open_parent(
    workspace: Workspace,
    registration: Registration,
    index: Index,
    stretches: Sequence[Stretch],
    choice: Choice,
    prove: bool,
) -> Parent:
    """One parent, found again and proved; whoever asked closes its window.

    Args:
        workspace: it belongs to.
        registration: of the evidence.
        index: of its frames.
        stretches: those of the index that are read.
        choice: picks the frames.
        prove: hash it whole, however large.

    Raises:
        EvidenceError: NC-703 it is gone, NC-704 it was changed, NC-102 it cannot be read.
    """
    limit = 1 << 62 if prove else HASHED_WHOLE
    place = find_unchanged(workspace.path, registration, whole_up_to=limit)
    is_whole = registration.seal.bytes <= limit
    window = Window(place, DecodeLimits())
    parts = read_slice(window, place, index, stretches, choice)
    proof = "sha256 of the whole" if is_whole else "ends, and checksums of what was read"
    return Parent(registration, place, proof, parts, window)


def nothing_chosen() -> UsageError:
    """The error for a choice without frames."""
    return UsageError(
        "NC-705",
        "No frame was chosen; nothing was written.",
        "no frame of the evidence matches",
        "netcordon sql shows which hosts, ports and times there are",
    )


def _listed(engine: Engine, id_: str, chosen: Chosen, selection: Selection) -> Listed:
    frames = np.array(sorted(chosen.frames), dtype=np.int64)
    uids = () if selection.frames_only else tuple(sorted(chosen.uids))
    return Listed(frames, flows_of(engine, id_, uids))
