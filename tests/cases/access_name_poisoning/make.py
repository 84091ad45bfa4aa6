"""Makes the evidence of these cases.

`python -m tests.cases.access_name_poisoning.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import write

EVIL, SERVER = "10.1.0.66", "10.1.0.20"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    names = ("fileserv", "prinnter01", "sharepiont", "wpad", "old-dc", "scanner7")
    write(
        root / "everybody_at_once",
        "dns_activity",
        [
            row
            for n, name in enumerate(names)
            for row in asked(20.0 * n, f"10.1.0.{30 + n % 3}", name, EVIL)
        ],
    )
    write(root / "everybody_at_once", "authentication", [login(41.0, "10.1.0.32", EVIL)])
    write(
        root / "login_at_a_named_server",
        "dns_activity",
        asked(0.0, "10.1.0.30", "fileserv", SERVER),
    )
    write(root / "login_at_a_named_server", "authentication", [login(1.0, "10.1.0.30", SERVER)])
    mistyped(root / "mistyped_name_and_a_login", liar_is=None)
    mistyped(root / "server_that_dns_does_not_know", liar_is="fileservr")
    write(root / "controller_and_its_domain", "dns_activity", [
        row for n, name in enumerate(("DC01<20>", "EXAMPLE<1c>", "EXAMPLE<1b>", "OTHER<1d>"))
        for row in asked(9.0 * n, "10.1.0.30", name, SERVER, service="nbns")
    ])  # fmt: skip
    write(root / "controller_and_its_domain", "authentication", [
        login(9.0 * n + 1, "10.1.0.30", SERVER) for n in range(4)
    ])  # fmt: skip
    write(
        root / "own_names",
        "dns_activity",
        [row for n in range(6) for row in asked(9.0 * n, f"10.1.0.{30 + n}", "nas01", SERVER)],
    )


def mistyped(folder: Path, *, liar_is: str | None) -> None:
    """A name that DNS does not know, asked of everybody, and a login where it was found."""
    failed = {
        "time": 4.0, "src_ip": "10.1.0.30", "dst_ip": "10.1.0.2", "query": "fileservr.corp.example",
        "query_type": "A", "is_response": True, "rcode": "NXDOMAIN",
    }  # fmt: skip
    write(folder, "dns_activity", [failed, *asked(4.5, "10.1.0.30", "fileservr", EVIL)])
    write(folder, "authentication", [login(5.0, "10.1.0.30", EVIL)])
    if liar_is is not None:
        write(folder, "host_identity", [
            {"ip": EVIL, "host_name": liar_is, "source": "ntlm", "first_seen_time": 5.0,
             "last_seen_time": 5.0, "count": 1, "first_frame": 9}
        ])  # fmt: skip


def asked(
    at: float, asker: str, name: str, answerer: str, *, service: str = "llmnr"
) -> list[dict[str, object]]:
    """A question to all, and who says that it is meant."""
    row = {
        "src_ip": asker, "src_port": 51_000, "dst_port": 5355, "protocol": "udp",
        "service": service, "query": name, "query_type": "NB" if service == "nbns" else "A",
    }  # fmt: skip
    return [
        {**row, "time": at, "dst_ip": "224.0.0.252", "is_response": False},
        {**row, "time": at + 0.01, "dst_ip": answerer, "is_response": True, "answers": [answerer]},
    ]


def login(at: float, client: str, server: str) -> dict[str, object]:
    """A Windows login over SMB."""
    return {
        "time": at, "src_ip": client, "dst_ip": server, "dst_port": 445, "method": "ntlm",
        "service": "smb", "account": "alice", "domain": "EXAMPLE",
    }  # fmt: skip


if __name__ == "__main__":
    make(Path(__file__).parent)
