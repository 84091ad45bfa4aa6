"""Makes the evidence of these cases.

`python -m tests.cases.exfil_volume.make` from the root of the project writes it anew.
"""

from __future__ import annotations

import random
from pathlib import Path

from tests.cases.evidence import flows, write

OFFICE = [f"10.1.0.{n}" for n in range(11, 23)]
THIEF = "10.1.0.17"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    upload(root / "upload_to_a_rare_address")
    alone(root / "upload_of_a_single_host")
    backup(root / "backup_of_everybody")
    meeting(root / "video_meeting")
    nightly(root / "nightly_backup_of_one_server")
    hourly(root / "job_every_hour")


def browsing(rng: random.Random, days: int = 1) -> list[dict[str, object]]:
    """Twelve people who take more than they give."""
    return [
        row
        for day in range(days)
        for client in OFFICE
        for _ in range(12)
        for row in flows(
            client,
            f"198.51.100.{rng.randrange(1, 30)}",
            443,
            [86_400 * day + rng.uniform(0, 20_000)],
            service="tls",
            payload_bytes_out=rng.randrange(800, 9_000),
            payload_bytes_in=rng.randrange(10_000, 800_000),
        )
    ]


def upload(folder: Path) -> None:
    """One of twelve PCs sends 2.4 MB to an address nobody else uses."""
    seen = browsing(random.Random(1))
    seen += flows(
        THIEF,
        "203.0.113.90",
        443,
        [9_000.0],
        service="tls",
        duration_s=14.0,
        payload_bytes_out=2_400_000,
        payload_bytes_in=9_000,
    )
    write(folder, "network_activity", seen)


def alone(folder: Path) -> None:
    """The same upload where no other host was recorded: nothing to compare with."""
    write(
        folder,
        "network_activity",
        flows(
            THIEF,
            "203.0.113.90",
            443,
            [10.0],
            service="tls",
            payload_bytes_out=2_400_000,
            payload_bytes_in=9_000,
        ),
    )


def backup(folder: Path) -> None:
    """Every PC sends its backup to the same place."""
    seen = browsing(random.Random(2))
    for n, client in enumerate(OFFICE):
        seen += flows(
            client,
            "203.0.113.200",
            443,
            [12_000.0 + 60 * n],
            service="tls",
            duration_s=20.0,
            payload_bytes_out=3_000_000,
            payload_bytes_in=12_000,
        )
    write(folder, "network_activity", seen)


def meeting(folder: Path) -> None:
    """A call: as much comes as goes."""
    seen = browsing(random.Random(3))
    seen += flows(
        THIEF,
        "203.0.113.77",
        3478,
        [5_000.0],
        protocol="udp",
        duration_s=1_800.0,
        payload_bytes_out=90_000_000,
        payload_bytes_in=110_000_000,
    )
    write(folder, "network_activity", seen)


def nightly(folder: Path) -> None:
    """One server sends the same amount each night for nine days."""
    seen = browsing(random.Random(4), days=9)
    for day in range(9):
        seen += flows(
            "10.1.0.22",
            "203.0.113.201",
            22,
            [86_400 * day + 50_000.0],
            service="ssh",
            duration_s=40.0,
            payload_bytes_out=40_000_000,
            payload_bytes_in=90_000,
        )
    write(folder, "network_activity", seen)


def hourly(folder: Path) -> None:
    """One server sends about as much to the same place every hour of a morning."""
    rng = random.Random(5)
    seen = browsing(rng)
    for hour in range(5):
        seen += flows(
            "10.1.0.22",
            "203.0.113.201",
            443,
            [3_600.0 * hour + 900],
            service="tls",
            duration_s=12.0,
            payload_bytes_out=3_000_000 + rng.randrange(200_000),
            payload_bytes_in=9_000,
        )
    write(folder, "network_activity", seen)


if __name__ == "__main__":
    make(Path(__file__).parent)
