"""What an entered host fetched from others of ours, and the accounts it used there.

Neither is a finding: servers read from servers all day. What a host begins only after an intruder
entered it, towards a server or with an account that it never used before, is likely his doing. It
can be told only of hosts that were seen for a while before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from netcordon.incidents.addresses import HomeNets
from netcordon.incidents.behind import FRAMES, evidence_of
from netcordon.incidents.movement import LOOK_BACK, MIN_COPY_BYTES, Movement
from netcordon.incidents.queries import Queries, plain
from netcordon.incidents.scene import Scene

_NEW_SOURCES = f"""
WITH fallen AS (
    SELECT unnest($no) AS no, unnest($ip) AS ip, unnest($since) AS since, unnest($until) AS until
),
watched AS (
    SELECT DISTINCT f.no, f.ip FROM fallen f JOIN network_activity n ON n.src_ip = f.ip
    WHERE n.start_time < f.since
)
SELECT f.no, n.evidence_id, n.src_ip, n.dst_ip, n.dst_port, n.protocol, n.service,
       min(n.start_time) AS first_seen_time, max(n.end_time) AS last_seen_time,
       sum(n.payload_bytes_in)::BIGINT AS bytes, min(n.first_frame, {FRAMES}) AS frames,
       count(*) AS total
FROM fallen f JOIN watched w ON w.no = f.no AND w.ip = f.ip
JOIN network_activity n ON n.src_ip = f.ip
WHERE n.start_time BETWEEN f.since AND f.until AND is_internal(n.dst_ip_hi, n.dst_ip_lo)
  AND n.payload_bytes_in >= $least AND n.payload_bytes_in > n.payload_bytes_out
  AND NOT EXISTS (
      SELECT 1 FROM network_activity b WHERE b.src_ip = n.src_ip AND b.dst_ip = n.dst_ip
      AND b.dst_port = n.dst_port AND b.start_time < f.since AND b.packets_in > 0
  )
GROUP BY f.no, n.evidence_id, n.src_ip, n.dst_ip, n.dst_port, n.protocol, n.service
ORDER BY f.no, first_seen_time, n.src_ip, n.dst_ip, n.dst_port, n.evidence_id
"""

_NEW_ACCOUNTS = f"""
WITH fallen AS (
    SELECT unnest($no) AS no, unnest($ip) AS ip, unnest($since) AS since, unnest($until) AS until
),
login AS (
    SELECT evidence_id, 'authentication' AS source, time, frame, src_ip, dst_ip, account
    FROM authentication WHERE account IS NOT NULL AND outcome IS DISTINCT FROM 'failure'
    UNION ALL
    SELECT evidence_id, 'kerberos_activity', time, frame, src_ip, dst_ip, client_name
    FROM kerberos_activity
    WHERE client_name IS NOT NULL AND message_type IN ('AS-REP', 'TGS-REP')
),
watched AS (
    SELECT DISTINCT f.no, f.ip FROM fallen f JOIN network_activity n ON n.src_ip = f.ip
    WHERE n.start_time < f.since
)
SELECT f.no, l.evidence_id, l.source, l.src_ip, l.dst_ip, l.account,
       min(l.time) AS first_seen_time, max(l.time) AS last_seen_time,
       min(l.frame, {FRAMES}) AS frames, count(*) AS total
FROM fallen f JOIN watched w ON w.no = f.no AND w.ip = f.ip JOIN login l ON l.src_ip = f.ip
WHERE l.time BETWEEN f.since AND f.until AND NOT ends_with(l.account, '$')
  AND NOT EXISTS (
      SELECT 1 FROM login b
      WHERE b.src_ip = l.src_ip AND lower(b.account) = lower(l.account) AND b.time < f.since
  )
GROUP BY f.no, l.evidence_id, l.source, l.src_ip, l.dst_ip, l.account
ORDER BY f.no, first_seen_time, l.src_ip, l.dst_ip, l.account, l.source, l.evidence_id
"""


@dataclass(frozen=True, kw_only=True)
class UsedAccount:
    """An account that an entered host logged in with elsewhere, and not before it was entered."""

    account: str
    src: str
    dst: str
    first_seen_time: datetime
    last_seen_time: datetime
    finding_id: str


def find_accounts(
    engine: Queries, scenes: Sequence[Scene], home: HomeNets
) -> tuple[tuple[UsedAccount, ...], ...]:
    """Accounts that entered hosts of ours begin to use, by incident."""
    found: list[list[UsedAccount]] = [[] for _ in scenes]
    params = _fallen(scenes, home)
    for row in engine.query(_NEW_ACCOUNTS, params) if params["no"] else ():
        found[row["no"]].append(
            UsedAccount(
                account=row["account"],
                src=row["src_ip"],
                dst=row["dst_ip"],
                first_seen_time=row["first_seen_time"],
                last_seen_time=row["last_seen_time"],
                finding_id=scenes[row["no"]].taken[row["src_ip"]][0].finding.id,
            )
        )
    return tuple(tuple(used) for used in found)


def find_gathering(
    engine: Queries,
    scenes: Sequence[Scene],
    home: HomeNets,
    accounts: Sequence[Sequence[UsedAccount]],
) -> tuple[tuple[Movement, ...], ...]:
    """Large reads of entered hosts from others of ours they never spoke to, by incident."""
    found: list[list[Movement]] = [[] for _ in scenes]
    params = _fallen(scenes, home)
    rows = engine.query(_NEW_SOURCES, {**params, "least": MIN_COPY_BYTES}) if params["no"] else ()
    for row in rows:
        scene, src, dst = scenes[row["no"]], row["src_ip"], row["dst_ip"]
        if dst in scene.hostile or any(dst in part.by for part in scene.taken[src]):
            continue  # taken from the attacker's own server, or told as a copy
        used = {a.account for a in accounts[row["no"]] if (a.src, a.dst) == (src, dst)}
        found[row["no"]].append(
            Movement(
                what="gathering",
                time=row["first_seen_time"],
                end_time=row["last_seen_time"],
                src=src,
                dst=dst,
                dst_name=None,
                port=row["dst_port"],
                protocol=row["service"] or row["protocol"],
                bytes=row["bytes"],
                outward=False,
                finding_id=scene.taken[src][0].finding.id,
                evidence=evidence_of([row]),
                accounts=tuple(sorted(used)),
            )
        )
    return tuple(tuple(movements) for movements in found)


def _fallen(scenes: Sequence[Scene], home: HomeNets) -> dict[str, list[object]]:
    """Entered hosts of ours with the time they fell, as columns of parameters."""
    rows = [
        (no, ip, plain(parts[0].time), plain(scene.until + LOOK_BACK))
        for no, scene in enumerate(scenes)
        for ip, parts in sorted(scene.taken.items())
        if home.holds(ip)
    ]
    names = ("no", "ip", "since", "until")
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}
