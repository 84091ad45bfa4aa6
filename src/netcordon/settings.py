"""Every setting once: its type, unit, default and meaning."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from netcordon.model.handling import TLP
from netcordon.model.log_rule import LogRule


@dataclass(frozen=True, kw_only=True)
class InvestigateSettings:
    """What ``netcordon investigate`` may be told.

    Attributes:
        workspace: directory of the workspace; made when missing.
        since: leave out what ended before this time (UTC).
        until: leave out what began after this time (UTC).
        home_nets: the organisation's networks in CIDR notation; empty means infer them.
        tlp: marking of the report; ``None`` leaves it to the workspace, else TLP:AMBER.
        case_id: the case it belongs to; ``None`` for the latest open one, or a new one.
        log_zone: name (IANA) of the zone of times in logs that name none.
        suricata: whether Suricata reads the captures as well.
        rules: file or folder of its rules; ``None`` for the machine's own.
    """

    workspace: Path
    since: datetime | None = None
    until: datetime | None = None
    home_nets: tuple[str, ...] = field(default_factory=tuple)
    tlp: TLP | None = None
    case_id: str | None = None
    log_zone: str = "UTC"
    suricata: bool = False
    rules: Path | None = None


MOST_WORKERS = 8
"""Every process reads and frames all of a capture; beyond this many, that work is most of it."""


@dataclass(frozen=True, kw_only=True)
class DecodeLimits:
    """Bounds that keep the decoder's memory independent of the capture's size.

    Attributes:
        block_bytes: bytes of capture decoded at a time.
        max_flows: flows kept open at once; beyond it idle ones are evicted, and counted.
        max_conversations: TCP connections, and UDP flows, whose payload is read at once; beyond it
            the connection that was silent longest is read no further, and counted.
        stream_buffer_bytes: out-of-order bytes kept per stream direction before a gap is declared.
        stream_total_bytes: the same over all streams; bytes in order that wait for the rest of
            their message may take as much again.
        hashed_file_bytes: longest object carried by a protocol that is hashed; a longer one is
            counted only.
        max_unpacked_bytes: bytes a compressed file may unpack to.
        max_unpack_ratio: unpacked bytes per packed byte that are believed, beyond the first GiB.
        workers: processes that decode side by side; 0 means one a core, at most
            ``MOST_WORKERS``. With 1 all is decoded in the process that was called.
        worker_bytes: bytes of evidence (packed ones count fourfold) from which on other processes
            are started; starting them takes about as long as decoding this much.
        log_zone: see ``InvestigateSettings``.
        logs: how times of devices' logs are read where ``netcordon.toml`` says so.
    """

    block_bytes: int = 4 << 20
    max_flows: int = 1 << 20
    max_conversations: int = 1 << 15
    stream_buffer_bytes: int = 256 << 10
    stream_total_bytes: int = 128 << 20
    hashed_file_bytes: int = 64 << 20
    max_unpacked_bytes: int = 1 << 40
    max_unpack_ratio: int = 200
    workers: int = 0
    worker_bytes: int = 48 << 20
    log_zone: str = "UTC"
    logs: tuple[LogRule, ...] = ()

    def divided(self, processes: int) -> DecodeLimits:
        """Bounds for one of several processes that together keep to these."""
        return replace(
            self,
            max_flows=max(self.max_flows // processes, 1),
            max_conversations=max(self.max_conversations // processes, 1),
            stream_total_bytes=max(self.stream_total_bytes // processes, self.stream_buffer_bytes),
        )
