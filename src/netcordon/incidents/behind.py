"""The flows behind incidents, for all incidents in one query.

Every question of the card and of the channels is one SQL text over the CTE ``flow`` made here, so
the number of queries does not grow with the number of incidents. A flow that lies behind two
findings of an incident is there once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from netcordon.incidents.behaviour import Kind
from netcordon.incidents.correlate import Group
from netcordon.incidents.ends import Ends
from netcordon.incidents.queries import Queries, Row, plain
from netcordon.model.log_set import places

FRAMES = 50
"""Frames kept for each piece of evidence of a value; totals tell of the rest."""

MAX_PORTS = 16
"""Findings with more ports than this (scans) are matched by their ends and time alone."""

MANY_ENDS = 50
"""A list of ends this long may have been cut by its detector; floods then match by target."""

_MATCHED = """
WITH finding AS (
    SELECT unnest($no) AS no, unnest($incident) AS incident, unnest($since) AS since,
           unnest($until) AS until, unnest($any_src) AS any_src, unnest($any_dst) AS any_dst,
           unnest($any_port) AS any_port
),
src_end AS (SELECT DISTINCT unnest($src_no) AS no, unnest($src_ip) AS ip),
dst_end AS (SELECT DISTINCT unnest($dst_no) AS no, unnest($dst_ip) AS ip),
port AS (SELECT DISTINCT unnest($port_no) AS no, unnest($port) AS port),
matched AS (
    SELECT f.no, n.evidence_id, n.uid
    FROM network_activity n JOIN src_end s ON s.ip = n.src_ip JOIN finding f ON f.no = s.no
    JOIN dst_end d ON d.no = f.no AND d.ip = n.dst_ip
    WHERE n.start_time <= f.until AND n.end_time >= f.since AND NOT f.any_src AND NOT f.any_dst
      AND (f.any_port OR EXISTS (SELECT 1 FROM port p WHERE p.no = f.no AND p.port = n.dst_port))
    UNION
    SELECT f.no, n.evidence_id, n.uid
    FROM network_activity n JOIN dst_end d ON d.ip = n.dst_ip JOIN finding f ON f.no = d.no
    WHERE n.start_time <= f.until AND n.end_time >= f.since AND f.any_src
      AND (f.any_port OR EXISTS (SELECT 1 FROM port p WHERE p.no = f.no AND p.port = n.dst_port))
    UNION
    SELECT f.no, n.evidence_id, n.uid
    FROM network_activity n JOIN src_end s ON s.ip = n.src_ip JOIN finding f ON f.no = s.no
    WHERE n.start_time <= f.until AND n.end_time >= f.since AND f.any_dst AND NOT f.any_src
      AND NOT f.any_port AND EXISTS (SELECT 1 FROM port p WHERE p.no = f.no AND p.port = n.dst_port)
)
SELECT f.no AS finding, f.incident, m.evidence_id, m.uid
FROM matched m JOIN finding f ON f.no = m.no
"""

TABLE = "flow_behind_finding"
"""Scratch table of the engine: which flow stands behind which finding."""

_FLOW = f"""
WITH flow AS (
    SELECT b.{{key}}, n.* FROM (SELECT DISTINCT {{key}}, evidence_id, uid FROM {TABLE}) b
    JOIN network_activity n ON n.uid = b.uid AND n.evidence_id = b.evidence_id
)
"""


@dataclass(frozen=True, kw_only=True)
class Behind:
    """Asks about the flows behind the founding findings of some groups.

    Attributes:
        finding_ids: number of a finding in the answers -> its id.
    """

    finding_ids: tuple[str, ...]

    def by_incident(
        self, engine: Queries, select: str, params: Mapping[str, Any] | None = None
    ) -> Sequence[Row]:
        """Rows of a ``SELECT`` over ``flow``, whose column ``incident`` is the place of the group.

        Args:
            engine: over the tables.
            select: the question.
            params: its parameters.
        """
        return self._ask(engine, "incident", select, params)

    def by_finding(self, engine: Queries, select: str) -> Sequence[Row]:
        """The same with the column ``finding``, a place in ``finding_ids``."""
        return self._ask(engine, "finding", select, None)

    def _ask(
        self, engine: Queries, key: str, select: str, params: Mapping[str, Any] | None
    ) -> Sequence[Row]:
        return engine.query(_FLOW.format(key=key) + select, params) if self.finding_ids else ()


def behind(engine: Queries, groups: Sequence[Group], ends: Mapping[str, Ends]) -> Behind:
    """Match the flows of some groups' findings once, for all questions about them."""
    columns: dict[str, list[Any]] = {
        name: []
        for name in (
            "no", "incident", "since", "until", "any_src", "any_dst", "any_port",
            "src_no", "src_ip", "dst_no", "dst_ip", "port_no", "port",
        )
    }  # fmt: skip
    ids: list[str] = []
    for incident, group in enumerate(groups):
        for finding in group.findings:
            no = len(ids)
            ids.append(finding.id)
            flood = ends[finding.id].behaviour.kind is Kind.FLOOD
            any_port = not finding.dst_ports or len(finding.dst_ports) > MAX_PORTS
            columns["no"].append(no)
            columns["incident"].append(incident)
            columns["since"].append(plain(finding.first_seen_time))
            columns["until"].append(plain(finding.last_seen_time))
            columns["any_src"].append(
                bool(finding.dst_ips)
                and (not finding.src_ips or (flood and len(finding.src_ips) >= MANY_ENDS))
            )
            columns["any_dst"].append(not finding.dst_ips)
            columns["any_port"].append(any_port)
            columns["src_no"] += [no] * len(finding.src_ips)
            columns["src_ip"] += finding.src_ips
            columns["dst_no"] += [no] * len(finding.dst_ips)
            columns["dst_ip"] += finding.dst_ips
            if not any_port:
                columns["port_no"] += [no] * len(finding.dst_ports)
                columns["port"] += finding.dst_ports
    if ids:
        engine.add_table(TABLE, engine.arrow(_MATCHED, columns))
    return Behind(finding_ids=tuple(ids))


def evidence_of(rows: Sequence[Row], table: str = "network_activity") -> list[dict[str, object]]:
    """References to the rows behind a value, one for each piece of evidence.

    Args:
        rows: rows with ``evidence_id``, ``frames`` (ascending) and ``total``.
        table: the table they count rows of.
    """
    found: dict[str, tuple[set[int], int]] = {}
    for row in rows:
        more = int(row["total"])
        rows_in = places(row["evidence_id"], (int(f) for f in row["frames"] or () if f is not None))
        for evidence, numbers in rows_in.items():
            frames, total = found.get(evidence, (set(), 0))
            frames.update(numbers)
            found[evidence] = (frames, total + more)
            more = 0  # of logs that are seen as one, the first stands for all
    return [
        {"evidence_id": evidence, "table": table, "frames": sorted(frames)[:FRAMES], "total": total}
        for evidence, (frames, total) in sorted(found.items())
    ]


REFS = f"min(first_frame, {FRAMES}) AS frames, count(*) AS total"
"""Columns of a grouped query over ``flow`` that ``evidence_of`` reads."""
