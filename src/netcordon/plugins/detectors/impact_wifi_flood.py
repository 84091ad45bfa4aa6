"""Floods of 802.11 management frames: stations thrown out, invented stations, invented networks.

Finds        Deauthentications and disassociations beyond what leaving takes, to one station or to
             all, with the logins that follow (whose handshakes can be cracked at leisure);
             authentication requests from ever new stations; beacons of ever new networks.
Blind spots  Jamming; single well-placed frames; data frames, which are not counted here; floods
             on channels nobody listened to.
Often benign Access points that restart or steer stations elsewhere, prevention systems that
             throw out strangers on purpose, a walk through a crowded street.
Look next    The strongest signal of the sender, protected management frames (802.11w), which
             stations logged in again, and whether the key is long.

The sender's address is that of the network or station it pretends to be.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.finding import Term
from netcordon.model.score import confidence, ramp, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """What counts as a flood."""

    min_thrown_out: int = 30
    """Deauthentications and disassociations of one network in a minute. A station that leaves
    takes one to three; attack programs send 64 and more for one throw."""
    min_stations: int = 100
    """Stations never seen to finish an association that authenticate at one network in a minute;
    a large access point holds about as many in all."""
    min_networks: int = 150
    """Networks whose beacons are heard on one channel in a minute, each a few times; the densest
    places have some dozens on a channel."""
    few_beacons: int = 6
    """Beacons of a network in a minute; a real one sends ten a second (one every 102.4 ms)."""
    login_s: int = 120
    """A station that authenticates again within this many seconds was thrown out to be heard."""


PARAMS = Params()
PRIOR = -3.0

_SQL = """
WITH frame AS (
    SELECT *, epoch_us(time) // 60000000 AS minute FROM wifi_activity
),
thrown AS (
    SELECT bssid, minute, sum(count)::BIGINT AS frames FROM frame
    WHERE kind IN ('deauthentication', 'disassociation') AND bssid IS NOT NULL
    GROUP BY bssid, minute HAVING sum(count) >= $min_thrown_out
),
thrown_out AS (
    SELECT 'thrown_out' AS kind, f.bssid AS network, sum(f.count)::BIGINT AS frames,
           count(DISTINCT f.minute) AS minutes,
           count(DISTINCT f.receiver_mac) FILTER (f.receiver_mac <> f.bssid
               AND f.receiver_mac <> 'ff:ff:ff:ff:ff:ff') AS stations,
           (sum(f.count) FILTER (f.receiver_mac = 'ff:ff:ff:ff:ff:ff'))::BIGINT AS to_all,
           (sum(f.count) FILTER (f.receiver_mac = f.bssid))::BIGINT AS in_their_name,
           bool_or(f.is_protected) AS is_protected,
           min(f.time) AS t0, max(f.last_time) AS t1,
           evidence_of(f.evidence_id, 'wifi_activity', f.first_frame) AS evidence
    FROM frame f JOIN thrown t USING (bssid, minute)
    WHERE f.kind IN ('deauthentication', 'disassociation') GROUP BY f.bssid
),
again AS (
    SELECT t.network, count(DISTINCT a.transmitter_mac) AS logged_in_again
    FROM thrown_out t JOIN frame a ON a.bssid = t.network
     AND a.time BETWEEN t.t0 AND t.t1 + to_seconds($login_s)
    WHERE a.kind IN ('authentication', 'association_request', 'reassociation_request')
      AND a.transmitter_mac <> t.network
    GROUP BY t.network
),
associated AS (
    SELECT DISTINCT transmitter_mac FROM frame
    WHERE kind IN ('association_request', 'reassociation_request')
),
knocking AS (
    SELECT 'stations' AS kind, bssid AS network, sum(count)::BIGINT AS frames,
           count(DISTINCT minute) AS minutes, count(DISTINCT transmitter_mac) AS stations,
           min(time) AS t0, max(last_time) AS t1,
           min({'evidence_id': evidence_id, 'table': 'wifi_activity', 'frame': first_frame}, 1000)
               AS evidence
    FROM frame WHERE kind = 'authentication' AND transmitter_mac <> bssid
      AND transmitter_mac NOT IN (SELECT transmitter_mac FROM associated)
    GROUP BY bssid, minute HAVING count(DISTINCT transmitter_mac) >= $min_stations
),
beacons AS (
    SELECT 'networks' AS kind, channel::VARCHAR AS network, sum(count)::BIGINT AS frames,
           1::BIGINT AS minutes, count(DISTINCT bssid) AS stations,
           max(signal_max_dbm) - min(signal_min_dbm) AS signal_range,
           min(time) AS t0, max(last_time) AS t1,
           min({'evidence_id': evidence_id, 'table': 'wifi_activity', 'frame': first_frame}, 1000)
               AS evidence
    FROM frame WHERE kind = 'beacon' AND count <= $few_beacons
    GROUP BY channel, minute HAVING count(DISTINCT bssid) >= $min_networks
),
flood AS (
    SELECT t.kind, network, frames, minutes, stations, coalesce(to_all, 0) AS to_all,
           coalesce(in_their_name, 0) AS in_their_name, is_protected,
           coalesce(logged_in_again, 0) AS logged_in_again, NULL::INTEGER AS signal_range, t0, t1,
           evidence
    FROM thrown_out t LEFT JOIN again USING (network)
    UNION ALL
    SELECT kind, network, frames, minutes, stations, 0, 0, false, 0, NULL, t0, t1, evidence
    FROM knocking
    UNION ALL
    SELECT kind, network, frames, minutes, stations, 0, 0, false, 0, signal_range, t0, t1, evidence
    FROM beacons
),
name AS (
    SELECT bssid AS network, min(ssid) AS ssid FROM frame
    WHERE kind IN ('beacon', 'probe_response') AND ssid IS NOT NULL AND ssid <> '' GROUP BY bssid
)
SELECT []::VARCHAR[] AS src_ips, []::VARCHAR[] AS dst_ips, []::VARCHAR[] AS dst_names,
       []::INTEGER[] AS dst_ports, '802.11' AS protocol,
       t0 AS first_seen_time, t1 AS last_seen_time, evidence, f.kind, network, ssid, frames,
       minutes, stations, to_all, in_their_name, is_protected, logged_in_again, signal_range,
       epoch_us(t1) - epoch_us(t0) AS span_us
FROM flood f LEFT JOIN name USING (network)
ORDER BY t0, f.kind, network
"""


def judge(row: Row) -> Judgement | None:
    """Weigh one kind of frame at one network."""
    kind = cast(str, row["kind"])
    terms = _thrown_out(row) if kind == "thrown_out" else _invented(row)
    sure = confidence(PRIOR, terms)
    if sure < 0.2:
        return None
    again = cast(int, row["logged_in_again"])
    severity = Severity.MEDIUM if sure >= 0.5 else Severity.LOW
    if sure >= 0.9 and (again or cast(int, row["frames"]) >= 10 * PARAMS.min_thrown_out):
        severity = Severity.HIGH if kind == "thrown_out" else Severity.MEDIUM
    frames, stations = cast(int, row["frames"]), cast(int, row["stations"])
    network = cast("str | None", row["network"]) or "unknown"
    ssid = cast("str | None", row["ssid"])
    known = f"{ssid} ({network})" if ssid else network
    title = {
        "thrown_out": f"{frames:,} deauthentications in the name of the network {known}"
        + (f"; {again} stations logged in again" if again else ""),
        "stations": f"{stations:,} invented stations knocked at the network {known}",
        "networks": f"{stations:,} networks of a few beacons each appeared on channel {network}",
    }[kind]
    return Judgement(
        title=title,
        severity=severity,
        terms=terms,
        techniques=("T1499", "T1557") if kind == "thrown_out" and again else ("T1499",),
        facts={
            "network": network,
            "ssid": ssid,
            "frames": frames,
            "stations": stations,
            "to_all": row["to_all"],
            "in_the_stations_name": row["in_their_name"],
        },
        succeeded=True if again else None,
    )


def _thrown_out(row: Row) -> dict[str, Term]:
    """Signs that the network did not send these itself."""
    frames = cast(int, row["frames"]) / cast(int, row["minutes"])
    terms = {"frames_a_minute": term(1.0 + ramp(math.log10(frames), 1.48, 2.5, 3.0), frames)}
    if spoken := cast(int, row["in_their_name"]):
        # Nobody takes leave dozens of times: both sides are spoken for by a third.
        terms["stations_leave_too"] = term(ramp(spoken, 3, 20, 1.5), spoken)
    if again := cast(int, row["logged_in_again"]):
        terms["stations_logged_in_again"] = term(1.0, again)
    return terms


def _invented(row: Row) -> dict[str, Term]:
    """Signs that stations or networks do not exist."""
    number = cast(int, row["stations"])
    terms = {
        f"{row['kind']}_never_seen_before": term(ramp(math.log10(number), 2.0, 2.7, 4.0), number)
    }
    spread = cast("int | None", row["signal_range"])
    if spread is not None:
        # Hundreds of real senders are near and far; one sender is where it is.
        terms["range_of_signals_db"] = term(ramp(spread, 40, 12, 2.0), spread)
    return terms


DETECTOR = Detector(
    title="Flood of 802.11 management frames",
    summary="Stations thrown out again and again, invented stations, invented networks.",
    blind_spots="Jamming; single well-placed frames; channels nobody listened to.",
    benign="Access points that restart or steer stations, prevention systems, crowded streets.",
    look_next="Signal of the sender, protected management frames, stations that logged in again.",
    reads=("wifi_activity",),
    techniques=("T1499",),
    partition_by="bssid",
    params=PARAMS,
    minimum_sample="30 deauthentications a minute; 100 stations; 150 networks",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
