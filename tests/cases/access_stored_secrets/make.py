"""Makes the evidence of these cases.

`python -m tests.cases.access_stored_secrets.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import write

SOURCE, SERVER = "10.1.0.17", "10.2.0.5"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    folder = root / "hives_saved_and_fetched"
    write(
        folder,
        "dcerpc_activity",
        [
            call(float(n), "winreg", "BaseRegSaveKey", name)
            for n, name in enumerate((r"HKLM\SAM", r"HKLM\SECURITY"))
        ],
    )
    write(folder, "smb_activity", [read(3.0, r"Windows\Temp\kQwhzdFa.tmp")])
    write(
        root / "backup_key_of_the_domain",
        "dcerpc_activity",
        [call(0.0, "lsarpc", "LsarRetrievePrivateData", "G$BCKUPKEY_PREFERRED")],
    )
    write(
        root / "dump_of_the_security_process",
        "smb_activity",
        [read(0.0, r"Users\Public\lsass_812.dmp")],
    )
    write(
        root / "private_data_of_a_service",
        "dcerpc_activity",
        [call(0.0, "lsarpc", "LsarRetrievePrivateData", "_SC_Scheduler")],
    )
    write(
        root / "registry_and_files_are_read",
        "dcerpc_activity",
        [call(0.0, "winreg", "BaseRegQueryValue", r"HKLM\SYSTEM\CurrentControlSet")],
    )
    write(
        root / "registry_and_files_are_read",
        "smb_activity",
        [read(1.0, r"Reports\system.docx"), read(2.0, r"Windows\Temp\setup.log")],
    )


def call(t: float, interface: str, operation: str, name: str) -> dict[str, object]:
    """One call that was accepted."""
    return {
        "time": t,
        "src_ip": SOURCE,
        "dst_ip": SERVER,
        "dst_port": 445,
        "interface": interface,
        "interface_uuid": f"uuid of {interface}",
        "operation": operation,
        "object": name,
        "account": r"CORP\carla",
        "status": "0x00000000",
        "is_encrypted": False,
    }


def read(t: float, path: str) -> dict[str, object]:
    """One file that was read."""
    return {
        "time": t,
        "src_ip": SOURCE,
        "dst_ip": SERVER,
        "dst_port": 445,
        "command": "read",
        "share": r"\\srv5\C$",
        "path": path,
        "is_pipe": False,
        "status": "STATUS_SUCCESS",
        "bytes": 65_536,
        "account": r"CORP\carla",
    }


if __name__ == "__main__":
    make(Path(__file__).parent)
