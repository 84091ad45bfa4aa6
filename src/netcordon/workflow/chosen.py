"""What a finding or an incident points at: its frames and flows, by piece of evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from netcordon.casefile.workspace import Workspace
from netcordon.errors import UsageError
from netcordon.tables.engine import Engine
from netcordon.tables.schema import TABLES

_MOST_PARENTS = 8
_BETWEEN = """
SELECT DISTINCT evidence_id, uid FROM network_activity
WHERE list_contains($src, src_ip) AND list_contains($dst, dst_ip)
  AND (len($ports) = 0 OR list_contains($ports, dst_port))
  AND end_time >= $first AND start_time <= $last
ORDER BY ALL
"""


@dataclass
class Chosen:
    """Of one piece of evidence.

    Attributes:
        frames: numbers named as evidence.
        uids: flows they belong to.
    """

    frames: set[int] = field(default_factory=set)
    uids: set[str] = field(default_factory=set)


def chosen_by(workspace: Workspace, engine: Engine, ids: tuple[str, ...]) -> Mapping[str, Chosen]:
    """Evidence id -> what the findings and incidents of these ids point at.

    Flows within tunnels are named by the outermost one, for its frames hold them.

    Raises:
        UsageError: NC-702 when there is no such finding or incident.
    """
    chosen = named_by(workspace, engine, ids)
    for evidence_id, of in chosen.items():
        of.uids = outermost(engine, evidence_id, of.uids)
    return chosen


def named_by(workspace: Workspace, engine: Engine, ids: tuple[str, ...]) -> Mapping[str, Chosen]:
    """The same, with flows as their rows name them.

    A finding names at most 50 rows of each table; where there are more, all flows between its ends
    in its time belong to it as well.

    Raises:
        UsageError: NC-702 when there is no such finding or incident.
    """
    chosen: dict[str, Chosen] = {}
    for finding in findings_of(workspace, ids):
        is_all = True
        for rows in finding["evidence_rows"]:
            numbers = rows["frames"] or rows.get("lines", [])
            seen_as, frames = engine.as_seen(rows["evidence_id"], numbers)
            of = chosen.setdefault(seen_as, Chosen())
            of.frames.update(frames)
            of.uids.update(_uids(engine, seen_as, rows["table"], frames))
            is_all = is_all and rows.get("total", len(numbers)) <= len(numbers)
        if not is_all:
            for row in engine.query(_BETWEEN, _ends(finding)):
                chosen.setdefault(str(row["evidence_id"]), Chosen()).uids.add(str(row["uid"]))
    return chosen


def findings_of(workspace: Workspace, ids: tuple[str, ...]) -> list[Mapping[str, Any]]:
    """Documents of these findings, and of those that make up these incidents.

    Raises:
        UsageError: NC-702 when there is no such finding or incident.
    """
    runs = [run for case in workspace.cases.cases() for run in case.runs]
    findings: dict[str, Mapping[str, Any]] = {}
    incidents: dict[str, Mapping[str, Any]] = {}
    for run in runs:
        findings |= {str(f["id"]): f for f in workspace.cases.findings(run)}
        incidents |= {str(i["id"]): i for i in workspace.cases.incidents(run)}
    wanted: dict[str, None] = {}
    for id_ in ids:
        if id_ in incidents:
            wanted |= dict.fromkeys(str(f) for f in incidents[id_]["finding_ids"])
        elif id_ in findings:
            wanted[id_] = None
        else:
            raise UsageError(
                "NC-702",
                f"There is no finding or incident {id_!r}.",
                "no run of this workspace recorded it",
                "netcordon case show lists them; or choose frames with --filter",
            )
    return [findings[id_] for id_ in wanted if id_ in findings]


def _uids(engine: Engine, evidence_id: str, table: str, frames: list[int]) -> set[str]:
    columns = {column.name for column in TABLES[table].columns} if table in TABLES else set()
    place = "frame" if "frame" in columns else "first_frame"
    if "uid" not in columns or place not in columns:
        return set()
    rows = engine.query(
        f"SELECT DISTINCT uid FROM {TABLES[table].name} "
        f"WHERE evidence_id = $evidence AND list_contains($frames, {place}) AND uid IS NOT NULL",
        {"evidence": evidence_id, "frames": [int(frame) for frame in frames]},
    )
    return {str(row["uid"]) for row in rows}


def _ends(finding: Mapping[str, Any]) -> dict[str, object]:
    return {
        "src": list(finding["src_ips"]),
        "dst": list(finding["dst_ips"]),
        "ports": [int(port) for port in finding["dst_ports"]],
        "first": finding["first_seen_time"],
        "last": finding["last_seen_time"],
    }


def outermost(engine: Engine, evidence_id: str, uids: set[str]) -> set[str]:
    """The flows, each within a tunnel replaced by the one that carries all the others."""
    for _ in range(_MOST_PARENTS):
        rows = engine.query(
            "SELECT uid, tunnel_parent FROM network_activity WHERE evidence_id = $evidence "
            "AND uid IN (SELECT unnest($uids::VARCHAR[])) AND tunnel_parent IS NOT NULL",
            {"evidence": evidence_id, "uids": sorted(uids)},
        )
        if not rows:
            break
        uids = uids - {str(row["uid"]) for row in rows} | {str(r["tunnel_parent"]) for r in rows}
    return uids
