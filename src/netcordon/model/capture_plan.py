"""A recording that is to be made: with what, how large it will be, and what mirrors the traffic."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """How much there was of the wanted traffic in evidence that is here.

    Attributes:
        evidence: pieces of it; ``seen_s``: seconds that they cover.
        flows: that match.
        bytes_per_s: that would be recorded, on average; ``busiest_per_s``: in the busiest minute.
        total: expected for the wanted time; ``at_most``: if all of it were as the busiest minute.
    """

    evidence: int
    seen_s: int
    flows: int
    bytes_per_s: int
    busiest_per_s: int
    total: int
    at_most: int


@dataclass(frozen=True, kw_only=True)
class Mirroring:
    """What a switch is told, so that it copies traffic to the port where one records.

    Attributes:
        kind: of the switch, such as ``cisco-ios``; ``title``: its full name.
        do: lines; ``check``: what shows that it is in force; ``undo``: lines that end it.
        caution: what goes wrong with this kind.
    """

    kind: str
    title: str
    do: tuple[str, ...]
    check: tuple[str, ...]
    undo: tuple[str, ...]
    caution: str


@dataclass(frozen=True, kw_only=True)
class Recorder:
    """A command that records.

    Attributes:
        tool: its name; ``system``: where it runs.
        lines: as they are typed.
    """

    tool: str
    system: str
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CapturePlan:
    """A recording that is to be made.

    Attributes:
        interface: where it is recorded.
        filter: in netcordon's words; ``bpf``: in those of libpcap; both empty for everything.
        snaplen: octets kept of each frame; 0 keeps all.
        duration_s: until it ends by itself.
        files: of the ring; ``file_bytes``: of each.
        lasts_s: seconds until the oldest file is overwritten; ``None`` when there is no forecast.
        forecast: ``None`` without evidence to tell by.
        recorders: the same recording by several tools.
        mirroring: of the switch, if one was named.
        cautions: what to look at, one sentence each.
        seal: the command that puts the files on record.
    """

    interface: str
    filter: str
    bpf: str
    snaplen: int
    duration_s: int
    files: int
    file_bytes: int
    lasts_s: int | None
    forecast: Forecast | None
    recorders: tuple[Recorder, ...]
    mirroring: Mirroring | None
    cautions: tuple[str, ...]
    seal: str
