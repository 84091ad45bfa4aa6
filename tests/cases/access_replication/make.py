"""Makes the evidence of these cases.

`python -m tests.cases.access_replication.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import write

SOURCE, CONTROLLER, OTHER = "10.1.0.17", "10.2.0.5", "10.2.0.6"
STEAL = (0, 16, 12, 0, 3, 1)
REPLICATE = (0, 3, 3, 4)


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    logins = tickets(CONTROLLER)
    folder = root / "stranger_asks_for_secrets"
    write(folder, "dcerpc_activity", association(SOURCE, CONTROLLER, STEAL))
    write(folder, "kerberos_activity", logins)
    write(
        root / "person_replicates",
        "dcerpc_activity",
        association(SOURCE, CONTROLLER, REPLICATE, account=r"CORP\carla"),
    )
    write(
        root / "beginning_is_missing",
        "dcerpc_activity",
        association(SOURCE, CONTROLLER, STEAL, interface=None, interface_uuid=None),
    )
    folder = root / "controllers_replicate"
    write(
        folder,
        "dcerpc_activity",
        association(OTHER, CONTROLLER, REPLICATE) + association(CONTROLLER, OTHER, REPLICATE),
    )
    write(folder, "kerberos_activity", logins + tickets(OTHER))
    write(
        root / "names_are_looked_up",
        "dcerpc_activity",
        association(SOURCE, CONTROLLER, (0, 12, 1)),
    )


def association(
    src: str, dst: str, numbers: tuple[int, ...], **columns: object
) -> list[dict[str, object]]:
    """The calls of one association by their numbers, sealed as always."""
    return [
        {
            "time": 5.0 + 0.1 * n,
            "uid": f"C{src}",
            "src_ip": src,
            "dst_ip": dst,
            "dst_port": 49_667,
            "interface": "drsuapi",
            "interface_uuid": "e3514235-4b06-11d1-ab04-00c04fc2dcd2",
            "operation_number": number,
            "is_encrypted": True,
            **columns,
        }
        for n, number in enumerate(numbers)
    ]


def tickets(controller: str) -> list[dict[str, object]]:
    """Somebody gets a ticket there."""
    return [
        {
            "time": 1.0,
            "src_ip": "10.1.0.20",
            "dst_ip": controller,
            "dst_port": 88,
            "message_type": "AS-REQ",
        }
    ]


if __name__ == "__main__":
    make(Path(__file__).parent)
