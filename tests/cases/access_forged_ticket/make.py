"""Makes the evidence of these cases.

`python -m tests.cases.access_forged_ticket.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import write

THIEF, USER_PC, CONTROLLER, FILES = "10.1.0.66", "10.1.0.17", "10.2.0.5", "10.2.0.9"
AES, RC4 = 18, 23
IN_PLACE_OF = 0x40820000 | 0x00020000


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    table = "kerberos_activity"
    others = [row for n in range(4) for row in logs_in(1.0 + n, f"10.1.0.{40 + n}", f"user{n}")]
    usual = [*others, *logs_in(0.0, USER_PC, "carla"), *logs_in(5.0, "10.1.0.18", "dario"),
             *grants(9.0, USER_PC, "carla")]  # fmt: skip
    write(root / "golden", table, [*usual, asks(60.0, THIEF, RC4)])
    write(root / "silver", table, [*usual, shows(60.0, THIEF, RC4)])
    write(root / "trust_between_domains", table, [
        *usual, asks(60.0, USER_PC, RC4), reply(60.1, USER_PC, "AS-REP", "eva", "krbtgt/corp", RC4),
    ])  # fmt: skip
    write(root / "in_the_name_of_one", table, [*usual, *delegates(60.0, THIEF, ["administrator"])])
    write(root / "web_server_with_delegation", table, [
        *usual, *delegates(60.0, "10.2.0.80", ["carla", "dario", "eva", "fritz"]),
    ])  # fmt: skip
    write(root / "ticket_of_another_host", table, [
        *usual, *logs_in(20.0, THIEF, "mallory"), *grants(300.0, THIEF, "carla"),
    ])  # fmt: skip
    write(root / "everything_under_aes", table, [*usual, asks(60.0, USER_PC, AES),
                                                 shows(61.0, USER_PC, AES)])  # fmt: skip


def message(t: float, src: str, dst: str, type_: str, **fields: object) -> dict[str, object]:
    """One message of Kerberos."""
    ends = {"time": t, "uid": f"C{src}{t}", "src_ip": src, "dst_ip": dst, "dst_port": 88}
    return ends | {"message_type": type_, "realm": "CORP"} | fields


def reply(
    t: float, src: str, type_: str, client: str, service: str, etype: int
) -> dict[str, object]:
    """A ticket that the controller gives."""
    return message(t, src, CONTROLLER, type_, client_name=client, service_name=service,
                   ticket_encryption_type=etype)  # fmt: skip


def logs_in(t: float, src: str, client: str) -> list[dict[str, object]]:
    """A login with its ticket for everything."""
    return [
        message(t, src, CONTROLLER, "AS-REQ", client_name=client, service_name="krbtgt/CORP"),
        reply(t + 0.1, src, "AS-REP", client, "krbtgt/CORP", AES),
    ]


def grants(t: float, src: str, client: str) -> list[dict[str, object]]:
    """A ticket for a file server."""
    return [asks(t, src, AES), reply(t + 0.1, src, "TGS-REP", client, "cifs/files", AES)]


def asks(t: float, src: str, etype: int, **fields: object) -> dict[str, object]:
    """A request that shows a ticket for everything."""
    return message(t, src, CONTROLLER, "TGS-REQ", service_name="cifs/files",
                   ticket_encryption_type=etype, ticket_options=0x40810000, **fields)  # fmt: skip


def shows(t: float, src: str, etype: int) -> dict[str, object]:
    """A ticket that is shown to the file server."""
    return message(t, src, FILES, "AP-REQ", service_name="cifs/files",
                   ticket_encryption_type=etype)  # fmt: skip


def delegates(t: float, src: str, people: list[str]) -> list[dict[str, object]]:
    """Tickets in the name of others, and their use."""
    return [
        row
        for n, name in enumerate(people)
        for row in (
            asks(t + n, src, AES, impersonated_name=name),
            asks(t + n + 0.2, src, AES) | {"ticket_options": IN_PLACE_OF},
        )
    ]


if __name__ == "__main__":
    make(Path(__file__).parent)
