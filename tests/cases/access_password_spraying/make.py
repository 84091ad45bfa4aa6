"""Makes the evidence of these cases.

`python -m tests.cases.access_password_spraying.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import write

SOURCE, SERVER = "10.1.0.17", "10.2.0.5"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    tries = [login(1.5 * n, f"user{n}", "failure") for n in range(40)]
    write(
        root / "one_password_for_everybody",
        "authentication",
        [*tries, login(62.0, "user40", "success")],
    )
    write(root / "in_vain", "authentication", tries)
    cloud = [
        {"time": 4.0 * n, "src_ip": "203.0.113.9", "service": f"App {n % 3}",
         "account": f"user{n}@example.org", "outcome": "failure", "provider": "entra"}
        for n in range(40)
    ]  # fmt: skip
    write(root / "identity_provider", "authentication", cloud)
    people = [login(30.0 * n, f"user{n}", "success") for n in range(60)]
    write(
        root / "gateway_of_everybody",
        "authentication",
        [*people, *(login(200.0 * n + 7, f"user{n}", "failure") for n in range(9))],
    )
    proxied = [login(5.0 * n, f"user{n}", "failure") for n in range(200)]
    write(
        root / "proxy_with_expired_accounts",
        "authentication",
        [*proxied, *(login(10.0 * n + 2, f"other{n}", "success") for n in range(100))],
    )
    write(
        root / "terminal_server_is_used",
        "authentication",
        [
            *(login(-60.0 - n, f"other{n}", "success") for n in range(3)),
            *tries,
            *(login(70.0 + n, f"other{n}", "success") for n in range(3)),
        ],
    )
    write(
        root / "forgotten_password",
        "authentication",
        [login(20.0 * n, "carla", "failure") for n in range(30)],
    )


def login(t: float, account: str, outcome: str) -> dict[str, object]:
    """One login."""
    return {
        "time": t,
        "src_ip": SOURCE,
        "dst_ip": SERVER,
        "dst_port": 445,
        "method": "ntlm",
        "service": "smb",
        "account": account,
        "domain": "CORP",
        "outcome": outcome,
    }


if __name__ == "__main__":
    make(Path(__file__).parent)
