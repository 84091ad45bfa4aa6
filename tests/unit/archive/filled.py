"""A workspace with evidence made by hand: an original, its rows, its place in the register."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from netcordon.casefile.custody import Seal
from netcordon.casefile.workspace import Workspace
from netcordon.model.evidence import Evidence
from netcordon.tables.lake import Lake
from tests.unit.incidents.traffic import Traffic, at
from tests.unit.tables.rows import batch

NOW = datetime(2024, 11, 20, 12, tzinfo=UTC)


def clock() -> datetime:
    return NOW


def declare(workspace: Path, text: str) -> None:
    """Write ``netcordon.toml``."""
    (workspace / "netcordon.toml").write_text(text, encoding="utf-8")


def take_in(workspace: Workspace, original: Path, rows: Traffic, kind: str = "zeek") -> str:
    """Register ``rows`` as what was read from a file; returns the id of the evidence."""
    content = original.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    lake = Lake(workspace.lake_dir)
    staging = lake.stage()
    for table, of in rows.rows.items():
        staging.append(table, batch(table, of))
    evidence_id = f"ev-{sha256[:16]}"
    files = lake.commit(staging, evidence_id)
    times = [
        datetime.fromtimestamp(int(str(row.get("start_time", row.get("time")))) / 1e6, UTC)
        for of in rows.rows.values()
        for row in of
        if row.get("start_time", row.get("time")) is not None
    ]
    seal = Seal(
        sha256=sha256, bytes=len(content), ends_sha256="e" * 64, step_bytes=1 << 30, prefixes=(),
        location=str(original),
    )  # fmt: skip
    evidence = Evidence(
        id=evidence_id, path=original.name, sha256=sha256, kind=kind, bytes=len(content),
        records=rows.frame, first_time=min(times), last_time=max(times),
    )  # fmt: skip
    workspace.register.register(evidence, seal, files)
    return evidence_id


def a_day(number: int, host: str = "10.0.0.5", peer: str = "192.0.2.9") -> Traffic:
    """Two flows and a question of one day."""
    rows = Traffic()
    minute = 1440 * number
    rows.flow(minute, host, peer, 443, uid="C1")
    rows.flow(minute + 1, host, "192.0.2.53", 53, protocol="udp", uid="C2")
    rows.dns(minute + 1, host, "192.0.2.53", f"day{number}.example", uid="C2")
    return rows


def day_of(number: int) -> datetime:
    """When the rows of ``a_day`` begin."""
    return at(1440 * number).replace(tzinfo=UTC)
