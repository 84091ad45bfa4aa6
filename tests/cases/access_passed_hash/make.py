"""Makes the evidence of these cases.

`python -m tests.cases.access_passed_hash.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import write

SOURCE, CONTROLLER = "10.1.0.17", "10.2.0.5"
WINDOWS = (18, 17, 23, 24, -135, 3)


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    write(
        root / "weak_where_strong_is_usual",
        "kerberos_activity",
        login(0.0, "10.1.0.20", "carla", WINDOWS)
        + login(5.0, SOURCE, "dario", WINDOWS)
        + login(60.0, SOURCE, "carla", (23,)),
    )
    write(
        root / "appliance_shares_an_account",
        "kerberos_activity",
        login(0.0, "10.1.0.20", "carla", WINDOWS) + login(60.0, SOURCE, "carla", (23,)),
    )
    write(
        root / "appliance_with_an_old_configuration",
        "kerberos_activity",
        [row for n in range(40) for row in login(900.0 * n, SOURCE, "svc-scan", (23,))],
    )
    write(
        root / "current_and_old_systems",
        "kerberos_activity",
        login(0.0, SOURCE, "carla", WINDOWS)
        + login(1.0, "10.1.0.30", "oldpc", (23, -133, -128, 3, 1, 24, -135)),
    )


def login(t: float, src: str, client: str, asked: tuple[int, ...]) -> list[dict[str, object]]:
    """A login with its proof, granted."""
    ends = {
        "uid": f"C{src}{t:.0f}",
        "src_ip": src,
        "dst_ip": CONTROLLER,
        "dst_port": 88,
        "client_name": client,
    }
    return [
        ends
        | {
            "time": t,
            "message_type": "AS-REQ",
            "encryption_types": asked,
            "pre_authentication": True,
        },
        ends | {"time": t + 0.01, "message_type": "AS-REP", "encryption_types": asked[:1]},
    ]


if __name__ == "__main__":
    make(Path(__file__).parent)
