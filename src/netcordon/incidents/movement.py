"""What moved beside the findings: the tool that came before them, and copies after an access.

Neither is a finding: a download or a copy alone is daily business. Beside an intrusion, from the
same ends and in the right order, they are how it came in and what it took along.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from netcordon.incidents.behind import FRAMES, evidence_of
from netcordon.incidents.common_ends import CommonEnds, domain_of
from netcordon.incidents.queries import Queries, Row, plain
from netcordon.incidents.scene import Part, Scene

LOOK_BACK = timedelta(hours=24)
"""How long before a host's first act a download counts as the likely way in."""

RARE_CLIENTS = 3
"""A server that this many of our hosts or fewer loaded programs from is not the company's own."""

MIN_COPY_BYTES = 64 << 10
"""Payload one way below which a session is taken for typing, not for a copy."""

PROGRAMS = ("pe", "elf", "macho", "lnk", "dex", "class", "ole2")
"""Types by magic that run, or carry what runs (installers and documents with macros)."""

VENDORS = ("update", "certificates", "reputation", "connectivity", "telemetry")
"""Kinds of known services whose programs are their own; clouds and shares carry anybody's."""

_DOWNLOADS = f"""
WITH host AS (
    SELECT unnest($no) AS no, unnest($ip) AS ip, unnest($since) AS since, unnest($until) AS until
),
program AS (
    SELECT h.* FROM http_activity h
    LEFT JOIN name ON name.name = lower(regexp_replace(h.host, ':[0-9]+$', ''))
    LEFT JOIN known_service k ON k.registered_domain = name.registered_domain
         AND k.kind IN (SELECT unnest($vendors))
    WHERE k.kind IS NULL AND coalesce(method, 'GET') IN ('GET', 'POST')  -- not asked about: given
      AND status_code BETWEEN 200 AND 299 AND response_body_bytes > 0
      AND (response_magic IN (SELECT unnest($magic))
           -- By its name where the content does not tell; a page's own scripts are no programs.
           OR (coalesce(response_magic, 'zip') = 'zip'
               AND regexp_matches(lower(split_part(coalesce(uri, ''), '?', 1)),
                                  '[.](exe|dll|scr|msi|elf|jar|iso)$')
               AND NOT regexp_matches(lower(coalesce(response_content_type, '')),
                                      '^(text/|image/|font/|video/|audio/)'))
           -- A script is worth a word only from a server that has no name.
           OR (host IS NOT DISTINCT FROM dst_ip
               AND (response_magic = 'script'
                    OR regexp_matches(lower(split_part(coalesce(uri, ''), '?', 1)),
                                      '[.](ps1|psm1|vbs|jse|hta|bat|cmd|sh)$'))))
),
spread AS (
    SELECT dst_ip, count(DISTINCT src_ip) AS clients FROM program
    WHERE is_internal(src_ip_hi, src_ip_lo) GROUP BY dst_ip
)
SELECT host.no, p.evidence_id, p.src_ip, p.dst_ip, p.dst_port, p.host, p.uri, p.response_magic,
       p.user_agent, p.response_body_bytes AS bytes, p.time AS first_seen_time,
       coalesce(p.response_time, p.time) AS last_seen_time,
       [f FOR f IN [p.frame, p.response_frame] IF f IS NOT NULL][:{FRAMES}] AS frames, 1 AS total
FROM program p JOIN host ON host.ip = p.src_ip JOIN spread ON spread.dst_ip = p.dst_ip
WHERE p.time BETWEEN host.since AND host.until AND spread.clients <= $rare
ORDER BY host.no, p.time, p.evidence_id, p.frame
"""

_COPIES = f"""
WITH pair AS (
    SELECT unnest($no) AS no, unnest($src) AS src, unnest($dst) AS dst, unnest($since) AS since,
           unnest($until) AS until
)
SELECT pair.no, n.evidence_id, n.src_ip, n.dst_ip, n.dst_port, n.protocol, n.service,
       min(n.start_time) AS first_seen_time, max(n.end_time) AS last_seen_time,
       sum(n.payload_bytes_out)::BIGINT AS bytes_out,
       sum(n.payload_bytes_in)::BIGINT AS bytes_in,
       min(n.first_frame, {FRAMES}) AS frames, count(*) AS total
FROM network_activity n JOIN pair ON pair.src = n.src_ip AND pair.dst = n.dst_ip
WHERE n.start_time BETWEEN pair.since AND pair.until
  AND greatest(n.payload_bytes_out, n.payload_bytes_in) >= $least
GROUP BY ALL
ORDER BY pair.no, first_seen_time, n.src_ip, n.dst_ip, n.dst_port, n.evidence_id
"""


@dataclass(frozen=True, kw_only=True)
class Movement:
    """A download of a program or a copy between hosts.

    Attributes:
        what: ``download``, ``copy`` or ``gathering``.
        src: initiator of the connection; ``dst`` its responder.
        bytes: payload that moved the larger way, ``outward`` from initiator to responder or back.
        finding_id: finding that it explains.
    """

    what: str
    time: datetime
    end_time: datetime
    src: str
    dst: str
    dst_name: str | None
    port: int
    protocol: str
    bytes: int
    outward: bool
    finding_id: str
    evidence: Sequence[dict[str, object]]
    url: str | None = None
    magic: str | None = None
    accounts: tuple[str, ...] = ()

    @property
    def way(self) -> str:
        """``to`` or ``from``: which way the bytes went, seen from the initiator."""
        return "to" if self.outward else "from"


def find_downloads(
    engine: Queries, scenes: Sequence[Scene], common: CommonEnds
) -> tuple[tuple[Movement, ...], ...]:
    """Programs loaded by controlled hosts before (or while) they first act, by incident."""
    hosts = [
        (no, ip, scene.onset(ip), scene.until)
        for no, scene in enumerate(scenes)
        for ip in sorted(scene.controlled)
    ]
    if not hosts:
        return tuple(() for _ in scenes)
    params = {
        "no": [no for no, *_ in hosts],
        "ip": [ip for _, ip, *_ in hosts],
        "since": [plain(first - LOOK_BACK) for *_, first, _ in hosts],
        "until": [plain(until) for *_, until in hosts],
        "magic": list(PROGRAMS),
        "rare": RARE_CLIENTS,
        "vendors": list(VENDORS),
    }
    found: list[list[Movement]] = [[] for _ in scenes]
    for row in engine.query(_DOWNLOADS, params):
        name = str(row["host"]).rsplit(":", 1)[0] if row["host"] else None
        if row["dst_ip"] in common.ips or (name and domain_of(name) in common.domains):
            continue
        scene = scenes[row["no"]]
        before = row["first_seen_time"] <= scene.onset(row["src_ip"])
        # Later programs belong to it only when they come from an end of the attacker.
        if before or row["dst_ip"] in scene.hostile:
            found[row["no"]].append(_download(row, name, scene))
    return tuple(
        tuple(_nearest(movements, scene)) for movements, scene in zip(found, scenes, strict=True)
    )


def _download(row: Row, name: str | None, scene: Scene) -> Movement:
    host = row["host"] or row["dst_ip"]
    return Movement(
        what="download",
        time=row["first_seen_time"],
        end_time=row["last_seen_time"],
        src=row["src_ip"],
        dst=row["dst_ip"],
        dst_name=None if name == row["dst_ip"] else name,
        port=row["dst_port"],
        protocol="http",
        bytes=row["bytes"],
        outward=False,
        finding_id=_explains(scene, row["src_ip"]),
        evidence=evidence_of([row], "http_activity"),
        url=f"http://{host}{row['uri']}" if row["uri"] else None,
        magic=row["response_magic"],
    )


def _nearest(movements: Sequence[Movement], scene: Scene) -> list[Movement]:
    """The last download before each host's first act, and all from ends of the attacker."""
    last: dict[str, Movement] = {}
    kept: list[Movement] = []
    for movement in movements:
        if movement.dst in scene.hostile:
            kept.append(movement)
        elif movement.time <= scene.onset(movement.src):
            last[movement.src] = movement
    return sorted([*kept, *last.values()], key=lambda m: (m.time, m.src, m.dst, m.port))


def find_copies(engine: Queries, scenes: Sequence[Scene]) -> tuple[tuple[Movement, ...], ...]:
    """Large transfers between an attacker's host and one it got into, after it did, by incident."""
    pairs = sorted(
        {
            (no, a, b, plain(part.time), plain(scene.until + LOOK_BACK), part.finding.id)
            for no, scene in enumerate(scenes)
            for target, parts in scene.taken.items()
            for part in parts
            for doer in part.by
            for a, b in ((doer, target), (target, doer))
        }
    )
    if not pairs:
        return tuple(() for _ in scenes)
    columns = list(zip(*pairs, strict=True))
    params = {
        "no": list(range(len(pairs))),
        "src": list(columns[1]),
        "dst": list(columns[2]),
        "since": list(columns[3]),
        "until": list(columns[4]),
        "least": MIN_COPY_BYTES,
    }
    rows: dict[tuple[int, str, str, str, int, str], list[Row]] = {}
    for row in engine.query(_COPIES, params):
        no, *_, finding_id = pairs[row["no"]]
        protocol = row["service"] or row["protocol"]
        key = (no, finding_id, row["src_ip"], row["dst_ip"], row["dst_port"], protocol)
        rows.setdefault(key, []).append(row)
    found: list[dict[tuple[str, str, int, str], Movement]] = [{} for _ in scenes]
    for (no, finding_id, src, dst, port, protocol), same in rows.items():
        out, back = (sum(r[c] for r in same) for c in ("bytes_out", "bytes_in"))
        movement = Movement(
            what="copy",
            time=min(r["first_seen_time"] for r in same),
            end_time=max(r["last_seen_time"] for r in same),
            src=src,
            dst=dst,
            dst_name=None,
            port=port,
            protocol=protocol,
            bytes=max(out, back),
            outward=out >= back,
            finding_id=finding_id,
            evidence=evidence_of(same),
        )
        # Two accesses of one host explain the same copy; the first one keeps it.
        found[no].setdefault((src, dst, port, protocol), movement)
    return tuple(
        tuple(sorted(by.values(), key=lambda m: (m.time, m.src, m.dst, m.port))) for by in found
    )


def _explains(scene: Scene, ip: str) -> str:
    """The finding in which a host first acts."""
    parts = (*scene.calls.get(ip, ()), *scene.attacks.get(ip, ()))
    first: Part = min(parts, key=lambda p: (p.time, p.finding.id))
    return first.finding.id
