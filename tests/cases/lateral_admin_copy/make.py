"""Makes the evidence of these cases.

`python -m tests.cases.lateral_admin_copy.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import write

SOURCE, TARGET = "10.1.0.17", "10.2.0.5"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    write(
        root / "library_into_system32",
        "smb_activity",
        [smb(0.0, r"\\srv5\C$", r"Windows\System32\wlbsctrl.dll")],
    )
    write(
        root / "program_behind_a_picture",
        "file_activity",
        [
            {
                "time": 1.0,
                "src_ip": SOURCE,
                "dst_ip": TARGET,
                "dst_port": 445,
                "service": "smb",
                "is_upload": True,
                "file_name": r"Users\Public\holiday.jpg",
                "origin": r"\\srv5\C$",
                "magic": "pe",
                "file_bytes": 90_000,
            }
        ],
    )
    write(
        root / "whole_program_directory",
        "smb_activity",
        [smb(0.2 * n, r"\\srv5\D$", rf"Apps\Planner\lib\part{n}.dll") for n in range(60)],
    )
    write(
        root / "ordinary_share",
        "smb_activity",
        [smb(0.0, r"\\files\software", "setup.exe"), smb(1.0, r"\\srv5\C$", "notes.txt")],
    )


def smb(t: float, share: str, path: str) -> dict[str, object]:
    """One file that was written."""
    return {
        "time": t,
        "src_ip": SOURCE,
        "dst_ip": TARGET,
        "dst_port": 445,
        "command": "write",
        "share": share,
        "path": path,
        "is_pipe": False,
        "status": "STATUS_SUCCESS",
        "bytes": 9_000,
        "account": r"CORP\carla",
    }


if __name__ == "__main__":
    make(Path(__file__).parent)
