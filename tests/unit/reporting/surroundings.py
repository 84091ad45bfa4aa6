"""What stands around the sample incident: traffic, contacts, checks and the checklist."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from netcordon.model.document import Check, PhaseStatus, Series

START = datetime(2026, 11, 3, 8, 0, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def beacon_times() -> tuple[float, ...]:
    draw = random.Random(7)
    out = [at(12).timestamp()]
    while out[-1] < at(95).timestamp():
        out.append(out[-1] + 25 * draw.uniform(0.7, 1.3))
    return tuple(round(t, 3) for t in out)


def traffic() -> tuple[Series, ...]:
    draw = random.Random(11)
    x = tuple(at(m + 0.5).timestamp() for m in range(100))
    out = [draw.randint(20_000, 90_000) + (480_000 if 70 <= m < 75 else 0) for m in range(100)]
    into = [draw.randint(150_000, 900_000) for _ in x]
    within = [draw.randint(90_000, 300_000) + (700_000 if 31 <= m < 34 else 0) for m in range(100)]
    return (
        Series(name="Out", unit="B/s", x=x, y=tuple(map(float, out))),
        Series(name="In", unit="B/s", x=x, y=tuple(map(float, into))),
        Series(name="Within", unit="B/s", x=x, y=tuple(map(float, within))),
    )


CHECKS = tuple(
    Check(detector=d, title=t, summary=t, blind_spots=b, minimum_sample=m, findings=f, skipped=s)
    for d, t, b, m, f, s in (
        ("c2_beaconing", "Beaconing", "Jitter above 60 %, gaps above 1 h.", "20 contacts", 1, None),
        ("c2_dns_tunnel", "DNS tunnel", "DNS over HTTPS.", "100 names", 1, None),
        ("recon_scan", "Scan", "Scans slower than one address in 5 min.", "15 targets", 1, None),
        ("brute_force_ssh", "SSH password guessing", "Fewer than 10 tries.", "10 tries", 1, None),
        ("exfil_volume", "Exfiltration by volume", "Slow leaks.", "1 MB", 1, None),
        ("delivery_executable", "Program over HTTP", "Anything in TLS.", "one file", 1, None),
        ("lateral_smb", "Lateral movement over SMB", "SMB 3 encryption.", "one session", 0,
         "no SMB session was recorded"),
    )
)  # fmt: skip

PHASES = tuple(
    PhaseStatus(id=i, phase=p, line=line, status=s, where=w)
    for i, p, line, s, w in (
        ("P4", "1 Preparation", "Access to the device and its ability to watch", "open", ""),
        ("I11", "2 Identification", "Analyse the traffic", "done", "Findings"),
        (
            "I14",
            "2 Identification",
            "Know what the sensor cannot see",
            "done",
            "What could not be seen",
        ),
        (
            "I15d",
            "2 Identification",
            "Exploits and vulnerabilities used",
            "partly",
            "Characteristics",
        ),
        ("C4", "3 Containment", "Isolate the source", "open", ""),
        ("M1", "4 Remediation", "Block all channels on all boundaries", "open", ""),
        ("R1", "5 Recovery", "Traffic back to normal", "open", ""),
        ("L7", "6 Lessons learned", "Indicators of compromise", "done", "indicators.csv"),
    )
)
