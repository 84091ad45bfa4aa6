"""Card, targets (I15d) and exploits (I15e)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from netcordon.incidents.behaviour import Kind
from netcordon.incidents.behind import REFS, Behind
from netcordon.incidents.card_entry import entries, span, total
from netcordon.incidents.ends import Ends
from netcordon.incidents.parties import Namer
from netcordon.incidents.queries import Queries, Row
from netcordon.incidents.scene import Scene
from netcordon.model.finding import Finding
from netcordon.model.incident import CardEntry

MAX_TARGETS = 200
"""Targets told one by one, by incident and evidence: reached ones first."""

_REACHED = "conn_state IN ('SF', 'S1', 'S2', 'S3', 'RSTO', 'RSTR', 'OTH') AND packets_in > 0"
"""TCP: the handshake was answered; others: something came back (Zeek's ``conn_state``)."""

_TARGETS = f"""
SELECT * FROM (
    SELECT incident, evidence_id, dst_ip, dst_port, protocol,
           coalesce(max(service), '') AS service,
           count(*) FILTER (({_REACHED}) OR (protocol = 'tcp' AND tcp_flags_in & 18 = 18)
                            OR (protocol <> 'tcp' AND packets_in > 0)) AS reached,
           count(*) FILTER (conn_state = 'REJ') AS refused,
           count(*) FILTER (packets_in = 0) AS silent,
           sum(payload_bytes_out)::BIGINT AS bytes_out, sum(payload_bytes_in)::BIGINT AS bytes_in,
           histogram(coalesce(conn_state, '-')) AS states,
           min(start_time) AS first_seen_time, max(end_time) AS last_seen_time, {REFS},
           row_number() OVER (
               PARTITION BY incident, evidence_id
               ORDER BY sum(payload_bytes_in) DESC, sum(packets_in) DESC, count(*) DESC,
                        dst_ip, dst_port, protocol
           ) AS place,
           count(*) OVER (PARTITION BY incident, evidence_id) AS pairs
    FROM flow
    GROUP BY incident, evidence_id, dst_ip, dst_port, protocol
) WHERE place <= {MAX_TARGETS}
ORDER BY incident, reached > 0 DESC, bytes_in DESC, total DESC, dst_ip, dst_port, protocol,
         evidence_id
"""


def targets(
    engine: Queries, flows: Behind, scenes: Sequence[Scene], namers: Sequence[Namer]
) -> list[CardEntry]:
    """Machines and services acted against or called, and whether they were reached."""

    def value(same: Sequence[Row]) -> Mapping[str, object]:
        first = same[0]
        party = namers[first["incident"]].party(first["dst_ip"], "", "")
        states: dict[str, int] = {}
        for row in same:
            for state, count in row["states"].items():
                states[state] = states.get(state, 0) + count
        reached = total(same, "reached")
        return {
            "value": first["dst_ip"],
            "name": party.name,
            "mac": party.mac,
            "internal": party.internal,
            "port": first["dst_port"] if first["protocol"] in ("tcp", "udp") else None,
            "protocol": first["protocol"],
            "service": first["service"] or None,
            "reached": reached > 0,
            "answer": _answer(same, reached),
            "flows": total(same, "total"),
            "flows_reached": reached,
            "conn_states": dict(sorted(states.items())),
            "bytes_out": total(same, "bytes_out"),
            "bytes_in": total(same, "bytes_in"),
            "targets_in_all": max(row["pairs"] for row in same),
            **span(same),
        }

    return entries(
        len(scenes),
        flows.by_incident(engine, _TARGETS),
        lambda row: (row["dst_ip"], row["dst_port"], row["protocol"]),
        value,
    )


def _answer(same: Sequence[Row], reached: int) -> str:
    if reached:
        return "open: it answered"
    if total(same, "refused"):
        return "closed: it refused"
    return "no answer" if total(same, "silent") == total(same, "total") else "no clear answer"


def exploits(scenes: Sequence[Scene], ends: Mapping[str, Ends]) -> list[CardEntry]:
    """Attempts to exploit that a detector saw. Signatures are not part of this run."""
    out: list[CardEntry] = []
    for scene in scenes:
        seen = [f for f in scene.group.findings if ends[f.id].behaviour.kind is Kind.EXPLOITATION]
        if seen:
            out.append(CardEntry(values=tuple(_exploit(f) for f in seen)))
        else:
            out.append(
                CardEntry(
                    not_assessed="no signatures were run, and no detector saw an exploit in the "
                    "traffic that it can read"
                )
            )
    return out


def _exploit(finding: Finding) -> Mapping[str, object]:
    return {
        "value": finding.title,
        "techniques": list(finding.techniques),
        "succeeded": finding.succeeded,
        "cve": None,
        "first_seen_time": finding.first_seen_time,
        "last_seen_time": finding.last_seen_time,
        "evidence": finding_evidence(finding),
    }


def finding_evidence(finding: Finding) -> list[dict[str, object]]:
    """A finding's own rows in the shape of the card."""
    return [
        {"evidence_id": r.evidence_id, "table": r.table, "frames": list(r.frames), "total": r.total}
        for r in finding.evidence_rows
    ]
