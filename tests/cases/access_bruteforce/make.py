"""Makes the evidence of these cases.

`python -m tests.cases.access_bruteforce.make` from the root of the project writes it anew.
"""

from __future__ import annotations

import random
from pathlib import Path

from tests.cases.evidence import flows, write

GUESSER, SERVER = "10.1.0.17", "10.2.0.5"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    opened(root / "ssh_guessing_that_opens")
    ftp(root / "ftp_guessing_with_outcomes")
    spray(root / "ssh_spraying")
    distributed(root / "distributed_ssh_guessing")
    banners(root / "monitoring_reads_banners")
    mail(root / "mail_checks")
    scripts(root / "scripts_log_in")


def ssh(
    src: str, dst: str, t: float, rng: random.Random, tries: int = 1
) -> list[dict[str, object]]:
    """A session that fails: key exchange, some password tries, the end."""
    return flows(
        src,
        dst,
        22,
        [t],
        service="ssh",
        duration_s=2.1,
        payload_bytes_out=1900 + 148 * tries + rng.randrange(0, 3) * 16,
        payload_bytes_in=2000 + 80 * tries,
    )


def opened(folder: Path) -> None:
    """Forty-four failures, then one session with a shell."""
    rng = random.Random(1)
    seen = [row for n in range(44) for row in ssh(GUESSER, SERVER, 2.5 * n, rng)]
    seen += flows(
        GUESSER,
        SERVER,
        22,
        [112.0],
        service="ssh",
        duration_s=4.0,
        payload_bytes_out=2700,
        payload_bytes_in=3100,
    )
    write(folder, "network_activity", seen)


def ftp(folder: Path) -> None:
    """Sixty failures on two accounts, told by the server."""
    seen, said = [], []
    for n in range(60):
        seen += flows(
            GUESSER,
            SERVER,
            21,
            [0.5 * n],
            service="ftp",
            src_port=50_000 + n,
            payload_bytes_out=34,
            payload_bytes_in=120,
        )
        said.append(
            {
                "time": 0.5 * n + 0.1,
                "uid": f"C{n + 1}",
                "src_ip": GUESSER,
                "src_port": 50_000 + n,
                "dst_ip": SERVER,
                "dst_port": 21,
                "method": "ftp",
                "service": "ftp",
                "account": "admin" if n % 2 else "root",
                "outcome": "failure",
            }
        )
    write(folder, "network_activity", seen)
    write(folder, "authentication", said)


def spray(folder: Path) -> None:
    """Two tries on each of thirty servers."""
    rng = random.Random(2)
    write(
        folder,
        "network_activity",
        [row for n in range(60) for row in ssh(GUESSER, f"10.2.0.{1 + n % 30}", 1.5 * n, rng)],
    )


def distributed(folder: Path) -> None:
    """Forty strangers, three tries each, on one server."""
    rng = random.Random(3)
    write(
        folder,
        "network_activity",
        [row for n in range(120) for row in ssh(f"203.0.113.{1 + n % 40}", SERVER, 1.2 * n, rng)],
    )


def banners(folder: Path) -> None:
    """A monitor opens the SSH port each minute and reads the banner."""
    write(
        folder,
        "network_activity",
        flows(
            "10.1.0.9",
            SERVER,
            22,
            [60.0 * n for n in range(120)],
            service="ssh",
            duration_s=0.05,
            payload_bytes_out=24,
            payload_bytes_in=40,
        ),
    )


def mail(folder: Path) -> None:
    """Eight people's mail programs ask each 80 s or so, with success."""
    rng = random.Random(4)
    seen, said = [], []
    for person in range(8):
        for n in range(30):
            t = 80 * n + rng.uniform(-10, 10) + 20
            seen += flows(
                f"10.1.0.{11 + person}",
                "10.2.0.25",
                143,
                [t],
                service="imap",
                payload_bytes_out=180,
                payload_bytes_in=rng.randrange(600, 700),
            )
            said.append(
                {
                    "time": t,
                    "uid": f"C{len(seen)}",
                    "src_ip": f"10.1.0.{11 + person}",
                    "dst_ip": "10.2.0.25",
                    "dst_port": 143,
                    "method": "imap",
                    "service": "imap",
                    "account": f"user{person}",
                    "outcome": "success",
                }
            )
    write(folder, "network_activity", seen)
    write(folder, "authentication", said)


def scripts(folder: Path) -> None:
    """A deployment tool runs a few commands on each of twelve servers."""
    rng = random.Random(5)
    write(
        folder,
        "network_activity",
        [
            row
            for n in range(48)
            for row in flows(
                "10.1.0.8",
                f"10.2.0.{1 + n % 12}",
                22,
                [4.0 * n],
                service="ssh",
                duration_s=3.0,
                payload_bytes_out=rng.randrange(9_000, 60_000),
                payload_bytes_in=rng.randrange(8_000, 20_000),
            )
        ],
    )


if __name__ == "__main__":
    make(Path(__file__).parent)
