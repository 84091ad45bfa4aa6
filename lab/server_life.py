"""What servers do by themselves, and what the world wants from the company.

`python -m lab.server_life ROLE SEED SECONDS`
"""

from __future__ import annotations

import random
import smtplib
import socket
import sys
import time
from pathlib import Path

from lab import clients, world
from lab.cage import STATE
from lab.rhythm import Rhythm

WATCHED = {"ns-01": 53, "fs-01": 445, "app-01": 80, "mail-01": 25, "bk-01": 22}
OFFSITE_BYTES = 330_000


def backup(rhythm: Rhythm, rng: random.Random) -> None:
    """A short night's backup: pull the share twice, send an archive to the provider twice."""
    for share in (0.16, 0.72):
        rhythm.at(share, pull)
    for share in (0.24, 0.79):
        rhythm.at(share, lambda: offsite(rng))


def pull() -> None:
    """Copy the share; the second time only what changed, as rsync does."""
    target = STATE / "backup"
    target.mkdir(exist_ok=True)
    clients.call(["rsync", "-a", f"rsync://fs-01.{world.CORP}/projects/", str(target)])


def offsite(rng: random.Random) -> None:
    """Upload an archive to the backup provider: much data out, to a place the company pays for."""
    archive: Path = STATE / "archive.bin"
    archive.write_bytes(rng.randbytes(OFFSITE_BYTES + rng.randrange(40_000)))
    clients.fetch(
        f"https://{world.OFFSITE.name}/vault/brightwater/{int(time.time())}.bin",
        agent="coldvault-agent/3.1",
        extra=["-T", str(archive)],
    )


def monitor(rhythm: Rhythm, _rng: random.Random) -> None:
    """Ask every server once a minute whether it lives: many hosts, many ports, on purpose."""
    rhythm.every(60.0, look_around)


def look_around() -> None:
    """One round."""
    for name, port in WATCHED.items():
        address = world.BY_NAME[name].ip
        clients.call(["ping", "-c", "1", "-W", "1", "-q", address])
        with socket.create_connection((address, port), timeout=3):
            time.sleep(0.05)


def partner(rhythm: Rhythm, rng: random.Random) -> None:
    """The partner writes to us."""
    rhythm.every(170.0, lambda: write_to_us(rng), wobble=0.7)


def write_to_us(rng: random.Random) -> None:
    """One letter, from the partner's mail server to ours."""
    user = rng.choice([name for name in world.PASSWORDS if name != "svc-deploy"])
    deliver(
        rng, f"orders@{world.PARTNER_DOMAIN}", user, world.PARTNER_MX, f"mx.{world.PARTNER_DOMAIN}"
    )


def deliver(
    rng: random.Random, sender: str, user: str, source: str, helo: str, *, body: str = ""
) -> None:
    """Hand a message to the company's public mail address, from a given address."""
    message = clients.letter(rng, sender, f"{user}@{world.DOMAIN}")
    if body:
        message.replace_header("Subject", "Your parcel could not be delivered")
        message.set_content(body)
    with smtplib.SMTP(
        world.BORDER_OUTSIDE, 25, local_hostname=helo, source_address=(source, 0), timeout=30
    ) as smtp:
        smtp.send_message(message)


def visitors(rhythm: Rhythm, rng: random.Random) -> None:
    """Customers read the company's public pages."""

    def visit() -> None:
        clients.fetch(
            f"https://www.{world.DOMAIN}/index.html",
            extra=["--interface", rng.choice(world.VISITOR_IPS)],
        )

    rhythm.every(75.0, visit, wobble=0.8)


ROLES = {"backup": backup, "monitor": monitor, "partner": partner, "visitors": visitors}


def main() -> None:
    """Play one role until the time is over."""
    role, seed, lasts_s = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    rng = random.Random(seed)
    rhythm = Rhythm(lasts_s, rng)
    ROLES[role](rhythm, rng)
    while rhythm.left_s > 0:
        time.sleep(min(5.0, max(0.0, rhythm.left_s)))


if __name__ == "__main__":
    main()
