"""Makes the evidence of these cases.

`python -m tests.cases.access_rogue_controller.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import write

SOURCE, CONTROLLER = "10.1.0.17", "10.2.0.5"
SITES = "CN=Servers,CN=Head-Office,CN=Sites,CN=Configuration,DC=corp,DC=example"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    folder = root / "controller_for_a_second"
    write(folder, "dcerpc_activity", replica(1.0, "Add") + replica(1.6, "Del"))
    write(folder, "application_activity", [ldap(0.5, "add")])
    folder = root / "real_promotion"
    write(folder, "dcerpc_activity", replica(300.0, "Add"))
    write(
        folder,
        "kerberos_activity",
        [
            {
                "time": 900.0,
                "src_ip": "10.1.0.20",
                "dst_ip": SOURCE,
                "dst_port": 88,
                "message_type": "AS-REQ",
            }
        ],
    )
    write(root / "computer_joins", "application_activity", [ldap(0.0, "add", computer=True)])


def replica(t: float, what: str) -> list[dict[str, object]]:
    """One call about a replica."""
    return [
        {
            "time": t,
            "src_ip": SOURCE,
            "dst_ip": CONTROLLER,
            "dst_port": 49_667,
            "interface": "drsuapi",
            "operation": f"IDL_DRSReplica{what}",
            "is_encrypted": True,
        }
    ]


def ldap(t: float, operation: str, *, computer: bool = False) -> dict[str, object]:
    """An object added below Sites, or a computer's."""
    return {
        "time": t,
        "src_ip": SOURCE,
        "dst_ip": CONTROLLER,
        "dst_port": 389,
        "protocol": "tcp",
        "service": "ldap",
        "operation": operation,
        "object": "CN=PC17,OU=Computers,DC=corp,DC=example" if computer else f"CN=PC17,{SITES}",
        "status": "success",
    }


if __name__ == "__main__":
    make(Path(__file__).parent)
