"""A made intrusion, from the download to the upload, amid ordinary traffic."""

from __future__ import annotations

from netcordon.model.finding import Finding
from netcordon.model.severity import Severity
from tests.unit.incidents.traffic import Traffic, at, find

ZERO, PIVOT, RESOLVER, OTHER = "10.0.1.15", "10.0.2.10", "10.0.0.53", "10.0.1.44"
STAGING, COMMAND, DROP = "198.51.100.7", "203.0.113.5", "203.0.113.99"
TUNNEL = "t.evil-tunnel.net"


def intrusion() -> tuple[Traffic, list[Finding]]:
    """Download → beacon → scan → brute force that succeeds → copy → DNS tunnel → upload."""
    rows = Traffic()
    rows.is_called(ZERO, mac="02:00:00:00:01:15", host_name="PC-042", user="alice")
    rows.is_called(PIVOT, mac="02:00:00:00:02:10", host_name="SRV-FILES")
    rows.is_called(OTHER, mac="02:00:00:00:01:44", host_name="PC-044")
    for client in range(100, 130):
        rows.dns(1, f"10.0.1.{client}", RESOLVER, "www.example.org")
        rows.flow(1, f"10.0.1.{client}", RESOLVER, 53, protocol="udp", service="dns")
        rows.flow(2, f"10.0.1.{client}", "192.0.2.80", 443, service="tls")
    rows.http(5, ZERO, STAGING, "/update/tool.exe", host="cdn.fresh-files.net", response_magic="pe",
              user_agent="curl/8.1")  # fmt: skip
    rows.flow(5, ZERO, STAGING, 80, service="http", back=90_000)
    for beat in range(30):
        rows.flow(10 + beat, ZERO, COMMAND, 443, service="tls", out=300, back=500)
        rows.put("tls_activity", at(10 + beat), src_ip=ZERO, dst_ip=COMMAND, dst_port=443,
                 ja4="t13d000000_rare", server_name="api.cmd-host.net")  # fmt: skip
    rows.flow(11, OTHER, COMMAND, 443, service="tls")
    for last in range(1, 60):
        up = last == 10
        rows.flow(20, ZERO, f"10.0.2.{last}", 22, state="S0" if not up else "SF", out=0, back=0,
                  packets=(1, 1 if up else 0))  # fmt: skip
    for attempt in range(40):
        rows.flow(22 + attempt / 10, ZERO, PIVOT, 22, service="ssh", out=1500, back=1800)
    rows.flow(27, ZERO, PIVOT, 22, service="ssh", out=5_000_000, back=9_000, seconds=20)
    for query in range(120):
        rows.dns(30 + query / 60, PIVOT, RESOLVER, f"a{query:04}.{TUNNEL}", query_type="TXT")
    rows.flow(30, PIVOT, RESOLVER, 53, protocol="udp", service="dns", packets=(120, 120))
    rows.flow(40, PIVOT, DROP, 8443, service="ssh", out=80_000_000, back=20_000, seconds=60)
    return rows, [
        find("f-beacon", "c2_beaconing", "T1071.001", (10, 39), ZERO, COMMAND, ports=[443],
             title="10.0.1.15 called 203.0.113.5:443 30 times, once a minute"),
        find("f-scan", "recon_scan", "T1046", (20, 20), ZERO, [f"10.0.2.{n}" for n in range(1, 60)],
             ports=[22], severity=Severity.MEDIUM),
        find("f-brute", "credential_brute_force", "T1110.001", (22, 27), ZERO, PIVOT, ports=[22],
             succeeded=True),
        find("f-tunnel", "c2_dns_tunnel", "T1071.004", (30, 32), PIVOT, RESOLVER, ports=[53],
             names=[TUNNEL], protocol="udp"),
        find("f-upload", "exfil_volume", "T1048.002", (40, 41), PIVOT, DROP, ports=[8443],
             succeeded=True),
    ]  # fmt: skip
