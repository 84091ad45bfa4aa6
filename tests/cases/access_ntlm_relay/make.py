"""Makes the evidence of these cases.

`python -m tests.cases.access_ntlm_relay.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import write

VICTIM, MIDDLE, TARGET = "10.1.0.17", "10.1.0.66", "10.2.0.9"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    table = "authentication"
    write(root / "files_to_directory", table, [
        login(1.0, VICTIM, MIDDLE, 445, "smb", outcome=None),
        login(1.2, MIDDLE, TARGET, 389, "ldap", outcome="success"),
    ])  # fmt: skip
    write(root / "refused_by_the_target", table, [
        login(1.0, VICTIM, MIDDLE, 80, "http", outcome=None),
        login(1.2, MIDDLE, TARGET, 445, "smb", outcome="failure"),
    ])  # fmt: skip
    write(root / "load_balancer", table, [
        row
        for n in range(8)
        for row in (
            login(10.0 * n, f"10.1.0.{30 + n}", MIDDLE, 80, "http", f"user{n}", n, "success"),
            login(10.0 * n + 0.1, MIDDLE, TARGET, 80, "http", f"user{n}", n, "success"),
        )
    ])  # fmt: skip
    write(root / "hops_with_logins_of_their_own", table, [
        login(1.0, VICTIM, MIDDLE, 445, "smb", number=1, outcome="success"),
        login(3.0, MIDDLE, TARGET, 445, "smb", number=2, outcome="success"),
    ])  # fmt: skip


def login(
    t: float, src: str, dst: str, port: int, service: str, account: str = "carla",
    number: int = 0, outcome: str | None = None,
) -> dict[str, object]:  # fmt: skip
    """One NTLM login."""
    return {
        "time": t, "uid": f"C{src}{dst}{number}", "src_ip": src, "dst_ip": dst, "dst_port": port,
        "method": "ntlm", "service": service, "account": account, "domain": "CORP",
        "workstation": "PC17", "outcome": outcome, "challenge": f"9f3c2a7710be{number:04x}",
    }  # fmt: skip


if __name__ == "__main__":
    make(Path(__file__).parent)
