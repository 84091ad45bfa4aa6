"""Programs that arrive in odd ways: under a false type, from a bare address, by no browser.

Finds        Executable content (by its first bytes: Windows, Linux, macOS, Java classes, scripts)
             fetched over HTTP, FTP or TFTP in the clear whose type or name says it is something
             else, whose server is a bare address or a port of its own, whose asker is a tool of
             the command line or names no program, one program for several processors, and the
             connection to a place never spoken to before that follows within minutes. Scripts
             count from bare addresses alone: pages are full of honest ones.
Blind spots  HTTPS; content that is packed or encrypted so that its first bytes say nothing;
             programs inside documents and archives.
Often benign Firmware and updates of devices, package managers, installers from a vendor's site.
             They come from named places, under their own type.
Look next    The file by its hash (`netcordon carve --files`), what ran it, where the host went
             afterwards, which other hosts fetched it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from netcordon.model.company import prevalence, renown
from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.finding import Term
from netcordon.model.score import confidence, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """What counts as odd."""

    false_type: str = (
        r"^(image|text|audio|video|font)/|^application/(pdf|json|javascript|x-javascript|xml|rtf)"
    )
    """Declared media types that no program has; octet-stream and zip say nothing either way."""
    false_name: str = (
        r"\.(jpe?g|png|gif|bmp|ico|txt|css|html?|pdf|docx?|xlsx?|mp[34]|json|xml|dat|tmp|log|"
        r"woff2?|php|asp|aspx|jsp)$"
    )
    """Endings of names that people take for data; a page (php, asp) may give programs by intent."""
    follow_s: int = 600
    """Time in which a program that was run calls its first place; people take longer to choose."""
    follow_min_bytes: int = 200
    """Payload out of that first call; less is no conversation, unless it is held open."""
    held_s: int = 60
    """A connection kept this long on less payload is one that waits for orders: a login or a page
    ends sooner."""
    command_line: str = (
        r"^(curl|wget|libwww-perl|python-requests|python-urllib|microsoft-cryptoapi|"
        r"microsoft bits|microsoft-webdav-miniredir)(/|$)|windowspowershell/|^certutil"
    )
    """User-Agents of the programs by which scripts fetch, and of Windows when a web server is
    opened as if it were a share; in lower case."""
    builds: int = 3
    """Linux programs by different names from one bare address: a device that serves an update of
    itself gives one; whoever does not know the processor tries them all."""
    named_share: float = 0.6
    """Share of a host's places whose names were seen above which a nameless one says something."""


PARAMS = Params()
PRIOR = -3.3

_SQL = r"""
WITH fetched AS (
    SELECT src_ip, dst_ip, dst_port, time, frame, evidence_id, uid, service, file_name, origin,
           declared_type, magic, file_bytes, sha256, is_internal(dst_ip_hi, dst_ip_lo) AS dst_in,
           lower(regexp_extract(origin, '^[a-z]+://([^/:?]+)', 1)) AS place,
           lower(regexp_extract(split_part(origin, '?', 1), '[^/]*$')) AS asked_name
    FROM file_activity
    WHERE NOT is_upload AND service IN ('http', 'ftp', 'tftp')
      AND (magic IN ('pe', 'elf', 'macho', 'class', 'dex', 'lnk')
           OR (magic = 'script' AND NOT is_internal(dst_ip_hi, dst_ip_lo)
               AND lower(regexp_extract(origin, '^[a-z]+://([^/:?]+)', 1)) = dst_ip))
),
asker AS (
    SELECT f.evidence_id, f.uid, f.frame, min(h.user_agent) AS user_agent,
           max(h.frame) AS asked_frame, bool_or(h.referrer IS NOT NULL) AS led
    FROM fetched f JOIN http_activity h ON h.uid = f.uid AND h.evidence_id = f.evidence_id
     AND h.time <= f.time AND f.origin LIKE '%' || h.uri
    GROUP BY ALL
),
browser AS (
    SELECT DISTINCT src_ip, user_agent FROM http_activity
    WHERE user_agent IS NOT NULL
      AND lower(regexp_extract(referrer, '^[a-z]+://([^/:]+)', 1)) NOT IN ('', dst_ip)
),
program AS (
    SELECT f.src_ip, f.place, f.dst_port, min(f.dst_ip) AS dst_ip, min(f.time) AS t0,
           max(f.time) AS t1, count(*) AS files, min(f.magic) AS magic,
           count(DISTINCT f.asked_name) FILTER (f.magic = 'elf') AS builds,
           min(f.service) AS service, bool_or(f.dst_in) AS dst_in,
           min(f.sha256) AS sha256, max(f.file_bytes) AS file_bytes,
           min(f.file_name) AS file_name, min(f.origin) AS origin, min(f.asked_name) AS asked_name,
           bool_or(f.place = f.dst_ip) AS bare,
           -- A script is text, and a page may give one.
           min(f.declared_type) FILTER (regexp_matches(lower(f.declared_type), $false_type)
               AND f.magic <> 'script') AS false_type,
           min(f.asked_name) FILTER (regexp_matches(f.asked_name, $false_name)
               AND f.magic <> 'script') AS false_name,
           min(a.user_agent) AS user_agent, count(a.user_agent) AS named,
           min(a.user_agent) FILTER (regexp_matches(lower(a.user_agent), $command_line)) AS tool,
           count(a.asked_frame) AS asked, bool_or(coalesce(a.led, false)) AS led,
           count(b.user_agent) AS browsed,
           evidence_of(f.evidence_id, 'file_activity', f.frame) AS evidence
    FROM fetched f LEFT JOIN asker a USING (evidence_id, uid, frame)
    LEFT JOIN browser b ON b.src_ip = f.src_ip AND b.user_agent = a.user_agent
    GROUP BY f.src_ip, f.place, f.dst_port
),
-- Where the host went next for the first time, in no time a person needs.
flow AS (
    SELECT src_ip, dst_ip, dst_port, min(start_time) AS t, sum(payload_bytes_out)::BIGINT AS bo,
           max(duration_s) AS held_s
    FROM flows
    WHERE protocol = 'tcp' AND src_ip IN (SELECT src_ip FROM program) AND packets_in > 0
      AND NOT dst_multicast
      AND dst_port NOT IN (53, 88, 135, 139, 389, 445)
    GROUP BY src_ip, dst_ip, dst_port
),
next AS (
    SELECT p.src_ip, p.place, p.dst_port, count(*) AS followers,
           min(f.dst_ip || ' port ' || f.dst_port) AS follower
    FROM program p JOIN named_share v ON v.src_ip = p.src_ip AND v.named_share >= $named_share
    JOIN flow f ON f.src_ip = p.src_ip AND f.dst_ip <> p.dst_ip
     AND f.t > p.t0 AND f.t <= p.t0 + to_seconds($follow_s)
     AND (f.bo >= $follow_min_bytes OR (f.bo > 0 AND f.held_s >= $held_s))
     AND NOT EXISTS (SELECT 1 FROM looked_up l WHERE l.src_ip = f.src_ip AND l.address = f.dst_ip)
    GROUP BY p.src_ip, p.place, p.dst_port
),
fetchers AS (SELECT place, count(DISTINCT src_ip) AS fetchers FROM fetched GROUP BY place)
SELECT [p.src_ip] AS src_ips, [p.dst_ip] AS dst_ips,
       CASE WHEN p.bare THEN []::VARCHAR[] ELSE [p.place] END AS dst_names,
       [p.dst_port] AS dst_ports, 'tcp' AS protocol, p.t0 AS first_seen_time,
       p.t1 AS last_seen_time, p.evidence, p.files, p.magic, p.service, p.dst_in, p.sha256,
       p.file_bytes, p.file_name, p.asked_name, p.origin, p.bare, p.false_type,
       p.false_name, p.user_agent,
       p.named, p.asked, p.led, p.browsed, coalesce(x.followers, 0) AS followers, x.follower,
       p.builds, p.tool, c.fetchers, h.active, k.kind AS known_kind, k.note AS known_note
FROM program p JOIN fetchers c USING (place) CROSS JOIN active_hosts h
LEFT JOIN next x USING (src_ip, place, dst_port)
LEFT JOIN name n ON n.name = p.place
LEFT JOIN known_service k ON k.registered_domain = n.registered_domain
ORDER BY p.t0, p.src_ip, p.place, p.dst_port
"""

_USUAL_PORTS = {20, 21, 69, 80, 8080}
_KIND = {
    "pe": "Windows program", "elf": "Linux program", "macho": "macOS program",
    "class": "Java class", "dex": "Android program", "lnk": "Windows shortcut",
    "script": "script",
}  # fmt: skip


def judge(row: Row) -> Judgement | None:
    """Weigh what one host fetched from one place."""
    terms = _file(row) | _place(row)
    sure = confidence(PRIOR, terms)
    if sure < 0.3:
        return None
    signs = sum(t.contribution >= 1.0 for t in terms.values())
    severity = Severity.MEDIUM if sure >= 0.5 and signs >= 2 else Severity.LOW
    if sure >= 0.85 and signs >= 3 and "known_service" not in terms:
        severity = Severity.HIGH
    src, dst = cast(list[str], row["src_ips"])[0], cast(list[str], row["dst_ips"])[0]
    names = cast(list[str], row["dst_names"])
    said = row["false_type"] or row["false_name"]
    return Judgement(
        title=f"{src} fetched a {_KIND[str(row['magic'])]} from {names[0] if names else dst}"
        f" port {cast(list[int], row['dst_ports'])[0]}"
        + (
            f" that was said to be {said}"
            if said
            else f", named {row['file_name'] or row['asked_name']}"
        ),
        severity=severity,
        terms=terms,
        techniques=("T1105", *(("T1036.008",) if said else ())),
        facts={
            "origin": row["origin"],
            "file_bytes": row["file_bytes"],
            "sha256": row["sha256"],
            "user_agent": row["user_agent"],
            "went_next_to": row["follower"],
        },
        succeeded=True if cast(int, row["followers"]) else None,
    )


def _file(row: Row) -> dict[str, Term]:
    terms: dict[str, Term] = {"program_in_the_clear": term(0.5, _KIND[str(row["magic"])])}
    if row["false_type"]:
        terms["false_type"] = term(2.0, str(row["false_type"]))
    if row["false_name"]:
        terms["false_name"] = term(1.2, str(row["false_name"]))
    agent = str(row["user_agent"] or "")
    if cast(int, row["asked"]) and not row["named"]:
        terms["no_user_agent"] = term(0.8, 0)
    elif agent and "/" not in agent and " " not in agent and not row["tool"]:
        # RFC 9110, 10.1.5: product/version. A bare word is a name somebody made up.
        terms["made_up_user_agent"] = term(1.2, agent[:60])
    elif row["tool"] and row["bare"] and not row["dst_in"]:
        # Package managers and installers fetch by the same tools, but from places with names.
        terms["command_line_at_a_bare_address"] = term(1.3, str(row["tool"])[:60])
    elif row["magic"] == "class" and agent.startswith("Java/"):
        terms["loaded_by_a_running_program"] = term(1.2, agent[:60])
    if row["bare"] and cast(int, row["builds"]) >= PARAMS.builds:
        terms["programs_by_several_names"] = term(1.0, cast(int, row["builds"]))
    return terms


def _place(row: Row) -> dict[str, Term]:
    terms: dict[str, Term] = {}
    port = cast(list[int], row["dst_ports"])[0]
    fetchers, active = cast(int, row["fetchers"]), cast(int, row["active"])
    if row["bare"]:
        terms["bare_address"] = term(1.7, cast(list[str], row["dst_ips"])[0])
    if row["service"] == "http" and port not in _USUAL_PORTS:
        terms["unusual_port"] = term(1.0, port)
    terms |= renown(row["known_kind"], row["known_note"])
    if cast(int, row["followers"]):
        terms["new_nameless_place_next"] = term(1.2, str(row["follower"]))
    many, few = ("many_fetch_there", -1.0), ("fetchers_share_at_most", 0.5)
    terms |= prevalence(fetchers, active, many=many, few=few)
    if row["dst_in"]:
        terms["inside"] = term(-0.7, "the server is internal")
    return terms


DETECTOR = Detector(
    title="Program download",
    summary="A program fetched in the clear under a false type, from a bare address or by nobody"
    " that browses.",
    blind_spots="HTTPS; packed or encrypted content; programs inside documents and archives.",
    benign="Firmware, updates, package managers and installers; they come from named places.",
    look_next="The file by its hash, what ran it, where the host went next, who else fetched it.",
    reads=("file_activity", "network_activity"),
    techniques=("T1105",),
    partition_by="src_ip",
    params=PARAMS,
    minimum_sample="the first bytes of one file",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
