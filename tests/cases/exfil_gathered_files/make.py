"""Makes the evidence of these cases.

`python -m tests.cases.exfil_gathered_files.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import flows, write

OFFICE = [f"10.1.0.{n}" for n in range(11, 19)]
INSIDER, SERVER, CLOUD = OFFICE[6], "10.2.0.5", "203.0.113.90"
FILE_BYTES = 60_000


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    share_goes_out(root / "share_goes_to_a_private_cloud", packed=1.0)
    share_goes_out(root / "share_goes_out_as_an_archive", packed=0.4)
    everybody_works(root / "office_reads_and_sends")
    nightly(root / "backup_of_a_share_every_night")


def read(client: str, files: int, start: float = 0.0) -> list[dict[str, object]]:
    """Files of the share, a second apart."""
    return [
        {
            "time": start + n,
            "src_ip": client,
            "dst_ip": SERVER,
            "dst_port": 445,
            "command": "read",
            "account": r"CORP\pat",
            "share": r"\\srv5\projects",
            "path": rf"P{n % 6}\plan{n:03d}.docx",
            "is_pipe": False,
            "status": "STATUS_SUCCESS",
            "bytes": FILE_BYTES,
        }
        for n in range(files)
    ]


def sent(client: str, amount: int, start: float) -> list[dict[str, object]]:
    """An upload in five connections."""
    return flows(
        client,
        CLOUD,
        443,
        [start + 40.0 * n for n in range(5)],
        service="tls",
        duration_s=9.0,
        payload_bytes_out=amount // 5,
        payload_bytes_in=3_000,
    )


def others() -> list[dict[str, object]]:
    """Colleagues open a document or two."""
    return [row for n, client in enumerate(OFFICE) for row in read(client, 1 + n % 2, 10.0 * n)]


def share_goes_out(folder: Path, packed: float) -> None:
    """One of eight PCs reads forty files and sends them, or an archive of them."""
    write(folder, "smb_activity", others() + read(INSIDER, 40, 300.0))
    amount = round(packed * 40 * FILE_BYTES)
    write(folder, "network_activity", sent(INSIDER, amount, 900.0))


def everybody_works(folder: Path) -> None:
    """Who sends a film has read two documents; who reads a folder sends nothing."""
    write(folder, "smb_activity", others() + read(INSIDER, 40, 300.0))
    write(folder, "network_activity", sent(OFFICE[1], 2_400_000, 900.0))


def nightly(folder: Path) -> None:
    """A server reads the share each night and sends an archive to the provider."""
    server, nights = "10.2.0.9", [86_400.0 * night for night in range(5)]
    write(folder, "smb_activity", others() + [r for t in nights for r in read(server, 40, t)])
    archive = [row for t in nights for row in sent(server, 960_000, t + 900.0)]
    write(folder, "network_activity", archive)


if __name__ == "__main__":
    make(Path(__file__).parent)
