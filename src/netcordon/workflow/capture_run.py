"""Record into the workspace with a tool of the system, and seal what was recorded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from netcordon.casefile.custody_chain import custody_of
from netcordon.casefile.journal import Journal
from netcordon.casefile.sealed_evidence import evidence_id, record_sealed, sealed_files
from netcordon.casefile.workspace import open_workspace
from netcordon.collector.capture_commands import dumpcap, tcpdump
from netcordon.collector.recorder import (
    Ended,
    Limits,
    record,
    tool_on_path,
    version_of,
)
from netcordon.errors import WorkspaceError
from netcordon.evidence.seal_file import seal_file
from netcordon.model.acquisition import Acquisition, Custody
from netcordon.model.recording import Recording, RecordingState
from netcordon.workflow.capture_plan import Wish, ring_of
from netcordon.workflow.typed import PERSON, REASON, said

Clock = Callable[[], datetime]

FOLDER = "evidence/recorded"
"""Folder of recordings within the workspace; each has one of its own, named after its time."""

_WHY = {
    "duration": "its time was over", "size": "its size was reached",
    "disk": "the disk had no more room", "asked": "somebody ended it",
    "tool": "the tool ended by itself",
}  # fmt: skip


def run_capture(
    workspace: Path,
    wish: Wish,
    told: Acquisition,
    *,
    tool: str,
    most_bytes: int,
    free_bytes: int,
    tell: Callable[[RecordingState], None],
    stop: Callable[[], bool],
    clock: Clock,
) -> Recording:
    """Record until a limit is reached or somebody ends it; the workspace is made when missing.

    Raises:
        UsageError: NC-553 a value cannot be, NC-801 no collector.
        WorkspaceError: NC-554 no tool is here, NC-555 it recorded nothing.
    """
    ring = ring_of(wish)
    said(told.collector, "the collector", PERSON)
    said(told.place or "-", "the place", REASON)
    program = tool_on_path((tool,) if tool else ("dumpcap", "tcpdump"))
    if not program:
        raise WorkspaceError(
            "NC-554", f"No program that records is here: {tool or 'dumpcap, tcpdump'}.", "",
            "install wireshark-common (dumpcap) or tcpdump",
        )  # fmt: skip
    began = clock()
    with open_workspace(workspace, create=True, clock=clock, beside=True) as opened:
        root = opened.path
    folder = root / FOLDER / f"{began:%Y%m%dT%H%M%S%f}Z"
    folder.mkdir(mode=0o700, parents=True)
    is_dumpcap = Path(program).name.startswith("dumpcap")
    name = "capture.pcapng" if is_dumpcap else "capture.pcap"
    _, *arguments = (dumpcap if is_dumpcap else tcpdump)(ring, name)
    limits = Limits(duration_s=ring.duration_s, most_bytes=most_bytes, free_bytes=free_bytes)
    ended = record([program, *arguments], folder, limits, tell, stop)
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.stat().st_size)
    if not files:
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
        raise _nothing(Path(program).name, ended)
    version = version_of(program)
    full = replace(
        told, filter=ring.bpf, tool=version or Path(program).name, started_time=began,
        ended_time=clock(), note=_note(told.note, ended, ring.snaplen),
    )  # fmt: skip
    items, unsealed = _sealed(root, files, full, clock)
    return Recording(
        folder=str(folder), tool=full.tool, why=_WHY[ended.why], packets=ended.packets,
        dropped=ended.dropped, items=items, unsealed=unsealed,
    )  # fmt: skip


def _sealed(
    root: Path, files: Sequence[Path], told: Acquisition, clock: Clock
) -> tuple[tuple[Custody, ...], tuple[str, ...]]:
    """The files as sealed, and those of other recordings that are not."""
    seals = []
    for path in files:
        path.chmod(0o440)
        seal = seal_file(path, workspace=None)
        seals.append((path.name, replace(seal, kept=path.relative_to(root).as_posix()), told))
    with open_workspace(root, create=False, clock=clock, beside=True) as opened:
        record_sealed(opened.journal, seals)
        wanted = {evidence_id(seal.sha256) for _, seal, _ in seals}
        items = tuple(one for one in custody_of(opened.journal) if one.id in wanted)
        return items, _unsealed(root, opened.journal)


def _unsealed(root: Path, journal: Journal) -> tuple[str, ...]:
    """Files of recordings that no seal is about: by place, or by name and size without one."""
    known: set[object] = set()
    for file in sealed_files(journal):
        known |= {file.seal.kept, (file.name, file.seal.bytes)}
    there = sorted(path for path in (root / FOLDER).glob("*/*") if path.is_file())
    return tuple(
        str(path) for path in there
        if known.isdisjoint(
            (path.relative_to(root).as_posix(), (path.name, path.stat().st_size))
        )
    )  # fmt: skip


def _note(note: str, ended: Ended, snaplen: int) -> str:
    parts = [note] if note.strip() else []
    parts.append(f"ended because {_WHY[ended.why]}")
    if ended.packets is not None:
        parts.append(f"{ended.packets} packets")
    parts.append("drops unknown" if ended.dropped is None else f"{ended.dropped} dropped")
    if snaplen:
        parts.append(f"snaplen {snaplen}")
    return "; ".join(parts)


def _nothing(tool: str, ended: Ended) -> WorkspaceError:
    if ended.why == "disk":
        return WorkspaceError(
            "NC-555", f"{tool} recorded nothing.", "the disk has less room than must stay free",
            "free some space, record into a workspace elsewhere (-w), or lower --min-free",
        )  # fmt: skip
    return WorkspaceError(
        "NC-555",
        f"{tool} recorded nothing.",
        ended.said[-1] if ended.said else f"it ended with status {ended.status} and said nothing",
        "check the interface (dumpcap -D) and the rights: it needs root or CAP_NET_RAW",
    )
