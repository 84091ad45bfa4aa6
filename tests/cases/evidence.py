"""Small readable evidence for cases: CSV files named after tables, and what a row leaves out.

A file holds only the columns its case is about. Times are seconds after ``START``; list values are
joined by ``|``; an empty cell is NULL. What is left out is filled as the decoder would fill it: the
place (``frame``) is the number of the row, TCP flags and history follow from ``conn_state``.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from netcordon.model.decoy import DecoyCopy
from netcordon.tables.engine import Engine
from netcordon.tables.lake import Lake
from netcordon.tables.schema import TABLES
from tests.unit.tables.rows import batch

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
"""A Monday morning."""

EVIDENCE_ID = "ev-00000000000000ca"

_START_US = int(START.timestamp()) * 1_000_000
_STATES = {
    "SF": (27, 27, "ShADadFf"),
    "S1": (18 | 8, 18 | 8, "ShADad"),
    "S0": (2, 0, "S"),
    "REJ": (2, 20, "Sr"),
    "RSTO": (6, 18, "ShR"),
}
"""conn_state -> flags of initiator and responder, history."""


def write(folder: Path, table: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Write ``rows`` as ``<table>.csv``; columns in the order of the schema."""
    used = {name for row in rows for name in row}
    names = [c.name for c in TABLES[table].flat() if c.name in used]
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{table}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        writer.writerows([_cell(row.get(name)) for name in names] for row in rows)


def read(folder: Path) -> dict[str, list[dict[str, object]]]:
    """All evidence of a case, table -> full rows."""
    return {
        path.stem: [
            _filled(path.stem, number, row)
            for number, row in enumerate(csv.DictReader(path.read_text("utf-8").splitlines()), 1)
        ]
        for path in sorted(folder.glob("*.csv"))
        if path.stem != "decoy"
    }


def decoys(folder: Path) -> list[DecoyCopy]:
    """The marked copies of a case (``decoy.csv``); most cases have none."""
    path = folder / "decoy.csv"
    rows = csv.DictReader(path.read_text("utf-8").splitlines()) if path.is_file() else []
    return [
        DecoyCopy(
            id=row["copy"], number=number, recipient=row["given_to"], place="", file="",
            sha256=row["sha256"], token=row["token"], host="", mail="", metadata_id="",
        )
        for number, row in enumerate(rows, 1)
    ]  # fmt: skip


def engine(
    tables: Mapping[str, Sequence[Mapping[str, object]]],
    root: Path,
    *,
    home_nets: Sequence[str] = (),
    threads: int = 1,
    shuffle: int | None = None,
) -> Engine:
    """The real engine over a real lake that holds these rows."""
    lake = Lake(root)
    staging = lake.stage()
    for table, rows in tables.items():
        order = list(rows)
        if shuffle is not None:
            random.Random(shuffle).shuffle(order)
        staging.append(table, batch(table, order))
    lake.commit(staging, EVIDENCE_ID)
    made = Engine(lake, [EVIDENCE_ID], threads=threads)
    made.set_home_nets(home_nets)
    return made


def _cell(value: object) -> object:
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    if isinstance(value, (list, tuple)):
        return "|".join(map(str, value))
    return "" if value is None else value


def _filled(table: str, number: int, row: Mapping[str, str]) -> dict[str, object]:
    types = {c.name: c.type for c in TABLES[table].flat()}
    out: dict[str, object] = {k: _typed(types[k], v) for k, v in row.items() if v != ""}
    if table == "network_activity":
        return _flow(number, out)
    out.setdefault("frame", number)
    out.setdefault("uid", f"C{number}")
    if table == "dns_activity":
        out.setdefault("service", "dns")
        out.setdefault("protocol", "udp")
        out.setdefault("dst_port", 53)
        out.setdefault("query_bytes", len(str(out["query"])) + 2)
        out.setdefault("message_bytes", len(str(out["query"])) + 40)
        out.setdefault("is_response", False)
    return out


def _flow(number: int, out: dict[str, object]) -> dict[str, object]:
    out.setdefault("uid", f"C{number}")
    out.setdefault("protocol", "tcp")
    out.setdefault("duration_s", 0.2)
    out.setdefault("src_port", 40_000 + number % 20_000)
    start = out["start_time"]
    assert isinstance(start, int)
    out.setdefault("end_time", start + int(float(str(out["duration_s"])) * 1e6))
    answered = out.get("conn_state", "SF") not in {"S0"}
    defaults: dict[str, object] = {
        "conn_state": "SF", "packets_out": 4 if answered else 1, "packets_in": 4 if answered else 0,
        "payload_bytes_out": 0, "payload_bytes_in": 0, "is_fragment": False,
        "first_frame": number, "last_frame": number,
    }  # fmt: skip
    for name, value in defaults.items():
        out.setdefault(name, value)
    if out["protocol"] == "tcp":
        flags_out, flags_in, history = _STATES[str(out["conn_state"])]
        out.setdefault("tcp_flags_out", flags_out)
        out.setdefault("tcp_flags_in", flags_in)
        out.setdefault("history", history)
    return out


def _typed(type_: str, text: str) -> object:
    if type_ == "TIMESTAMP":
        return _START_US + round(float(text) * 1e6)
    if type_ == "DOUBLE":
        return float(text)
    if type_ in {"BIGINT", "INTEGER", "UBIGINT"}:
        return int(text)
    if type_ == "BOOLEAN":
        return text.lower() in {"true", "1"}
    if type_.endswith("[]"):
        items = text.split("|")
        return [int(i) for i in items] if type_.startswith(("BIGINT", "INTEGER")) else items
    return text


def flows(
    src: str, dst: str, port: int, times: Iterable[float], **columns: object
) -> list[dict[str, object]]:
    """Flows from one source to one port of one destination at these times (seconds)."""
    return [
        {"start_time": t, "src_ip": src, "dst_ip": dst, "dst_port": port, **columns} for t in times
    ]
