"""What the steps of the incidents are called, and the few words every step is written with."""

from __future__ import annotations

from collections.abc import Sequence

from lab import world
from lab.crew import inside, run
from lab.truth import Claim, Entry

MEANING = {
    "lure": ("phishing_mail", "Mail with a link to the tool", "T1566.002"),
    "download": (
        "tool_download",
        "Tool downloaded over HTTP from a host nobody else visits",
        "T1204.001 T1105",
    ),
    "beacon": ("beacon", "pc-042 calls home by HTTPS every 22 s ± 30 %", "T1071.001 T1573"),
    "second-beacon": ("beacon", "app-01 calls the same home", "T1071.001 T1573"),
    "scan": ("network_scan", "Sweep of the server segment, then its ports", "T1018 T1046"),
    "guess": (
        "ssh_brute_force",
        "SSH passwords guessed until that of svc-deploy was right",
        "T1110.001 T1021.004",
    ),
    "copy": (
        "lateral_copy",
        "Tool copied to app-01 by scp, between two logins",
        "T1570 T1021.004",
    ),
    "collect": (
        "collection",
        "Whole file share read from app-01 with the stolen account",
        "T1039 T1078",
    ),
    "tunnel": (
        "dns_tunnel",
        "Data sent out inside DNS questions, through the internal resolver",
        "T1071.004 T1048.001 T1572",
    ),
    "upload": (
        "exfiltration",
        "Archive uploaded by HTTPS to a host nobody else visits",
        "T1567 T1041",
    ),
    "admin-share": (
        "admin_share_copy",
        "Tool copied to the file server's ADMIN$ with the stolen account",
        "T1021.002 T1570 T1078",
    ),
    "service": (
        "remote_service",
        "A service for the tool asked for over svcctl; Samba refuses to create it",
        "T1569.002 T1543.003 T1021.002",
    ),
    "hop": (
        "remote_login",
        "SSH login on the file server with the stolen password",
        "T1021.004 T1078",
    ),
    "file-server-beacon": ("beacon", "fs-01 calls the first home", "T1071.001 T1573"),
    "second-server": (
        "beacon",
        "pc-033, fallen earlier, calls another server with the same implant",
        "T1071.001 T1573 T1008",
    ),
    "rogue-dhcp": (
        "rogue_dhcp",
        "pc-042 answers DHCP and names itself router and resolver",
        "T1557.003",
    ),
    "arp-spoof": (
        "arp_spoofing",
        "pc-042 stands between pc-058 and the gateway and passes on what it reads",
        "T1557.002 T1040",
    ),
    "insider-reading": (
        "insider_collection",
        "m.keller fetches the whole share on a free day",
        "T1039",
    ),
    "insider-upload": (
        "insider_upload",
        "m.keller sends the files to a private cloud account",
        "T1567.002",
    ),
}
"""Kind, title and ATT&CK techniques of each step."""


def open_entry(name: str, claims: Sequence[Claim], src: str, dst: Sequence[str]) -> Entry:
    """The diary's entry for a step."""
    kind, title, techniques = MEANING[name]
    return Entry(name, kind, title, claims, src, dst, techniques=techniques.split(" "))


def on(machine: world.Machine, *argv: str) -> str:
    """Run a program on a machine to its end."""
    return run(*inside(machine.name, argv))


def asked_for(name: str, *machines: world.Machine) -> list[Claim]:
    """The questions of these machines for a name; the resolver passes some on to the provider."""
    return [Claim(src=machine.ip, port=53, protocol="udp", name=name) for machine in machines]
