"""Which pieces of evidence are seen as one, and which flows two sensors saw.

The same flow: equal ends (either way round) and protocol, and times that overlap, give or take two
seconds for the clocks. Then a capture's row counts, else Zeek's, else Suricata's, else that of the
log whose family comes first by name, and the rows of the other sensor that belong to this flow are
left out; what a sensor raised itself never is. Devices whose messages stand in logs of one family
are told apart by what stands before the dash of a flow's id: where two of them tell of a flow that
began at the same time, give or take two seconds, the one that says more counts. Flows that devices
report (NetFlow and its kin) count after all others, those of the device that samples least first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from netcordon.model.log_set import LINE_BITS, LogSet
from netcordon.tables.lake import Lake
from netcordon.tables.schema import Table

CLOCKS_DIFFER_S = 2
"""Between sensors that keep time by NTP; more than that is another flow."""

KEPT = frozenset(("detection_finding", "device_health", "ingest_warning", "log_source"))
"""Tables from which no row is left out because another sensor saw its flow."""

NUMBERED = ("frame", "first_frame", "last_frame", "response_frame", "server_frame")
"""Columns with numbers of frames or lines."""
_FIRST = ("zeek", "eve")
"""Families whose flows say most, the best first; the others stand in the order of their names."""
MESSAGES = "syslog"
"""The family whose logs hold messages of many devices."""

SENSORS = """
SELECT count(DISTINCT evidence_id ||
             CASE WHEN contains(uid, '-') THEN split_part(uid, '-', 1) ELSE '' END)
         + count(DISTINCT exporter) AS n,
       count(DISTINCT exporter) AS exporters
FROM network_activity
"""
"""SQL of how many sensors tell of flows, and how many of them are exporters."""
_REPORTED = 1000
"""Ranks from here on are those of exporters."""


@dataclass(frozen=True)
class LogSets:
    """Logs by family.

    Attributes:
        families: family -> its logs, in the order they were given.
    """

    families: Mapping[str, LogSet]

    def holds(self, evidence_id: str) -> bool:
        """Whether it is one of the logs."""
        return any(evidence_id in found.members for found in self.families.values())

    def named(self, name: object) -> object:
        """What a query calls ``evidence_id``: as a set where it is one."""
        return next((found for found in self.families.values() if found == name), name)

    def place_of(self, evidence_id: str) -> tuple[str, int]:
        """The name a log is seen under and its number; itself and 0 for other evidence."""
        for found in self.families.values():
            if evidence_id in found.members:
                return str(found), found.members.index(evidence_id) + 1
        return evidence_id, 0

    def columns(self, table: Table) -> str:
        """SQL that shows rows of logs as those of their set."""
        numbered = {c.name for c in table.columns} & set(NUMBERED)
        ids: list[str] = []
        numbers: list[str] = []
        for found in self.families.values():
            for number, member in enumerate(found.members, 1):
                ids.append(f"WHEN '{member}' THEN '{found}'")
                numbers.append(f"WHEN '{member}' THEN {number << LINE_BITS}")
        place = f"(CASE evidence_id {' '.join(numbers)} END)::BIGINT"
        replaced = [f"(CASE evidence_id {' '.join(ids)} END)::VARCHAR AS evidence_id"]
        replaced += [f"{name} + {place} AS {name}" for name in sorted(numbered)]
        return f"* REPLACE ({', '.join(replaced)})"

    def evidence_sql(self, id_: str, number: str) -> tuple[str, str]:
        """SQL of the piece of evidence and the line, of a row that is seen in a set."""
        if not self.families:
            return id_, number
        member = "CASE " + "".join(
            f"WHEN {id_} = '{found}' THEN list_extract({list(found.members)}, "
            f"({number} >> {LINE_BITS})::INTEGER) "
            for found in self.families.values()
        ) + f"ELSE {id_} END"  # fmt: skip
        return member, f"{number} & {(1 << LINE_BITS) - 1}"


def log_sets(lake: Lake, evidence_ids: Sequence[str]) -> LogSets:
    """The logs among these pieces of evidence, by the family their rows in ``log_source`` name."""
    found: dict[str, list[str]] = {}
    for file in lake.files("log_source", tuple(evidence_ids)):
        family = _family(file)
        member = file.parent.parent.parent.name.partition("=")[2]
        if family is not None and member not in found.setdefault(family, []):
            found[family].append(member)
    return LogSets({f: LogSet(f"logs-{f}", members) for f, members in sorted(found.items())})


def _family(file: Path) -> str | None:
    """The family in the one row of a file; ``None`` unless it is a plain word."""
    words = pq.read_table(file, columns=["family"], partitioning=None).column(0).to_pylist()
    word = str(words[0]) if words else ""
    return word if word.isidentifier() and word.isascii() else None


def seen_twice_sql(sets: LogSets) -> str:
    """SQL of ``evidence_id, uid``: flows in logs or reports that better evidence holds as well."""
    order = sorted(sets.families, key=lambda f: (f not in _FIRST, f != _FIRST[0], f))
    ranks = " ".join(f"WHEN 'logs-{f}' THEN {rank}" for rank, f in enumerate(order, 1))
    by_family = f"CASE evidence_id {ranks} ELSE 0 END" if ranks else "0"
    slack = f"INTERVAL {CLOCKS_DIFFER_S} SECOND"
    us = CLOCKS_DIFFER_S * 1_000_000
    return f"""
WITH exporting AS (
    SELECT exporter, {_REPORTED} + row_number() OVER (ORDER BY most, exporter) AS rank
    FROM (SELECT exporter, max(coalesce(sampling_interval, 1)) AS most FROM network_activity
          WHERE exporter IS NOT NULL GROUP BY exporter)
),
flow AS (
    SELECT evidence_id, uid, protocol, start_time - {slack} AS t0, end_time + {slack} AS t1,
           coalesce(rank, {by_family}) AS rank,
           epoch_us(start_time) AS begun, split_part(uid, '-', 1) AS device,
           ip_bytes_in IS NULL AS is_uncounted, conn_state IS NULL AS is_unjudged,
           least((src_ip_hi, src_ip_lo, src_port), (dst_ip_hi, dst_ip_lo, dst_port)) AS low,
           greatest((src_ip_hi, src_ip_lo, src_port), (dst_ip_hi, dst_ip_lo, dst_port)) AS high
    FROM network_activity LEFT JOIN exporting USING (exporter)
),
told AS (
    SELECT *, begun // {2 * us} AS span, (is_uncounted, is_unjudged, device) AS place
    FROM flow WHERE evidence_id = 'logs-{MESSAGES}' AND contains(uid, '-')
),
asked AS (
    SELECT *, unnest(list_distinct([(begun - {us}) // {2 * us}, (begun + {us}) // {2 * us}]))
              AS near
    FROM told
)
SELECT DISTINCT worse.evidence_id, worse.uid FROM flow worse JOIN flow better
  ON better.low = worse.low AND better.high = worse.high AND better.protocol = worse.protocol
 AND better.rank < worse.rank AND better.t0 <= worse.t1 AND worse.t0 <= better.t1
WHERE worse.uid IS NOT NULL AND worse.rank > 0
UNION
SELECT worse.evidence_id, worse.uid FROM asked worse JOIN told better
  ON better.low = worse.low AND better.high = worse.high AND better.protocol = worse.protocol
 AND better.span = worse.near AND better.device <> worse.device AND better.place < worse.place
 AND abs(better.begun - worse.begun) <= {us}
"""


def has_flows(table: Table) -> bool:
    """Whether rows of a table belong to flows."""
    return table.name not in KEPT and any(c.name == "uid" for c in table.columns)
