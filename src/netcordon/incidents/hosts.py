"""All hosts of ours that the evidence identifies, for the report's list."""

from __future__ import annotations

from collections.abc import Iterable

from netcordon.incidents.addresses import HomeNets, is_group, order
from netcordon.incidents.identity import Identities
from netcordon.incidents.queries import Queries, Row
from netcordon.model.incident import Host

MAX_HOSTS = 5000
"""Hosts listed; a note says so when there are more."""

_SEEN = """
WITH alive AS (
    SELECT src_ip AS ip, start_time, end_time, 1 AS started, packets_out AS packets
    FROM network_activity
    WHERE is_internal(src_ip_hi, src_ip_lo) AND NOT is_multicast(src_ip_hi, src_ip_lo)
    UNION ALL
    SELECT dst_ip, start_time, end_time, 0, packets_in FROM network_activity
    WHERE is_internal(dst_ip_hi, dst_ip_lo) AND NOT is_multicast(dst_ip_hi, dst_ip_lo)
      AND packets_in > 0
),
said AS (
    SELECT ip, min(first_seen_time) AS first_said, max(last_seen_time) AS last_said
    FROM host_identity WHERE ip IS NOT NULL GROUP BY ip
),
heard AS (
    SELECT ip, min(start_time) AS first_heard, max(end_time) AS last_heard,
           sum(started)::BIGINT AS started, count(*) AS flows, sum(packets)::BIGINT AS packets
    FROM alive GROUP BY ip
)
SELECT coalesce(heard.ip, said.ip) AS ip, first_heard, last_heard, first_said, last_said,
       coalesce(started, 0) AS started, coalesce(flows, 0) AS flows, coalesce(packets, 0) AS packets
FROM heard FULL JOIN said ON said.ip = heard.ip
ORDER BY said.ip IS NULL, flows DESC, ip
LIMIT $limit
"""


def seen_hosts(engine: Queries, home: HomeNets) -> list[Row]:
    """Addresses of ours that spoke or were told of, at most one more than ``MAX_HOSTS``."""
    rows = engine.query(_SEEN, {"limit": MAX_HOSTS + 1})
    return [row for row in rows if home.holds(row["ip"]) and not is_group(row["ip"])]


def list_hosts(rows: Iterable[Row], identities: Identities) -> tuple[Host, ...]:
    """The hosts in the order of their addresses."""
    found = [_host(row, identities) for row in list(rows)[:MAX_HOSTS]]
    return tuple(sorted(found, key=lambda host: order(host.ip)))


def _host(row: Row, identities: Identities) -> Host:
    ip = row["ip"]
    said = identities.rows.get(ip, ())
    first = min(t for t in (row["first_heard"], row["first_said"]) if t is not None)
    last = max(t for t in (row["last_heard"], row["last_said"]) if t is not None)
    who = identities.who(ip, first, last)
    names = {str(r["host_name"]) for r in said if r["host_name"]}
    users = {str(r["user"]) for r in said if r["user"] and not str(r["user"]).endswith("$")}
    hints = sorted({str(r["os_hint"]) for r in said if r["os_hint"]})
    facts: dict[str, object] = {
        "flows": row["flows"], "flows_started": row["started"], "packets_sent": row["packets"]
    }  # fmt: skip
    if who.conflicts:
        facts["conflicts"] = list(who.conflicts)
    if len(hints) > 1:
        facts["os_hints"] = hints
    return Host(
        ip=ip,
        mac=who.mac,
        names=_led_by(who.name, names),
        users=_led_by(who.user, users),
        os_hint=hints[0] if hints else None,
        internal=True,
        sources=tuple(sorted({str(r["source"]) for r in said})),
        first_seen_time=first,
        last_seen_time=last,
        facts=facts,
    )


def _led_by(best: str | None, others: set[str]) -> tuple[str, ...]:
    rest = sorted(others - {best} if best else others)
    return (best, *rest) if best else tuple(rest)
