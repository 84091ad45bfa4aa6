"""Card, remote accounts (I15f): who logged in from where to where, and what could not be seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from netcordon.incidents.behaviour import Kind
from netcordon.incidents.behind import FRAMES, evidence_of
from netcordon.incidents.card_targets import finding_evidence
from netcordon.incidents.ends import Ends
from netcordon.incidents.queries import Queries, Row, plain
from netcordon.incidents.scene import Scene
from netcordon.model.finding import Finding
from netcordon.model.incident import CardEntry

MAX_ACCOUNTS = 200
"""Accounts told, by incident."""

_LOGINS = f"""
WITH actor AS (
    SELECT unnest($no) AS no, unnest($ip) AS ip, unnest($since) AS since, unnest($until) AS until
),
login AS (
    SELECT evidence_id, 'authentication' AS source, time, frame, src_ip, dst_ip, dst_port, method,
           service, account, domain, workstation, outcome
    FROM authentication WHERE account IS NOT NULL
    UNION ALL
    SELECT evidence_id, 'kerberos_activity', time, frame, src_ip, dst_ip, dst_port, 'kerberos',
           message_type || coalesce(' for ' || service_name, ''), client_name, realm, NULL,
           CASE WHEN message_type IN ('AS-REP', 'TGS-REP') THEN 'success'
                WHEN message_type = 'KRB-ERROR' THEN 'error ' || error_code END
    FROM kerberos_activity WHERE client_name IS NOT NULL
)
SELECT actor.no AS incident, evidence_id, source, src_ip, dst_ip, dst_port, method, service,
       account, domain, workstation, outcome, min(time) AS first_seen_time,
       max(time) AS last_seen_time, min(frame, {FRAMES}) AS frames, count(*) AS total
FROM login JOIN actor ON actor.ip = login.src_ip
WHERE login.time BETWEEN actor.since AND actor.until
GROUP BY ALL
ORDER BY incident, first_seen_time, account, src_ip, dst_ip, dst_port, method, service, domain,
         workstation, outcome, source, evidence_id
LIMIT $limit
"""


def remote_accounts(
    engine: Queries, scenes: Sequence[Scene], ends: Mapping[str, Ends]
) -> list[CardEntry]:
    """Accounts used by the incident's actors, from logins on the wire and from the findings."""
    actors = [
        (no, ip, plain(scene.since), plain(scene.until))
        for no, scene in enumerate(scenes)
        for ip in sorted({*scene.controlled, *scene.hostile})
    ]
    found: list[dict[tuple[object, ...], list[Row]]] = [{} for _ in scenes]
    if actors:
        no, ip, since, until = (list(column) for column in zip(*actors, strict=True))
        params = {"no": no, "ip": ip, "since": since, "until": until}
        for row in engine.query(_LOGINS, {**params, "limit": MAX_ACCOUNTS * len(scenes)}):
            key = tuple(
                row[c]
                for c in ("source", "account", "domain", "src_ip", "dst_ip", "service", "outcome")
            )
            found[row["incident"]].setdefault(key, []).append(row)
    out: list[CardEntry] = []
    for scene, logins in zip(scenes, found, strict=True):
        lines = [_login(rows) for rows in logins.values()]
        seen = {str(rows[0]["account"]) for rows in logins.values()}
        for finding in scene.group.findings:
            lines += [
                _named(finding, account) for account in finding.accounts if account not in seen
            ]
            if _hidden(finding, ends[finding.id]):
                lines.append(_unseen(finding))
        reason = "no login of an actor was readable on the wire in the incident's time"
        out.append(
            CardEntry(values=tuple(lines[:MAX_ACCOUNTS])) if lines
            else CardEntry(not_assessed=reason)
        )  # fmt: skip
    return out


def _login(rows: Sequence[Row]) -> Mapping[str, object]:
    first = rows[0]
    return {
        "value": first["account"],
        "domain": first["domain"],
        "from": first["src_ip"],
        "to": first["dst_ip"],
        "method": first["method"],
        "service": first["service"],
        "workstation": first["workstation"],
        "outcome": first["outcome"] or "not seen",
        "first_seen_time": min(row["first_seen_time"] for row in rows),
        "last_seen_time": max(row["last_seen_time"] for row in rows),
        "evidence": evidence_of(rows, str(first["source"])),
    }


def _named(finding: Finding, account: str) -> Mapping[str, object]:
    return {**_of_finding(finding), "value": account}


def _unseen(finding: Finding) -> Mapping[str, object]:
    return {
        **_of_finding(finding),
        "value": "account not visible: SSH encrypts it",
        "look_at": "the target's own log of logins for these times",
    }


def _of_finding(finding: Finding) -> dict[str, object]:
    outcome = {True: "success", False: "failure", None: "not seen"}[finding.succeeded]
    return {
        "from": ", ".join(finding.src_ips[:5]),
        "to": ", ".join(finding.dst_ips[:5]),
        "outcome": outcome,
        "first_seen_time": finding.first_seen_time,
        "last_seen_time": finding.last_seen_time,
        "evidence": finding_evidence(finding),
    }


def _hidden(finding: Finding, part: Ends) -> bool:
    """Whether a login went through a protocol that hides the account."""
    over_ssh = (
        22 in finding.dst_ports or "ssh" in (finding.protocol or "") or "ssh" in finding.detector
    )
    kinds = (Kind.BRUTE_FORCE, Kind.LOGIN, Kind.LATERAL_MOVEMENT)
    return over_ssh and part.behaviour.kind in kinds and not finding.accounts
