"""What others say of the same captures: two published rules of thumb, nDPI, Suricata's events.

Each peer raises an alarm that names ends, or stays silent. The rules of thumb read netcordon's
tables, so that they see the same flows; nDPI and Suricata read the capture themselves.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from netcordon.workflow.query import run_query


@dataclass(frozen=True)
class Alarm:
    """What a peer said of one capture.

    Attributes:
        ends: addresses that its alarms name.
        count: how many alarms there are; 0 is silence.
        failure: why it could not judge; ``None`` when it could.
    """

    ends: frozenset[str] = frozenset()
    count: int = 0
    failure: str | None = None


COEFFICIENT = "beacon by coefficient of variation"
THRESHOLDS = "scan thresholds (25 hosts or 15 ports in 5 min)"
NDPI = "nDPI's malware and mining categories (nfstream)"
SURICATA_ALL = "Suricata, all shipped event rules"
SURICATA_PROTOCOLS = "Suricata, without stream and decoder events"
PEERS = (COEFFICIENT, THRESHOLDS, NDPI, SURICATA_ALL, SURICATA_PROTOCOLS)

# At least 8 gaps of 5 s and more between contacts of one pair, deviation at most a fifth of the
# mean: the score that most tutorials on beacons end with.
_COEFFICIENT_SQL = """
SELECT src_ip, dst_ip FROM (
    SELECT src_ip, dst_ip, dst_port, epoch(start_time) - lag(epoch(start_time)) OVER (
        PARTITION BY src_ip, dst_ip, dst_port ORDER BY start_time, uid) AS gap
    FROM network_activity WHERE protocol IN ('tcp', 'udp') AND packets_in > 0)
WHERE gap IS NOT NULL
GROUP BY src_ip, dst_ip, dst_port
HAVING count(*) >= 8 AND avg(gap) >= 5 AND stddev_pop(gap) <= 0.2 * avg(gap)
ORDER BY ALL
"""
# The thresholds that Zeek shipped until version 4 (policy/misc/scan), over failed attempts.
_THRESHOLDS_SQL = """
WITH failed AS (
    SELECT src_ip, dst_ip, dst_port, epoch(start_time)::BIGINT // 300 AS slot
    FROM network_activity
    WHERE protocol = 'tcp' AND conn_state IN ('S0', 'REJ', 'SH', 'RSTOS0', 'RSTRH'))
SELECT src_ip, min(dst_ip) AS dst_ip FROM failed GROUP BY src_ip, dst_port, slot
HAVING count(DISTINCT dst_ip) >= 25
UNION SELECT src_ip, dst_ip FROM failed GROUP BY src_ip, dst_ip, slot
HAVING count(DISTINCT dst_port) >= 15
ORDER BY ALL
"""
_BAD_CATEGORIES = frozenset(("malware", "mining", "banned_site", "cryptocurrency"))
_OF_PACKETS = ("decoder-events.rules", "stream-events.rules")
_RULES = (Path("/etc/suricata/rules"), Path("/usr/share/suricata/rules"))


def alarms(capture: Path, workspace: Path, scratch: Path) -> dict[str, Alarm]:
    """What every peer that is installed says of one capture."""
    found = {
        COEFFICIENT: _asked(workspace, _COEFFICIENT_SQL),
        THRESHOLDS: _asked(workspace, _THRESHOLDS_SQL),
        NDPI: _guarded(lambda: _ndpi(capture)),
    }
    if shutil.which("suricata"):
        found |= _suricata(capture, scratch)
    return found


def _asked(workspace: Path, sql: str) -> Alarm:
    rows = run_query(workspace, sql, timeout_s=60, max_rows=100_000).rows
    return _alarm((str(row[0]), str(row[1])) for row in rows)


def _alarm(pairs: Iterable[tuple[str, str]]) -> Alarm:
    known = list(pairs)
    return Alarm(frozenset(end for pair in known for end in pair), len(known))


def _guarded(judge: Callable[[], Alarm]) -> Alarm:
    try:
        return judge()
    except Exception as error:  # noqa: BLE001 - a peer that fails is told, not fatal
        return Alarm(failure=f"{type(error).__name__}: {error}")


def _ndpi(capture: Path) -> Alarm:
    from nfstream import NFStreamer  # type: ignore[import-untyped]

    flows = NFStreamer(source=str(capture), n_meters=1, statistical_analysis=False)
    return _alarm(
        (flow.src_ip, flow.dst_ip)
        for flow in flows
        if flow.application_category_name.lower() in _BAD_CATEGORIES
    )


def _suricata(capture: Path, scratch: Path) -> dict[str, Alarm]:
    """Alerts of the rules that come with Suricata, told apart by what they watch."""
    rules = scratch / "events.rules"
    shipped = sorted({f.name: f for d in _RULES for f in d.glob("*-events.rules")}.items())
    rules.write_text("\n".join(f.read_text("utf-8") for _, f in shipped), encoding="utf-8")
    done = subprocess.run(
        ["suricata", "-r", str(capture), "-l", str(scratch), "-S", str(rules), "-k", "none"],
        capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    log = scratch / "eve.json"
    if done.returncode or not log.exists():
        failed = Alarm(failure=(done.stderr or done.stdout).strip()[-200:])
        return {SURICATA_ALL: failed, SURICATA_PROTOCOLS: failed}
    of_packets = _sids(f for name, f in shipped if name in _OF_PACKETS)
    every, protocols = [], []
    for line in log.read_text("utf-8", errors="replace").splitlines():
        event = json.loads(line)
        if event.get("event_type") != "alert" or "src_ip" not in event:
            continue
        every.append((event["src_ip"], event["dest_ip"]))
        if event["alert"]["signature_id"] not in of_packets:
            protocols.append(every[-1])
    return {SURICATA_ALL: _alarm(every), SURICATA_PROTOCOLS: _alarm(protocols)}


def _sids(rules: Iterable[Path]) -> frozenset[int]:
    return frozenset(
        int(number)
        for path in rules
        for number in re.findall(r"sid:\s*(\d+)", path.read_text("utf-8"))
    )
