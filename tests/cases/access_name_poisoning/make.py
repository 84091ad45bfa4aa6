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
    write(
        root / "own_names",
        "dns_activity",
        [row for n in range(6) for row in asked(9.0 * n, f"10.1.0.{30 + n}", "nas01", SERVER)],
    )


def asked(at: float, asker: str, name: str, answerer: str) -> list[dict[str, object]]:
    """A question to all, and who says that it is meant."""
    row = {
        "src_ip": asker, "src_port": 51_000, "dst_port": 5355, "protocol": "udp",
        "service": "llmnr", "query": name, "query_type": "A",
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
