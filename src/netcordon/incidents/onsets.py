"""When a scan began in earnest: its first row may be an ordinary contact that happened to fail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from netcordon.incidents.behaviour import Kind
from netcordon.incidents.behind import Behind
from netcordon.incidents.correlate import Group
from netcordon.incidents.ends import Ends
from netcordon.incidents.queries import Queries

LEAD = 0.02
"""Share of a scan's contacts that may be somebody's daily failures before it."""

MIN_CONTACTS = 50
"""Contacts below which every one of them counts."""

_DENSE = f"""
SELECT finding, quantile_disc(start_time, {LEAD}) AS begun, count(*) AS contacts
FROM flow WHERE payload_bytes_in = 0 AND protocol IN ('tcp', 'udp', 'icmp', 'icmp6')
GROUP BY finding ORDER BY finding
"""


def find_onsets(
    engine: Queries, flows: Behind, groups: Sequence[Group], ends: Mapping[str, Ends]
) -> Mapping[str, datetime]:
    """The time from which on all but ``LEAD`` of a scan's silent contacts follow, by finding."""
    scans = {
        f.id for group in groups for f in group.findings if ends[f.id].behaviour.kind is Kind.SCAN
    }
    rows = flows.by_finding(engine, _DENSE) if scans else ()
    return {
        flows.finding_ids[row["finding"]]: row["begun"]
        for row in rows
        if flows.finding_ids[row["finding"]] in scans and row["contacts"] >= MIN_CONTACTS
    }
