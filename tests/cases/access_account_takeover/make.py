"""Makes the evidence of these cases.

`python -m tests.cases.access_account_takeover.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import write

HOME, STRANGER = "198.51.100.20", "203.0.113.66"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    usual = [login(600.0 * n, HOME, "success", "passed", "FR") for n in range(6)]
    pushes = [login(9000.0 + 60 * n, STRANGER, "failure", "denied", "NL") for n in range(6)]
    got_in = login(9400.0, STRANGER, "success", "passed", "NL")
    write(root / "pushed_until_granted", "authentication", [*usual, *pushes, got_in])
    write(
        root / "pushed_until_granted",
        "api_activity",
        [
            {
                "time": 9500.0, "src_ip": STRANGER, "provider": "entra", "service": "Core",
                "operation": "Add member to role", "account": "bob@example.org",
                "object": "eve@example.org", "outcome": "success", "change": "role",
            }
        ],
    )  # fmt: skip
    guesses = [login(9000.0 + 5 * n, STRANGER, "failure", None, "NL") for n in range(40)]
    write(
        root / "guessed",
        "authentication",
        [*usual, *guesses, login(9300.0, STRANGER, "success", "none", "NL")],
    )
    forgotten = [login(9000.0 + 20 * n, HOME, "failure", None, "FR") for n in range(9)]
    write(
        root / "forgotten_password",
        "authentication",
        [*usual, *forgotten, login(9300.0, HOME, "success", "passed", "FR")],
    )
    slips = [login(9000.0 + 20 * n, HOME, "failure", None, "FR") for n in range(3)]
    write(
        root / "mistyped",
        "authentication",
        [*usual, *slips, login(9300.0, HOME, "success", "passed", "FR")],
    )
    listed = [
        {**login(9000.0 + 9 * n, STRANGER, "failure", None, "NL"),
         "account": ("bob", "alice", "carla", "dave")[n % 4] + "@example.org"}
        for n in range(24)
    ]  # fmt: skip
    write(
        root / "one_of_a_list",
        "authentication",
        [*listed, login(9300.0, STRANGER, "success", "none", "NL")],
    )
    # Monday morning behind one address: three people, two slips each, and all get in.
    morning = [
        {**login(9000.0 + 30 * n, HOME, outcome, None, "FR"), "account": f"{name}@example.org"}
        for n, (name, outcome) in enumerate(
            (who, what) for who in ("bob", "alice", "carla")
            for what in ("failure", "failure", "success")
        )
    ]  # fmt: skip
    write(root / "monday_morning", "authentication", morning)


def login(t: float, source: str, outcome: str, mfa: str | None, country: str) -> dict[str, object]:
    """One login of the account these cases are about."""
    return {
        "time": t, "src_ip": source, "method": "Browser", "service": "Portal",
        "account": "bob@example.org", "outcome": outcome, "provider": "entra", "mfa": mfa,
        "src_country": country,
    }  # fmt: skip


if __name__ == "__main__":
    make(Path(__file__).parent)
