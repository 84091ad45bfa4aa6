"""Who else shows the shape of a behaviour: by its marks, and by its rhythm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from datetime import datetime, timedelta
from typing import Any

from netcordon.hunting.shapes import register_told, shapes
from netcordon.hunting.sweep import RESOLVERS, sweep
from netcordon.incidents.addresses import HomeNets, is_group, is_private, order
from netcordon.incidents.identity import said_identities
from netcordon.incidents.queries import plain
from netcordon.model.hunt import Atom, Wanted
from netcordon.model.scope import Reason, Scope, ScopedHost, Shape
from netcordon.tables.engine import Engine

EARLIER = timedelta(minutes=1)
"""How long before the first finding a contact counts as an earlier one."""

COMMON_HOSTS, COMMON_SHARE = 5, 0.5
"""A mark of so many hosts, and of this share of all that speak, says nothing of any of them."""

_ACTIVE = """
SELECT count(DISTINCT src_ip) AS n FROM network_activity WHERE is_internal(src_ip_hi, src_ip_lo)
"""
_HOSTS = """
SELECT no, host, sum(n)::BIGINT AS n, min(first_seen_time) AS first, max(last_seen_time) AS last
FROM touch WHERE is_exact AND (way <> 'told' OR col = 'certificate_sha256')
GROUP BY no, host ORDER BY no, host
"""
_RHYTHM = """
WITH call AS (
    SELECT x.ja4, n.src_ip, n.src_ip_hi, n.src_ip_lo, n.dst_ip, n.uid, n.evidence_id, n.start_time,
           n.end_time, n.payload_bytes_out AS bytes,
           epoch_us(n.start_time) - lag(epoch_us(n.start_time)) OVER (
               PARTITION BY x.ja4, n.src_ip, n.dst_ip
               ORDER BY n.start_time, n.evidence_id, n.uid) AS gap
    FROM (SELECT uid, evidence_id, min(ja4) AS ja4 FROM tls_activity WHERE ja4 IS NOT NULL
          GROUP BY uid, evidence_id) x
    JOIN network_activity n ON n.uid = x.uid AND n.evidence_id = x.evidence_id
),
model AS (
    SELECT c.ja4, median(c.bytes) AS bytes, median(c.gap) AS gap
    FROM call c JOIN told t ON t.uid = c.uid AND t.evidence_id = c.evidence_id
    GROUP BY c.ja4 HAVING count(c.gap) >= $calls AND median(c.gap) >= 1000000
),
pair AS (
    SELECT ja4, src_ip, src_ip_hi, src_ip_lo, dst_ip, median(bytes) AS bytes, median(gap) AS gap,
           count(*) AS n, min(start_time) AS first, max(end_time) AS last
    FROM call GROUP BY ALL HAVING count(gap) >= $calls
)
SELECT m.ja4, m.bytes AS bytes, m.gap / 1e6 AS period_s, p.src_ip AS host, sum(p.n)::BIGINT AS n,
       min(p.first) AS first, max(p.last) AS last
FROM pair p JOIN model m ON m.ja4 = p.ja4
WHERE p.bytes BETWEEN m.bytes / 2 AND m.bytes * 2 AND p.gap BETWEEN m.gap * 0.7 AND m.gap / 0.7
  AND is_internal(p.src_ip_hi, p.src_ip_lo)
GROUP BY m.ja4, m.bytes, m.gap, p.src_ip ORDER BY m.ja4, p.src_ip
"""
_CALLS = 4
"""Gaps between calls that make a rhythm worth comparing."""


def find_scope(
    engine: Engine,
    subject: tuple[str, str],
    findings: Sequence[Mapping[str, Any]],
    flows: Mapping[str, Set[str]],
    known: Set[str],
    evidence_ids: Sequence[str],
) -> Scope:
    """Look for every mark of the findings on every host of ours.

    Args:
        engine: with the views and the home networks.
        subject: id and title of the finding or incident.
        findings: their documents.
        flows: evidence id -> flows behind the findings.
        known: addresses that the findings name.
        evidence_ids: what the views are made of.
    """
    register_told(engine, flows)
    marks, left_out = shapes(engine, findings)
    wanted = [Wanted(parts=(atom,), given=atom.value) for atom in marks]
    swept = sweep(engine, wanted, evidence_ids) if wanted else None
    seen = _seen(engine, list(marks)) if wanted else {}
    named = {(kind, atom.value): seen.get(atom, []) for atom, kind in marks.items()}
    named |= _rhythms(engine)
    active = int(str(engine.query(_ACTIVE)[0]["n"]))
    alert = min(datetime.fromisoformat(str(f["first_seen_time"])) for f in findings)
    listed = tuple(
        Shape(kind=kind, value=value, hosts=len(rows), is_common=_is_common(len(rows), active))
        for (kind, value), rows in named.items()
    )
    common = {(s.kind, s.value) for s in listed if s.is_common}
    reasons: dict[str, list[Reason]] = {}
    for mark, rows in named.items():
        for row in rows if mark not in common else ():
            reasons.setdefault(str(row["host"]), []).append(_reason(mark, row, plain(alert)))
    return Scope(
        subject=subject[0],
        title=subject[1],
        finding_ids=tuple(str(f["id"]) for f in findings),
        alert_time=alert,
        active_hosts=active,
        shapes=listed,
        left_out=tuple(left_out),
        hosts=_hosts(engine, reasons, known),
        evidence_ids=tuple(evidence_ids),
        not_visible=swept.not_visible if swept else (),
    )


def _seen(engine: Engine, marks: Sequence[Atom]) -> dict[Atom, list[Mapping[str, Any]]]:
    out: dict[Atom, list[Mapping[str, Any]]] = {}
    home = HomeNets(engine.home_nets)
    for row in engine.query(_HOSTS):
        ip = str(row["host"])
        if not (home.holds(ip) if home.networks else is_private(ip)) or is_group(ip):
            continue
        out.setdefault(marks[int(str(row["no"]))], []).append(row)
    return out


def _rhythms(engine: Engine) -> dict[tuple[str, str], list[Mapping[str, Any]]]:
    out: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in engine.query(_RHYTHM, {"calls": _CALLS}):
        size, period = float(str(row["bytes"])), float(str(row["period_s"]))
        value = (
            f"{row['ja4']}, {size / 2:.0f} to {size * 2:.0f} bytes out, "
            f"every {period * 0.7:.3g} to {period / 0.7:.3g} s"
        )
        out.setdefault(("rhythm", value), []).append(row)
    return out


def _is_common(hosts: int, active: int) -> bool:
    return hosts >= COMMON_HOSTS and hosts >= COMMON_SHARE * active


def _reason(mark: tuple[str, str], row: Mapping[str, Any], alert: datetime) -> Reason:
    return Reason(
        kind=mark[0],
        value=mark[1],
        rows=int(row["n"]),
        first_seen_time=row["first"],
        last_seen_time=row["last"],
        is_before_alert=row["first"] < alert - EARLIER,
    )


def _hosts(
    engine: Engine, reasons: Mapping[str, list[Reason]], known: Set[str]
) -> tuple[ScopedHost, ...]:
    ips = sorted(reasons, key=order)
    said = said_identities(engine, ips)
    resolvers = {str(row["ip"]) for row in engine.query(RESOLVERS, {"ips": ips})}
    out = []
    for ip in ips:
        since = min(reason.first_seen_time for reason in reasons[ip])
        until = max(reason.last_seen_time for reason in reasons[ip])
        who = said.who(ip, plain(since), plain(until))
        out.append(
            ScopedHost(
                ip=ip,
                name=who.name,
                user=who.user,
                is_known=ip in known,
                is_resolver=ip in resolvers,
                reasons=tuple(
                    sorted(reasons[ip], key=lambda r: (r.kind, r.first_seen_time, r.value))
                ),
            )
        )
    return tuple(sorted(out, key=lambda host: (host.is_known, host.is_resolver)))
