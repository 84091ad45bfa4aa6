"""Makes the evidence of these cases.

`python -m tests.cases.recon_directory.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import write

SOURCE, CONTROLLER = "10.1.0.17", "10.2.0.5"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    write(
        root / "members_of_the_administrators",
        "dcerpc_activity",
        [
            call(0.0, "samr", "SamrConnect5"),
            call(0.1, "samr", "SamrOpenGroup", named="RID 512"),
            call(0.2, "samr", "SamrGetMembersInGroup", named="RID 512"),
        ],
    )
    write(
        root / "sessions_of_many_servers",
        "dcerpc_activity",
        [call(2.0 * n, "srvsvc", "NetrSessionEnum", dst=f"10.2.0.{10 + n}") for n in range(15)],
    )
    write(
        root / "shares_of_one_server",
        "dcerpc_activity",
        [call(0.0, "srvsvc", "NetrShareEnum"), call(0.1, "srvsvc", "NetrServerGetInfo")],
    )
    write(
        root / "names_at_logon",
        "dcerpc_activity",
        [
            call(0.0, "lsarpc", "LsarOpenPolicy2"),
            call(0.1, "lsarpc", "LsarLookupSids2"),
            call(0.2, "epmapper", "ept_map", named="netlogon"),
        ],
    )


def call(
    t: float, interface: str, operation: str, *, dst: str = CONTROLLER, named: str | None = None
) -> dict[str, object]:
    """One call over a named pipe."""
    return {
        "time": t,
        "src_ip": SOURCE,
        "dst_ip": dst,
        "dst_port": 445,
        "pipe": interface,
        "interface": interface,
        "operation": operation,
        "object": named,
        "account": r"CORP\carla",
        "status": "0x00000000",
        "is_encrypted": False,
    }


if __name__ == "__main__":
    make(Path(__file__).parent)
