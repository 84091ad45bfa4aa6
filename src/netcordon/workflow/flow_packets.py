"""The recorded packets of chosen flows as a capture for engines that read packets."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import closing
from pathlib import Path

import numpy as np

from netcordon import __version__
from netcordon.casefile.workspace import Workspace
from netcordon.ingest.capture.selection.choice import Listed
from netcordon.ingest.slice_writer import SliceWriter
from netcordon.ingest.slices import Index, every_flow, flows_of, no_index
from netcordon.tables.engine import Engine
from netcordon.workflow.chosen import outermost
from netcordon.workflow.new_file import NewFile
from netcordon.workflow.parents import open_parent


def write_packets(
    workspace: Workspace, engine: Engine, evidence_id: str, uids: Collection[str], out: Path
) -> int:
    """Write the frames of flows of one piece of evidence; how many there were.

    Raises:
        EvidenceError: NC-703, NC-704, NC-707: the evidence is gone, changed, or has no index.
    """
    registration = next(r for r in workspace.register.all() if r.evidence.id == evidence_id)
    index = Index(engine, evidence_id)
    if not index.stretches:
        raise no_index(registration.evidence.path)
    flows = flows_of(engine, evidence_id, sorted(outermost(engine, evidence_id, set(uids))))
    choice = Listed(np.zeros(0, dtype=np.int64), flows)
    stretches = index.holding(choice, every_flow(engine, evidence_id))
    parent = open_parent(workspace, registration, index, stretches, choice, prove=False)
    frames = 0
    with closing(parent.window), closing(NewFile(out)) as output:
        writer = SliceWriter(
            output,
            comment="recorded flows, for a rehearsal",
            application=f"netcordon {__version__}",
        )
        for part, picked in parent.parts:
            writer.add(part, picked, parent=evidence_id, origin=evidence_id)
            frames += len(picked)
        output.finish()
        output.keep()
    return frames
