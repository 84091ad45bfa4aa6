"""Makes the evidence of these cases.

`python -m tests.cases.access_weakened_controller.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import write

ONE, OTHER = "10.2.0.5", "10.2.0.6"
AES, RC4 = 18, 23
PEOPLE = ("carla", "dario", "eva", "fritz")


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    table = "kerberos_activity"
    write(root / "answers_grow_weak", table, [
        *[row for n, who in enumerate(PEOPLE) for row in login(10.0 * n, who, ONE, AES)],
        *[row for n, who in enumerate(PEOPLE) for row in login(900 + 10.0 * n, who, ONE, RC4)],
    ])  # fmt: skip
    write(root / "one_of_two_controllers", table, [
        *[row for n, who in enumerate(PEOPLE) for row in login(10.0 * n, who, ONE, RC4)],
        *login(100.0, "carla", OTHER, AES), *login(101.0, "gerda", OTHER, AES),
    ])  # fmt: skip
    write(root / "an_account_without_aes", table, [
        *[row for n, who in enumerate(PEOPLE) for row in login(10.0 * n, who, ONE, AES)],
        *login(100.0, "svc-old", ONE, RC4),
    ])  # fmt: skip
    write(
        root / "clients_that_offer_rc4_alone",
        table,
        [
            row
            for n, who in enumerate(PEOPLE)
            for row in login(10.0 * n, who, ONE, RC4, offered=(23,))
        ],
    )


def login(
    t: float, client: str, controller: str, answered: int, offered: tuple[int, ...] = (18, 17, 23)
) -> list[dict[str, object]]:
    """A login that is let in."""
    ends = {"uid": f"C{client}{t:.0f}", "src_ip": "10.1.0.17", "dst_ip": controller,
            "dst_port": 88, "client_name": client, "realm": "CORP"}  # fmt: skip
    return [
        ends | {"time": t, "message_type": "AS-REQ", "encryption_types": offered,
                "pre_authentication": True},
        ends | {"time": t + 0.01, "message_type": "AS-REP", "encryption_types": [answered],
                "ticket_encryption_type": AES},
    ]  # fmt: skip


if __name__ == "__main__":
    make(Path(__file__).parent)
