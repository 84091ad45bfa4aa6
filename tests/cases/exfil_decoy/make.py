"""Makes the evidence of these cases.

`python -m tests.cases.exfil_decoy.make` from the root of the project writes it anew.
"""

from __future__ import annotations

import csv
from pathlib import Path

from tests.cases.evidence import write

HOST, OTHER, RESOLVER, OUTSIDE = "10.1.0.17", "10.1.0.18", "10.1.0.2", "198.51.100.20"
TOKEN, TOKEN_2, STRANGER = "k3x7q2mab7", "aaaa2222bb", "zzzz7777yy"
SHA256 = "5e" * 32
NAME = f"fs-{TOKEN}.files.corp.example"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    folder = root / "names_and_file"
    _decoys(folder)
    write(folder, "dns_activity", [_question(HOST, NAME.upper(), 1.0), _question(HOST, NAME, 1.1)])
    write(folder, "tls_activity", [
        {"time": 1.4, "src_ip": HOST, "dst_ip": OUTSIDE, "dst_port": 443, "server_name": NAME,
         "protocol": "tcp"},
    ])  # fmt: skip
    write(folder, "application_activity", [
        {"time": 5.0, "src_ip": OTHER, "dst_ip": "10.1.0.25", "dst_port": 25, "protocol": "tcp",
         "service": "smtp", "is_response": False, "operation": "MESSAGE", "object": "Hello",
         "detail": f'{{"recipients":["desk-{TOKEN_2}@files.corp.example"]}}'},
    ])  # fmt: skip
    write(folder, "file_activity", [
        {"time": 9.0, "src_ip": OUTSIDE, "src_port": 40112, "dst_ip": "10.1.0.80", "dst_port": 80,
         "service": "http", "is_upload": False, "sha256": SHA256, "is_complete": True},
    ])  # fmt: skip
    folder = root / "resolver_passes_on"
    _decoys(folder)
    write(folder, "dns_activity", [
        _question(HOST, NAME, 1.0),
        {**_question(RESOLVER, NAME, 1.01), "dst_ip": "203.0.113.53"},
    ])  # fmt: skip
    folder = root / "other_batches"
    _decoys(folder)
    write(folder, "dns_activity", [
        _question(HOST, f"fs-{STRANGER}.files.corp.example", 1.0),
        _question(HOST, f"fs-{TOKEN[:9]}.files.corp.example", 2.0),
    ])  # fmt: skip
    write(root / "no_decoys", "dns_activity", [_question(HOST, NAME, 1.0)])


def _question(src: str, name: str, t: float) -> dict[str, object]:
    return {"time": t, "src_ip": src, "dst_ip": RESOLVER, "query": name, "query_type": "A"}


def _decoys(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "decoy.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["copy", "given_to", "token", "sha256"])
        writer.writerow(["dec-0001-001", "A. Diaz", TOKEN, "11" * 32])
        writer.writerow(["dec-0001-002", "B. Kup", TOKEN_2, "22" * 32])
        writer.writerow(["dec-0001-003", "share hr", "cccc3333dd", SHA256])


if __name__ == "__main__":
    make(Path(__file__).parent)
