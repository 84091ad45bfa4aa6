"""Makes the evidence of these cases.

`python -m tests.cases.access_account_change.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import write

SOURCE, CONTROLLER = "10.1.0.17", "10.2.0.5"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    write(
        root / "made_and_raised",
        "dcerpc_activity",
        [
            call(0.0, "samr", "SamrCreateUser2InDomain", "helper"),
            call(0.1, "samr", "SamrSetInformationUser2", "helper"),
            call(2.0, "samr", "SamrAddMemberToGroup", "RID 512"),
        ],
    )
    write(
        root / "secret_of_a_computer",
        "dcerpc_activity",
        [call(0.0, "lsarpc", "LsarSetSecret", "$MACHINE.ACC")],
    )
    write(
        root / "member_of_an_ordinary_group",
        "dcerpc_activity",
        [call(0.0, "samr", "SamrAddMemberToGroup", "RID 4711")],
    )
    write(
        root / "computer_joins",
        "dcerpc_activity",
        [
            call(0.0, "samr", "SamrCreateUser2InDomain", "PC44$"),
            call(0.1, "samr", "SamrSetInformationUser2", "PC44$"),
        ],
    )
    write(
        root / "account_is_read",
        "dcerpc_activity",
        [call(0.0, "samr", "SamrQueryInformationUser", "RID 1104")],
    )


def call(t: float, interface: str, operation: str, name: str) -> dict[str, object]:
    """One call that was accepted."""
    return {
        "time": t,
        "src_ip": SOURCE,
        "dst_ip": CONTROLLER,
        "dst_port": 445,
        "interface": interface,
        "operation": operation,
        "object": name,
        "account": r"CORP\carla",
        "status": "0x00000000",
        "is_encrypted": False,
    }


if __name__ == "__main__":
    make(Path(__file__).parent)
