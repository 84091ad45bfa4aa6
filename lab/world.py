"""Who exists in the lab: networks, machines, people, sites. Plain facts, told once.

Names end in `.example` and internet addresses come from the documentation and benchmark ranges, so
that no real owner can ever be accused by a report about this recording.
"""

from __future__ import annotations

from dataclasses import dataclass

DOMAIN = "brightwater.example"
CORP = f"corp.{DOMAIN}"
WORKGROUP = "BRIGHTWATER"
BORDER_OUTSIDE = "198.51.100.2"
BORDER_OUTSIDE6 = "2001:db8:ffff::2"
ISP_RESOLVER = "198.51.100.53"
NTP_SERVER = "198.51.100.123"
PARTNER_MX = "192.0.2.25"
PARTNER_DOMAIN = "partnerfirm.example"
UPDATE_PERIOD_S = 60.0
TASKBOARD_PERIOD_S = 30.0


@dataclass(frozen=True)
class Segment:
    """One network behind the border; `gateway` addresses belong to the border's leg on it."""

    name: str
    net4: str
    net6: str
    gateway4: str
    gateway6: str
    gateway_mac: str
    others4: str
    """Its addresses without the gateway: what the *other* leg must not mirror a second time."""


OFFICE = Segment(
    "office",
    "10.20.1.0/24",
    "2001:db8:20:1::/64",
    "10.20.1.1",
    "2001:db8:20:1::1",
    "02:20:01:00:00:01",
    "10.20.1.2-10.20.1.255",
)
SERVERS = Segment(
    "servers",
    "10.20.2.0/24",
    "2001:db8:20:2::/64",
    "10.20.2.1",
    "2001:db8:20:2::1",
    "02:20:02:00:00:01",
    "10.20.2.2-10.20.2.255",
)
SEGMENTS = (OFFICE, SERVERS)


@dataclass(frozen=True)
class Machine:
    """One computer. With `ttl` 128 its packets look like those of a Windows PC."""

    name: str
    segment: Segment
    ip: str
    ip6: str
    mac: str
    role: str
    ttl: int = 64
    user: str = ""

    @property
    def fqdn(self) -> str:
        """Name in the internal zone."""
        return f"{self.name}.{CORP}"


def _pc(name: str, last: int, user: str, *, ttl: int = 128, role: str = "office PC") -> Machine:
    mac = f"02:20:01:00:01:{last:02x}"
    return Machine(name, OFFICE, f"10.20.1.{last}", f"2001:db8:20:1::{last}", mac, role, ttl, user)


def _server(name: str, last: int, role: str) -> Machine:
    return Machine(
        name,
        SERVERS,
        f"10.20.2.{last}",
        f"2001:db8:20:2::{last}",
        f"02:20:02:00:02:{last:02x}",
        role,
    )


PCS = (
    _pc("pc-017", 117, "m.keller"),
    _pc("pc-021", 121, "s.brandt"),
    _pc("pc-033", 133, "a.novak"),
    _pc("pc-042", 142, "j.ortega"),
    _pc("pc-058", 158, "l.fischer"),
    _pc("lt-009", 109, "r.haas", ttl=64, role="administrator's laptop"),
)
GUEST = _pc("lt-031", 205, "", role="visitor's laptop")
"""Known to nobody: its address is the one that a stranger's lease gives it."""
SERVER_MACHINES = (
    _server("ns-01", 10, "internal DNS resolver"),
    _server("fs-01", 20, "file server"),
    _server("app-01", 30, "intranet and public web server"),
    _server("mail-01", 40, "mail server"),
    _server("bk-01", 50, "backup server"),
    _server("mon-01", 60, "monitoring server"),
)
MACHINES = (*PCS, GUEST, *SERVER_MACHINES)
BY_NAME = {machine.name: machine for machine in MACHINES}

PATIENT_ZERO = BY_NAME["pc-042"]
SECOND_VICTIM = BY_NAME["app-01"]
FILE_SERVER = BY_NAME["fs-01"]
OTHER_VICTIM = BY_NAME["pc-033"]
"""Fell before the recording began; only its calls are seen."""
INSIDER = BY_NAME["pc-017"]
ADMIN = BY_NAME["lt-009"]
TASKBOARD_USERS = ("pc-017", "pc-058")

PASSWORDS = {
    "m.keller": "Anemone-41-Quay",
    "s.brandt": "Lantern-77-Moss",
    "a.novak": "Copper-12-Ridge",
    "j.ortega": "Violet-90-Ferry",
    "l.fischer": "Basalt-35-Cloud",
    "r.haas": "Granite-58-Tern",
    "svc-deploy": "Spring2026!",
}
"""Accounts that exist while the lab runs, in a private copy of /etc, and nowhere else."""


@dataclass(frozen=True)
class Site:
    """A place on the internet side; the line adds `hops` and `delay_ms` each way."""

    name: str
    ip: str
    hops: int
    delay_ms: float
    ip6: str = ""
    https: bool = True
    http2: bool = True
    hostile: bool = False


SITES = (
    Site("www.daily-harbour.example", "192.0.2.10", 9, 11, "2001:db8:cafe::10"),
    Site("cdn.pixelharbour.example", "192.0.2.11", 6, 4, "2001:db8:cafe::11"),
    Site("www.findit.example", "192.0.2.80", 7, 6, "2001:db8:cafe::80"),
    Site("www.tidetables.example", "198.18.33.9", 12, 19, https=False),
    Site("docs.instrumentwiki.example", "198.18.21.14", 11, 24, http2=False),
    Site("app.taskboard.example", "198.18.4.20", 10, 14),
    Site("update.osvendor.example", "198.18.10.5", 8, 8, https=False),
    Site("ocsp.trustanchor.example", "198.18.7.7", 8, 7, https=False),
    Site("backup.coldvault.example", "198.18.90.12", 13, 17, http2=False),
    Site("avcheck.example", "198.18.7.70", 8, 7),
    Site("my.cloudlocker.example", "198.18.52.30", 9, 12, http2=False),
    Site("ntp.timepool.example", NTP_SERVER, 4, 5),
    Site("mx.partnerfirm.example", PARTNER_MX, 11, 13),
    Site("dl.freeware-mirror.example", "203.0.113.77", 17, 46, https=False, hostile=True),
    Site("api.statuswidget.example", "203.0.113.201", 19, 58, hostile=True),
    Site("share.filetransit.example", "203.0.113.140", 18, 51, hostile=True),
    Site("ns.quickresolve.example", "203.0.113.53", 16, 41, hostile=True),
    Site("smtp.parcel-notice.example", "203.0.113.25", 15, 39, hostile=True),
    Site("sync.fontmetrics.example", "198.51.100.214", 14, 33, hostile=True),
)
SITE_BY_NAME = {site.name: site for site in SITES}
VISITOR_IPS = ("192.0.2.131", "192.0.2.186", "198.18.60.4", "198.18.77.201")
TUNNEL_ZONE = "t.quickresolve.example"
TOOL_PATH = "/get/invoice_viewer.exe"
TOOL_SITE, C2_SITE, DROP_SITE, TUNNEL_SITE, PHISH_SITE, SECOND_C2_SITE = (
    site for site in SITES if site.hostile
)
SECOND_C2_PORT = 8443
OFFSITE = SITE_BY_NAME["backup.coldvault.example"]
UPDATE_SITE = SITE_BY_NAME["update.osvendor.example"]
PERSONAL_CLOUD = SITE_BY_NAME["my.cloudlocker.example"]
TASKBOARD = SITE_BY_NAME["app.taskboard.example"]
