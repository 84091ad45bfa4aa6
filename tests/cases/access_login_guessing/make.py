"""Makes the evidence of these cases.

`python -m tests.cases.access_login_guessing.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import write

INSIDE, OUTSIDE = "10.0.0.66", "203.0.113.66"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    names = ("root", "admin", "oracle", "backup")
    ours = ("a.moreau", "j.ortega", "m.weiss", "t.silva")
    known = [login(5.0 * n, OUTSIDE, ours[n % 4]) | {"provider": "entra"} for n in range(48)]
    write(root / "names_that_are_ours", "authentication", known)
    guesses = [login(4.0 * n, INSIDE, names[n % 4], why="no such user") for n in range(160)]
    write(root / "from_inside", "authentication", guesses)
    address = {"ip": "10.0.0.5", "host_name": "files", "source": "dhcp", "first_frame": 1}
    write(
        root / "from_inside",
        "host_identity",
        [{**address, "first_seen_time": 0.0, "last_seen_time": 1.0, "count": 1}],
    )
    weather = [
        login(3.0 * n, f"203.0.113.{n % 20 + 1}", names[n % 3], why="no such user")
        for n in range(800)
    ]
    write(root / "background_noise", "authentication", weather)
    old = [login(300.0 * n, INSIDE, "backup") for n in range(200)]
    write(root / "old_password", "authentication", old)
    slips = [login(9.0 * n, INSIDE, "bob") for n in range(5)]
    slips += [login(100.0 + 20 * n, OUTSIDE, "eve") for n in range(12)]
    found = login(400.0, OUTSIDE, "eve") | {"outcome": "success"}
    decoy = [login(2.0 * n, INSIDE, "root") | {"is_decoy": True} for n in range(90)]
    write(root / "mistyped", "authentication", [*slips, found, *decoy])


def login(t: float, source: str, account: str, why: str | None = None) -> dict[str, object]:
    """One login that failed, as OpenSSH logs it."""
    return {
        "time": t, "src_ip": source, "src_port": 40000, "method": "password", "service": "ssh",
        "account": account, "domain": "files", "outcome": "failure", "provider": "sshd",
        "status_detail": why,
    }  # fmt: skip


if __name__ == "__main__":
    make(Path(__file__).parent)
