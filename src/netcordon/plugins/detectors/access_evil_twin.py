"""Evil twin: a second network with a known name, and easier to enter.

Finds        One network name with and without encryption from different senders at the same
             time; a sender that answers to every name stations ask for.
Blind spots  A twin that knows the password and copies the encryption; twins on channels nobody
             listened to.
Often benign A network that is being rebuilt, hotspots with one name and two policies (open and
             OWE), several names of one access point (each under its own address).
Look next    Where the twin stands (signal), which stations joined it, and what they did there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.finding import Term
from netcordon.model.score import confidence, ramp, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """What counts as a twin."""

    min_answers: int = 2
    """Answers under a name; one may be damaged, and who is asked for answers each question."""
    min_announcements: int = 5
    """Beacons or probe responses of each side; a single damaged frame may say anything."""
    min_answered_names: int = 4
    """Names one sender answers to; an access point uses an address of its own for each name."""
    min_thrown_out: int = 10
    """Deauthentications at the real network meanwhile; more than stations take leave with."""


PARAMS = Params()
PRIOR = -3.0

_SQL = """
WITH announced AS (
    SELECT ssid, bssid, min(security) AS security, count(DISTINCT security) AS policies,
           min(time) AS t0, max(last_time) AS t1, sum(count)::BIGINT AS frames,
           list(DISTINCT channel ORDER BY channel) FILTER (channel IS NOT NULL) AS channels,
           evidence_of(evidence_id, 'wifi_activity', first_frame) AS evidence
    FROM wifi_activity
    WHERE kind IN ('beacon', 'probe_response') AND ssid IS NOT NULL AND ssid <> ''
      AND bssid IS NOT NULL
    GROUP BY ssid, bssid
),
twin AS (
    SELECT 'twin' AS kind, o.bssid AS sender, o.ssid, c.bssid AS original,
           c.security AS original_security, greatest(o.t0, c.t0) AS t0, least(o.t1, c.t1) AS t1,
           o.channels, o.frames, list_concat(o.evidence, c.evidence) AS evidence,
           1::BIGINT AS names
    FROM announced o JOIN announced c ON c.ssid = o.ssid AND c.bssid <> o.bssid
     AND c.t0 <= o.t1 AND o.t0 <= c.t1
    WHERE o.security = 'open' AND o.policies = 1 AND c.security NOT IN ('open', 'owe')
      AND c.policies = 1
      AND o.frames >= $min_announcements AND c.frames >= $min_announcements
),
-- A single answer under a name may be a damaged frame.
answered AS (
    SELECT bssid, ssid FROM wifi_activity
    WHERE kind = 'probe_response' AND ssid IS NOT NULL AND ssid <> '' AND bssid IS NOT NULL
    GROUP BY bssid, ssid HAVING sum(count) >= $min_answers
),
karma AS (
    SELECT 'answers_to_all' AS kind, bssid AS sender, min(ssid) AS ssid, NULL AS original,
           NULL AS original_security, min(time) AS t0, max(last_time) AS t1,
           list(DISTINCT channel ORDER BY channel) FILTER (channel IS NOT NULL) AS channels,
           sum(count)::BIGINT AS frames,
           evidence_of(evidence_id, 'wifi_activity', first_frame) AS evidence,
           count(DISTINCT ssid) AS names
    FROM wifi_activity SEMI JOIN answered USING (bssid, ssid)
    WHERE kind = 'probe_response'
    GROUP BY bssid HAVING count(DISTINCT ssid) >= $min_answered_names
),
suspect AS (
    -- A name with several lawful senders gives one row.
    SELECT kind, sender, ssid, min(original) AS original,
           min(original_security) AS original_security, min(t0) AS t0, max(t1) AS t1,
           min(channels) AS channels, max(frames) AS frames, max(names) AS names,
           list_sort(list_distinct(flatten(list(evidence ORDER BY original)))) AS evidence
    FROM (SELECT * FROM twin UNION ALL BY NAME SELECT * FROM karma) GROUP BY kind, sender, ssid
),
joined AS (
    SELECT s.sender, count(DISTINCT w.transmitter_mac) AS stations
    FROM suspect s JOIN wifi_activity w ON w.bssid = s.sender
    WHERE w.kind IN ('association_request', 'reassociation_request')
      AND w.transmitter_mac <> s.sender
    GROUP BY s.sender
),
thrown AS (
    SELECT s.sender, sum(w.count)::BIGINT AS frames
    FROM suspect s JOIN wifi_activity w ON w.bssid = s.original
    WHERE w.kind IN ('deauthentication', 'disassociation') AND w.last_time >= s.t0
    GROUP BY s.sender
)
SELECT []::VARCHAR[] AS src_ips, []::VARCHAR[] AS dst_ips, []::VARCHAR[] AS dst_names,
       []::INTEGER[] AS dst_ports, '802.11' AS protocol,
       s.t0 AS first_seen_time, s.t1 AS last_seen_time, s.evidence, s.kind, s.sender, s.ssid,
       s.original, s.original_security, s.channels, s.frames, s.names,
       coalesce(j.stations, 0) AS stations, coalesce(t.frames, 0) AS thrown_out
FROM suspect s LEFT JOIN joined j USING (sender) LEFT JOIN thrown t USING (sender)
ORDER BY s.t0, s.kind, s.sender, s.ssid
"""


def judge(row: Row) -> Judgement | None:
    """Weigh one sender."""
    stations, thrown = cast(int, row["stations"]), cast(int, row["thrown_out"])
    names = cast(int, row["names"])
    twin = row["kind"] == "twin"
    terms: dict[str, Term] = {}
    if twin:
        terms["open_beside_encrypted"] = term(3.2, cast(str, row["original_security"]))
    else:
        terms["names_one_sender_answers_to"] = term(2.5 + ramp(names, 4, 10, 2.0), names)
    if stations:
        terms["stations_that_joined"] = term(1.0, stations)
    if thrown >= PARAMS.min_thrown_out:
        terms["thrown_out_of_the_real_network"] = term(2.0, thrown)
    sure = confidence(PRIOR, terms)
    if sure < 0.2:
        return None
    severity = Severity.MEDIUM if sure >= 0.5 else Severity.LOW
    if sure >= 0.85 and (stations or thrown >= PARAMS.min_thrown_out):
        severity = Severity.HIGH
    ssid = cast(str, row["ssid"])
    joined = f"; {stations} stations joined it" if stations else ""
    title = (
        f"{row['sender']} offers {ssid} without encryption, which {row['original']} offers with"
        f" {row['original_security']}{joined}"
        if twin
        else f"{row['sender']} answers to {names} names that stations ask for{joined}"
    )
    return Judgement(
        title=title,
        severity=severity,
        terms=terms,
        facts={
            "sender": row["sender"],
            "ssid": row["ssid"],
            "original": row["original"],
            "channels": tuple(cast("list[int] | None", row["channels"]) or ()),
        },
        succeeded=True if stations else None,
    )


DETECTOR = Detector(
    title="Evil twin",
    summary="A second network with a known name that is easier to enter.",
    blind_spots="A twin that copies the encryption; channels nobody listened to.",
    benign="Networks being rebuilt, hotspots with two policies, several names of one device.",
    look_next="Where the twin stands, which stations joined it, and what they did there.",
    reads=("wifi_activity",),
    techniques=("T1557.004",),
    partition_by="ssid",
    params=PARAMS,
    minimum_sample="5 announcements of each side; 4 names answered",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
