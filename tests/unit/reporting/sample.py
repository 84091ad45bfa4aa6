"""A document to render: a small company's bad morning."""
# ruff: noqa: E501

from __future__ import annotations

from datetime import UTC, datetime

from netcordon.model.document import Document, SampleRows
from netcordon.model.evidence import CaptureQuality, Defect, Evidence, Grade, IngestWarning
from netcordon.model.finding import EvidenceRows, Finding, Term
from netcordon.model.handling import TLP
from netcordon.model.incident import (
    CardEntry,
    Channel,
    Host,
    Incident,
    Indicator,
    Party,
    ScopeEntry,
    Step,
)
from netcordon.model.severity import Severity
from tests.unit.reporting.surroundings import CHECKS, PHASES, at, beacon_times, traffic

PC, FILES, DNS, DB = "10.20.1.42", "10.20.2.15", "10.20.2.10", "10.20.2.31"
C2, DROP = "203.0.113.77", "198.51.100.20"
EV = "ev-3fa94c1b7e20d581"
SHA = "3fa94c1b7e20d5810c9e66f2a7b4d3981e50ff6ac27d84b1936f0ea25d7c418b"


def rows(table: str, first: int, total: int) -> tuple[EvidenceRows, ...]:
    frames = tuple(first + 37 * n for n in range(min(total, 50)))
    return (EvidenceRows(evidence_id=EV, table=table, frames=frames, total=total),)


SQL_BEACON = """
WITH contact AS (
    SELECT src_ip, dst_ip, dst_port, start_time, first_frame, evidence_id,
           date_diff('microsecond', lag(start_time) OVER w, start_time) AS gap_us
    FROM network_activity
    WHERE conn_state <> 'S0'
    WINDOW w AS (PARTITION BY src_ip, dst_ip, dst_port ORDER BY start_time, first_frame)
)
SELECT src_ip, dst_ip, dst_port, count(*) AS contacts,
       median(gap_us) AS median_gap_us, mad(gap_us) AS spread_us
FROM contact
GROUP BY ALL
HAVING count(*) >= $min_contacts
ORDER BY ALL
"""


def finding(number: int, detector: str, title: str, severity: Severity, **given: object) -> Finding:
    values: dict[str, object] = {
        "confidence": 0.93,
        "src_ips": (PC,),
        "dst_ips": (),
        "dst_names": (),
        "dst_ports": (),
        "protocol": "tcp",
        "accounts": (),
        "techniques": (),
        "first_seen_time": at(12),
        "last_seen_time": at(95),
        "terms": {},
    }
    values.update(given)
    return Finding(
        id=f"f-{number:012x}", detector=detector, title=title, severity=severity, **values
    )  # type: ignore[arg-type]


DOWNLOAD = finding(
    0xA1, "delivery_executable", f"PC-042 fetched a Windows program from {DROP} over plain HTTP",
    Severity.MEDIUM, dst_ips=(DROP,), dst_ports=(80,), techniques=("T1105",), confidence=0.81,
    first_seen_time=at(2.2), last_seen_time=at(2.4), evidence_rows=rows("http_activity", 412, 1),
    terms={
        "type_mismatch": Term(contribution=1.9, value="image/png, content is pe"),
        "bare_address_host": Term(contribution=1.1, value="198.51.100.20"),
        "prevalence_hosts": Term(contribution=0.6, value=1),
        "known_updater": Term(contribution=-0.3, value="no"),
    },
    facts={"file_name": "update-tool.png", "body_bytes": 486_912},
    benign="Software updates fetched by address, and package mirrors inside the company.",
    look_next="What ran on PC-042 after 08:02; who else fetched from this address.", succeeded=True,
)  # fmt: skip
BEACON = finding(
    0xB2, "c2_beaconing", f"PC-042 contacts {C2}:443 every 25 s, jitter 30 %, for 1 h 23 min",
    Severity.CRITICAL, dst_ips=(C2,), dst_ports=(443,), techniques=("T1071.001", "T1573"),
    confidence=0.97, evidence_rows=rows("network_activity", 611, 199), succeeded=True,
    terms={
        "gap_regularity": Term(contribution=2.7, value=0.91),
        "contacts": Term(contribution=1.4, value=199),
        "bytes_regularity": Term(contribution=1.2, value=0.88),
        "prevalence_hosts": Term(contribution=0.8, value=1),
        "known_service": Term(contribution=-0.4, value="none listed"),
    },
    facts={"median_gap_s": 25.1, "spread_mad_s": 3.9, "ja4": "t13d1516h2_8daaf6152771_b186095e22b6"},
    sql=SQL_BEACON, parameters={"min_contacts": 20, "max_gap_s": 3600},
    benign="Monitoring agents, mail clients and chat keep-alives.",
    look_next="The process on PC-042 that owns the connection; the same JA4 on other hosts.",
)  # fmt: skip
SCAN = finding(
    0xC3, "recon_scan", "PC-042 tried 254 addresses of 10.20.2.0/24 on ports 22, 445 and 3389",
    Severity.HIGH, dst_ips=tuple(f"10.20.2.{n}" for n in range(1, 255)), dst_ports=(22, 445, 3389),
    techniques=("T1046",), confidence=0.99, first_seen_time=at(31), last_seen_time=at(33.5),
    evidence_rows=rows("network_activity", 20_418, 762), succeeded=True,
    terms={
        "distinct_targets": Term(contribution=3.8, value=254),
        "refused_share": Term(contribution=1.7, value=0.968),
    },
    benign="Inventory and vulnerability scanners.", look_next="The 8 hosts that answered.",
)  # fmt: skip
BRUTE = finding(
    0xD4, "brute_force_ssh", "PC-042 guessed SSH passwords on FILES-01: 311 tries, then one session",
    Severity.CRITICAL, dst_ips=(FILES,), dst_names=("FILES-01",), dst_ports=(22,),
    accounts=("backup",), techniques=("T1110.001", "T1021.004"), confidence=0.95,
    first_seen_time=at(36), last_seen_time=at(49), evidence_rows=rows("ssh_activity", 25_007, 312),
    succeeded=True,
    terms={
        "short_sessions": Term(contribution=3.1, value=311),
        "long_session_after": Term(contribution=1.5, value="11 min 4 s"),
    },
    benign="A job with an old password.", look_next="auth.log of FILES-01 from 08:36.",
)  # fmt: skip
TUNNEL = finding(
    0xE5, "c2_dns_tunnel", "FILES-01 asks 1,904 distinct names under t.example-cdn.net",
    Severity.HIGH, src_ips=(FILES,), dst_ips=(DNS,), dst_names=("t.example-cdn.net",),
    dst_ports=(53,), protocol="udp", techniques=("T1071.004", "T1572"), confidence=0.92,
    first_seen_time=at(52), last_seen_time=at(88), evidence_rows=rows("dns_activity", 31_220, 1904),
    terms={
        "distinct_names": Term(contribution=2.2, value=1904),
        "entropy_bits": Term(contribution=1.3, value=4.71),
        "txt_share": Term(contribution=0.9, value=0.83),
    },
    benign="Antivirus look-ups and CDN shards.", look_next="The resolver's log; the name's age.",
)  # fmt: skip
EXFIL = finding(
    0xF6, "exfil_volume", f"FILES-01 sent 2.4 MB to {DROP}, more than it received",
    Severity.HIGH, src_ips=(FILES,), dst_ips=(DROP,), dst_ports=(443,), techniques=("T1041",),
    confidence=0.86, first_seen_time=at(70), last_seen_time=at(74.5), succeeded=True,
    evidence_rows=rows("network_activity", 40_871, 3),
    terms={
        "bytes_out": Term(contribution=1.8, value=2_411_520),
        "out_in_ratio": Term(contribution=1.2, value=61.4),
        "new_destination": Term(contribution=0.5, value="no baseline"),
    },
    benign="Backups and uploads people ask for.", look_next="Which files left: the share's audit log.",
)  # fmt: skip
FINDINGS = (DOWNLOAD, BEACON, SCAN, BRUTE, TUNNEL, EXFIL)


def step(item: Finding, tactic: str, text: str, targets: tuple[str, ...]) -> Step:
    return Step(
        time=item.first_seen_time, end_time=item.last_seen_time, tactic=tactic, text=text,
        actor_ip=item.src_ips[0], target_ips=targets, finding_id=item.id, severity=item.severity,
    )  # fmt: skip


def channel(item: Finding, dst: str, name: str | None, purpose: str) -> Channel:
    return Channel(
        src=item.src_ips[0], dst=dst, dst_name=name, port=item.dst_ports[0],
        protocol=item.protocol or "tcp", purpose=purpose, first_seen_time=item.first_seen_time,
        last_seen_time=item.last_seen_time, finding_ids=(item.id,),
    )  # fmt: skip


def party(ip: str, name: str | None, user: str | None, role: str, why: str, inside: bool) -> Party:
    mac = f"52:54:00:20:0{ip.split('.')[2]}:{int(ip.rsplit('.', 1)[1]):02x}" if inside else None
    return Party(ip=ip, mac=mac, name=name, user=user, role=role, why=why, internal=inside)


def shown(value: object, table: str, *frames: int, **more: object) -> dict[str, object]:
    place = {"evidence_id": EV, "table": table, "frames": list(frames)}
    return {"value": value, "evidence": [place], **more}


CARD = {
    "source_ips": CardEntry(
        values=(
            shown(PC, "network_activity", 611, 648, 685, host="PC-042", user="alice"),
            shown(FILES, "dns_activity", 31220, 31257, host="FILES-01"),
        )
    ),
    "ports": CardEntry(
        values=(
            shown("tcp/443", "network_activity", 611, 648, use="beacon, upload", flows=202),
            shown("tcp/22", "ssh_activity", 25007, 25044, use="password guessing", flows=312),
            shown("udp/53", "dns_activity", 31220, use="tunnel through the resolver", flows=1904),
        )
    ),
    "ttl": CardEntry(values=(shown(128, "network_activity", 611, share=1.0, meaning="Windows"),)),
    "ip_id": CardEntry(values=(shown("incremental", "network_activity", 611, flows=199),)),
    "protocols": CardEntry(
        values=(shown("TLS 1.3, JA4 t13d1516h2_8daaf6152771_b186095e22b6", "tls_activity", 614),)
    ),
    "targets": CardEntry(values=(shown(FILES, "ssh_activity", 25007, name="FILES-01"),)),
    "exploits": CardEntry(not_assessed="signatures were not asked for (--suricata)"),
    "remote_accounts": CardEntry(
        not_assessed="SSH hides the account; FILES-01 keeps it in auth.log"
    ),
}

INCIDENT = Incident(
    id="inc-7c1e09b2d4",
    title="Remote control of PC-042, spread to FILES-01, data sent out",
    summary="alice's PC-042 fetched a disguised program at 08:02 and has been remote-controlled from "
    f"{C2} since 08:12. From there somebody scanned the server segment, guessed an SSH password on "
    "FILES-01, set up a DNS tunnel from it and sent 2.4 MB to the address the program came from.",
    severity=Severity.CRITICAL,
    confidence=0.97,
    first_seen_time=at(2.2),
    last_seen_time=at(95),
    actors=(
        party(C2, None, None, "command_server", "answers the beacon of PC-042", False),
        party(DROP, None, None, "drop_server", "served the program, took the upload", False),
        party(PC, "PC-042", "alice", "pivot", "scanned and attacked the server segment", True),
    ),
    victims=(
        party(PC, "PC-042", "alice", "patient_zero", "first to contact the command server", True),
        party(FILES, "FILES-01", "backup", "victim", "SSH session after 311 failed tries", True),
    ),
    pivots=(PC,),
    channels=(
        channel(DOWNLOAD, DROP, None, "delivery"),
        channel(BEACON, C2, None, "command and control"),
        channel(BRUTE, FILES, "FILES-01", "lateral movement"),
        channel(TUNNEL, DNS, "t.example-cdn.net", "command and control through the resolver"),
        channel(EXFIL, DROP, None, "exfiltration"),
    ),
    techniques=("T1105", "T1071.001", "T1046", "T1110.001", "T1021.004", "T1071.004", "T1041"),
    kill_chain=(
        "initial-access", "command-and-control", "discovery", "credential-access",
        "lateral-movement", "exfiltration",
    ),
    card=CARD,
    finding_ids=tuple(f.id for f in FINDINGS),
    story=(
        step(DOWNLOAD, "initial-access", "Fetched update-tool.png, in truth a program", (DROP,)),
        step(BEACON, "command-and-control", "Contacts the command server every 25 s", (C2,)),
        step(SCAN, "discovery", "Tried 254 addresses; 8 answered", SCAN.dst_ips),
        step(BRUTE, "credential-access", "311 tries, then a session of 11 min", (FILES,)),
        step(TUNNEL, "command-and-control", "1,904 names under one domain", (DNS,)),
        step(EXFIL, "exfiltration", "Sent 2.4 MB", (DROP,)),
    ),
    scope=(
        ScopeEntry(
            ip="10.20.1.57", name="PC-057", relation=f"spoke to {DROP} too", count=2,
            first_seen_time=at(1.1), last_seen_time=at(1.6),
        ),
    ),
    first_actions=(
        "Isolate FILES-01 (10.20.2.15) and PC-042 (10.20.1.42); take memory images first.",
        f"Block {C2} and {DROP} outbound, and t.example-cdn.net on the resolver.",
        "Disable the account 'backup' and change its password everywhere it is used.",
        "Look at PC-057 (10.20.1.57): it spoke to the drop server two minutes earlier.",
    ),
)  # fmt: skip


def indicator(type_: str, value: str, role: str, item: Finding, caution: str | None) -> Indicator:
    return Indicator(
        type=type_, value=value, role=role, confidence=item.confidence, caution=caution,
        first_seen_time=item.first_seen_time, last_seen_time=item.last_seen_time,
        finding_ids=(item.id,),
    )  # fmt: skip


def host(ip: str, name: str, user: str | None, system: str | None) -> Host:
    return Host(
        ip=ip, mac=party(ip, name, user, "", "", True).mac, names=(name,),
        users=(user,) if user else (), os_hint=system, internal=True, sources=("dhcp", "ntlm"),
        first_seen_time=at(0), last_seen_time=at(99),
    )  # fmt: skip


def incident_document() -> Document:
    """Six findings, one critical incident, one capture of limited quality."""
    return Document(
        version="0.1.0",
        generated_time=datetime(2026, 11, 3, 10, 4, 11, 250_000, tzinfo=UTC),
        tlp=TLP.AMBER,
        verdict="PC-042 (alice) is remote-controlled from 203.0.113.77, and the intruder has reached "
        "FILES-01 and sent 2.4 MB out.",
        severity="critical",
        home_nets=("10.20.0.0/16",),
        home_nets_inferred=True,
        first_time=at(0),
        last_time=at(99.8),
        evidence=(
            Evidence(
                id=EV, path="captures/office-core-2026-11-03.pcapng", sha256=SHA, kind="pcapng",
                bytes=48_211_904, records=91_377, refused={"unknown_ethertype": 12},
                first_time=at(0), last_time=at(99.8),
                warnings=(
                    IngestWarning(code="NC-203", what="TCP stream with missing bytes", count=41, frame=8112),
                ),
            ),
        ),
        capture_quality=(
            CaptureQuality(
                evidence_id=EV, grade=Grade.LIMITED,
                summary="Usable, with gaps: 1.8 % of the TCP bytes are missing; files may be incomplete.",
                defects=(
                    Defect(name="drops", share=0.018, what="1.8 % of TCP bytes missing by sequence numbers",
                           consequence="Byte counts are lower bounds; carried files may be cut."),
                    Defect(name="offload", share=0.22, what="22 % of segments larger than the link allows",
                           consequence="Packet sizes are those of the host, not of the wire."),
                ),
            ),
        ),
        incidents=(INCIDENT,),
        findings=FINDINGS,
        indicators=(
            indicator("ipv4-addr", C2, "command_server", BEACON, None),
            indicator("ipv4-addr", DROP, "drop_server", EXFIL, "Hosting provider; other sites may share it."),
            indicator("domain-name", "t.example-cdn.net", "tunnel", TUNNEL, None),
            indicator("url", f"http://{DROP}/img/update-tool.png", "delivery", DOWNLOAD, None),
            indicator("x-ja4", "t13d1516h2_8daaf6152771_b186095e22b6", "client", BEACON,
                      "Common browsers share this fingerprint: watch, do not block."),
        ),
        hosts=(
            host(PC, "PC-042", "alice", "Windows 11"),
            host(FILES, "FILES-01", "backup", "Debian"),
            host(DNS, "NS-01", None, None),
            host("10.20.1.57", "PC-057", "bob", "Windows 11"),
        ),
        not_seen=(
            "No baseline: whether a destination is new to the organisation cannot be told.",
            "TLS 1.3 hides certificates and content.",
            "Nothing was recorded before 08:00; the true beginning may be earlier.",
        ),
        traffic=traffic(),
        contacts={BEACON.id: beacon_times()},
        samples=(
            SampleRows(
                finding_id=BEACON.id,
                columns=("start_time", "src_ip", "dst_ip", "dst_port", "bytes_out", "bytes_in"),
                rows=tuple(
                    (f"2026-11-03 08:{12 + n}:{(n * 25) % 60:02d}", PC, C2, "443", "612", "1,204")
                    for n in range(6)
                ),
                display_filter=f"ip.addr == {PC} && ip.addr == {C2} && tcp.port == 443",
            ),
        ),
        phases=PHASES,
        checks=CHECKS,
        options={"since": "not given", "until": "not given", "tlp": "TLP:AMBER"},
        report_path="workspace/report/report.html",
    )  # fmt: skip
