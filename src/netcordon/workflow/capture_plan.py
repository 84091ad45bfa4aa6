"""Plan a recording: commands, ring, size, and what mirrors the traffic (IRM-5: identification)."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from netcordon.casefile.workspace import is_workspace, open_workspace
from netcordon.collector.capture_commands import Ring, recorders
from netcordon.collector.mirror_ports import mirroring, switches
from netcordon.collector.planning import WrongValueError
from netcordon.errors import UsageError
from netcordon.ingest.capture.selection.bpf import NotForRecordingError, bpf
from netcordon.ingest.capture.selection.filter import parse_filter
from netcordon.model.capture_plan import CapturePlan, Forecast, Mirroring
from netcordon.model.quantity import size_text, span_text
from netcordon.workflow.capture_forecast import forecast

Clock = Callable[[], datetime]

_INTERFACE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@-]{0,31}\Z")
_SMALLEST_FILE, _LARGEST_FILE = 1_000_000, 1_000_000_000
_MOST_FILES = 1_000
_TRUNK = "a port that carries tagged VLANs needs --tagged, else the filter silently matches nothing"


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What is to be recorded.

    Attributes:
        filter: in netcordon's words (``carve --filter``); ``bpf``: raw, instead; both empty for
            everything.
        tagged: frames may carry a VLAN tag.
        disk_bytes: that may be used.
        switch: kind of switch, or empty; with the ports of it.
    """

    interface: str
    filter: str = ""
    bpf: str = ""
    tagged: bool = False
    snaplen: int = 0
    duration_s: int = 3600
    disk_bytes: int = 10_000_000_000
    switch: str = ""
    source: str = ""
    destination: str = ""
    session: int = 1
    bridge: str = "br0"


def switch_kinds() -> dict[str, str]:
    """Kind of switch -> its full name."""
    return {kind: told.title for kind, told in switches().items()}


def ring_of(wish: Wish) -> Ring:
    """The recording that is wished for.

    Raises:
        UsageError: NC-553 a value cannot be.
        QueryError: NC-706 the filter is not understood.
    """
    if not _INTERFACE.match(wish.interface):
        raise cannot(f"{wish.interface!r} is no name of an interface")
    text = wish.bpf
    if wish.filter:
        try:
            text = bpf(parse_filter(wish.filter), tagged=wish.tagged)
        except NotForRecordingError as error:
            raise cannot(str(error)) from error
    if any(ord(char) < 32 or ord(char) > 126 for char in text) or len(text) > 8192:
        raise cannot("the filter holds what is no plain text, or is too long")
    if wish.disk_bytes < 2 * _SMALLEST_FILE:
        raise cannot(f"{size_text(wish.disk_bytes)} are too little for a ring of two files")
    file_bytes = min(max(wish.disk_bytes // 20, _SMALLEST_FILE), _LARGEST_FILE)
    return Ring(
        interface=wish.interface, bpf=text, snaplen=wish.snaplen, file_bytes=file_bytes,
        files=min(max(wish.disk_bytes // file_bytes, 2), _MOST_FILES), duration_s=wish.duration_s,
    )  # fmt: skip


def plan_capture(workspace: Path, wish: Wish, *, clock: Clock) -> CapturePlan:
    """The plan; nothing is run, and no switch is asked.

    Raises:
        UsageError: NC-553 a value cannot be.
        QueryError: NC-706 the filter is not understood.
    """
    ring = ring_of(wish)
    told: Forecast | None = None
    if is_workspace(workspace) and not wish.bpf:
        term = parse_filter(wish.filter) if wish.filter else None
        with open_workspace(workspace, create=False, clock=clock, readonly=True) as opened:
            told = forecast(opened, term, snaplen=wish.snaplen, duration_s=wish.duration_s)
    room = ring.files * ring.file_bytes
    return CapturePlan(
        interface=ring.interface, filter=wish.filter, bpf=ring.bpf, snaplen=ring.snaplen,
        duration_s=ring.duration_s, files=ring.files, file_bytes=ring.file_bytes,
        lasts_s=room // max(told.bytes_per_s, 1) if told else None, forecast=told,
        recorders=recorders(ring), mirroring=_mirroring(wish),
        cautions=_cautions(wish, ring, told), seal=_seal(wish, ring),
    )  # fmt: skip


def _mirroring(wish: Wish) -> Mirroring | None:
    if not wish.switch:
        return None
    if wish.switch not in switches():
        raise cannot(f"{wish.switch!r} is no kind of switch; known: {', '.join(switches())}")
    try:
        return mirroring(
            wish.switch, source=wish.source, destination=wish.destination, session=wish.session,
            name="netcordon", bridge=wish.bridge,
        )  # fmt: skip
    except WrongValueError as error:
        raise cannot(str(error)) from error


def _cautions(wish: Wish, ring: Ring, told: Forecast | None) -> tuple[str, ...]:
    name = ring.interface
    said = [
        "Clock: chronyc tracking (Windows: w32tm /query /status); say its offset when you seal.",
        f"No address on {name}, and no offloading: ip addr flush dev {name}; "
        f"ip link set {name} up promisc on; ethtool -K {name} gro off lro off",
        "Drops: both ways of a busy port do not fit into one copy. Look at the switch's counters "
        "and at what the tool says at its end; put them into the note of the seal.",
    ]
    if ring.bpf and not wish.tagged:
        said.append(f"VLANs: {_TRUNK}.")
    if ring.snaplen:
        said.append(
            f"Of each frame {ring.snaplen} octets are kept: contents, certificates and carried "
            "files will be missing."
        )
    if told is not None and told.at_most > ring.files * ring.file_bytes:
        worst = ring.files * ring.file_bytes // max(told.busiest_per_s, 1)
        said.append(
            f"At the busiest minute's rate the ring is full after {span_text(worst)}, then the "
            "oldest file is overwritten: give more --disk, or a narrower filter."
        )
    return tuple(said)


def _seal(wish: Wish, ring: Ring) -> str:
    place = f"{wish.switch} {wish.source}, mirrored to {wish.destination}" if wish.switch else ""
    words = ["netcordon", "evidence", "seal", "capture*.pcap*", "--collector", "YOUR NAME"]
    words += ["--place", place or f"HOST, interface {ring.interface}"]
    words += ["--filter", ring.bpf] if ring.bpf else []
    words += ["--tool", "dumpcap VERSION", "--clock-offset", "SECONDS", "--keep"]
    return shlex.join(words).replace("'capture*.pcap*'", "capture*.pcap*")


def cannot(why: str) -> UsageError:
    """The error for a recording that cannot be planned so."""
    return UsageError(
        "NC-553", "This recording cannot be made so.", why, "netcordon capture plan --help"
    )
