"""Makes the evidence of these cases.

`python -m tests.cases.access_roasting.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import write

SOURCE, CONTROLLER = "10.1.0.17", "10.2.0.5"
WINDOWS = (18, 17, 23, 24, -135)


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    names = [f"MSSQLSvc/db{n}.corp.example:1433" for n in range(30)]
    write(
        root / "weak_tickets_of_all_services",
        "kerberos_activity",
        [row for n, name in enumerate(names) for row in ticket(0.1 * n, name, (23,), 23)],
    )
    write(
        root / "accounts_that_need_no_proof",
        "kerberos_activity",
        [row for n in range(4) for row in unproved(0.2 * n, f"user{n}", (23,))],
    )
    write(
        root / "dozen_back_ends",
        "kerberos_activity",
        [
            row
            for n in range(12)
            for row in ticket(20.0 * n, f"HTTP/app{n}.corp.example", WINDOWS, 18)
        ],
    )
    write(
        root / "appliance_knows_rc4_alone",
        "kerberos_activity",
        [row for n in range(4) for row in ticket(9.0 * n, f"HTTP/app{n}.corp.example", (23,), 23)],
    )
    write(
        root / "logon",
        "kerberos_activity",
        [
            row
            for n, kind in enumerate(("cifs", "ldap", "host", "HTTP"))
            for row in ticket(0.1 * n, f"{kind}/dc5.corp.example", WINDOWS, 18)
        ],
    )


def ticket(t: float, service: str, asked: tuple[int, ...], given: int) -> list[dict[str, object]]:
    """A ticket is asked for and granted."""
    return [
        message(t, "TGS-REQ", service_name=service, encryption_types=asked),
        message(
            t + 0.01,
            "TGS-REP",
            service_name=service,
            client_name="carla",
            ticket_encryption_type=given,
        ),
    ]


def unproved(t: float, client: str, asked: tuple[int, ...]) -> list[dict[str, object]]:
    """A login that needs no proof, in a flow of its own."""
    return [
        message(
            t,
            "AS-REQ",
            uid=f"C{client}",
            client_name=client,
            service_name="krbtgt/CORP",
            encryption_types=asked,
            pre_authentication=False,
        ),
        message(t + 0.01, "AS-REP", uid=f"C{client}", client_name=client, encryption_types=asked),
    ]


def message(t: float, kind: str, **columns: object) -> dict[str, object]:
    """One message."""
    return {
        "time": t,
        "src_ip": SOURCE,
        "dst_ip": CONTROLLER,
        "dst_port": 88,
        "message_type": kind,
        **columns,
    }


if __name__ == "__main__":
    make(Path(__file__).parent)
