"""Makes the evidence of these cases.

`python -m tests.cases.lateral_service.make` from the root of the project writes it anew.
"""

from __future__ import annotations

import json
from pathlib import Path

from tests.cases.evidence import write

ADMIN, SERVER = "10.1.0.17", "10.2.0.5"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    command = r"%COMSPEC% /c start /b powershell -nop -w hidden -enc SQBFAFgA"
    ran = "0x0000041d"
    write(
        root / "service_is_a_command_line",
        "dcerpc_activity",
        calls(0.0, ("RCreateServiceW", command, "0x00000000"), ("RStartServiceW", None, ran),
              ("RDeleteService", None, "0x00000000")),
    )  # fmt: skip
    copied(root / "program_copied_and_started")
    sealed(root / "sealed_service_of_seconds")
    agent(root / "agent_is_installed")
    refused(root / "service_is_refused")
    write(
        root / "services_are_looked_at",
        "dcerpc_activity",
        calls(0.0, ("ROpenSCManagerW", None, "0x00000000"),
              ("REnumServicesStatusW", None, "0x00000000"),
              ("RQueryServiceConfigW", None, "0x00000000")),
    )  # fmt: skip


def calls(
    start: float, *operations: tuple[str, str | None, str | None], sealed: bool = False
) -> list[dict[str, object]]:
    """Calls of one association, a second apart."""
    return [
        {
            "time": start + n,
            "src_ip": ADMIN,
            "dst_ip": SERVER,
            "dst_port": 445,
            "interface": "svcctl",
            "operation": operation,
            "object": None if sealed else "Updater",
            "detail": json.dumps({"image_path": image}) if image else None,
            "account": r"CORP\carla",
            "status": status,
            "is_encrypted": sealed,
        }
        for n, (operation, image, status) in enumerate(operations)
    ]


def copied(folder: Path) -> None:
    """A program goes to ADMIN$, a service starts it, its input and output are pipes."""
    ok = "0x00000000"
    image = r"%SystemRoot%\svcrun.exe"
    write(
        folder,
        "dcerpc_activity",
        calls(2.0, ("RCreateServiceW", image, ok), ("RStartServiceW", None, ok)),
    )
    admin, pipes = r"\\srv5\ADMIN$", r"\\srv5\IPC$"
    write(
        folder,
        "smb_activity",
        [
            smb(1.0, "write", admin, "svcrun.exe", count=145_000),
            smb(4.0, "create", pipes, "svcrun-PC17-2412-stdin"),
            smb(4.1, "create", pipes, "svcrun-PC17-2412-stdout"),
        ],
    )


def smb(t: float, command: str, share: str, path: str, count: int = 0) -> dict[str, object]:
    """One request to a file or a pipe."""
    return {
        "time": t,
        "src_ip": ADMIN,
        "dst_ip": SERVER,
        "dst_port": 445,
        "command": command,
        "share": share,
        "path": path,
        "is_pipe": share.endswith("IPC$"),
        "status": "STATUS_SUCCESS",
        "bytes": count or None,
        "account": r"CORP\carla",
    }


def sealed(folder: Path) -> None:
    """Nothing but operations is visible: created, started, and gone after three seconds."""
    write(
        folder,
        "dcerpc_activity",
        calls(0.0, ("RCreateServiceA", None, None), ("RStartServiceA", None, None),
              ("RDeleteService", None, None), sealed=True),
    )  # fmt: skip


def agent(folder: Path) -> None:
    """A management server restarts the agent it installed last year."""
    write(
        folder,
        "dcerpc_activity",
        calls(0.0, ("RControlService", None, "0x00000000"),
              ("RStartServiceW", None, "0x00000000")),
    )  # fmt: skip


def refused(folder: Path) -> None:
    """A program is copied; the server has no call to create services, and says so (a fault)."""
    image = r"%SystemRoot%\Temp\upd.exe"
    write(folder, "dcerpc_activity", calls(2.0, ("RCreateServiceW", image, "0x1c010002")))
    copy = smb(1.0, "write", r"\\srv5\ADMIN$", r"Temp\upd.exe", count=118_000)
    write(folder, "smb_activity", [copy])


if __name__ == "__main__":
    make(Path(__file__).parent)
