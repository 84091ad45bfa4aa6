"""Makes the evidence of these cases.

`python -m tests.cases.lateral_bot_chain.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import flows, write

CAMERA, INTRUDER, LOADER = "10.1.0.60", "198.51.100.77", "203.0.113.8"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    story(root / "entered_loaded_spreading", entry=0.0, fetch=20.0, scan=25.0)
    story(root / "loaded_and_spreading", fetch=20.0, scan=25.0)
    story(root / "administrator_fetches_a_script", entry=0.0, fetch=60.0)
    story(root / "scan_long_before", entry=4000.0, fetch=4030.0, scan=0.0)
    story(root / "only_a_scan", scan=0.0)


def story(
    folder: Path, *, entry: float | None = None, fetch: float | None = None,
    scan: float | None = None,
) -> None:  # fmt: skip
    """The stages that happen, each at its time."""
    seen = flows(CAMERA, "10.1.0.2", 123, [1.0], protocol="udp", packets_out=1, packets_in=1)
    if entry is not None:
        seen += flows(INTRUDER, CAMERA, 23, [entry], service="telnet", payload_bytes_out=140,
                      payload_bytes_in=900, duration_s=15.0)  # fmt: skip
    if fetch is not None:
        seen += flows(CAMERA, LOADER, 80, [fetch], service="http", payload_bytes_out=120,
                      payload_bytes_in=60_000)  # fmt: skip
        write(folder, "file_activity", [{
            "time": fetch + 0.1, "frame": 9, "src_ip": CAMERA, "dst_ip": LOADER, "dst_port": 80,
            "service": "http", "is_upload": False, "file_name": "arm7", "magic": "elf",
            "origin": f"http://{LOADER}/arm7", "file_bytes": 59_000,
        }])  # fmt: skip
    if scan is not None:
        seen += [
            row
            for n in range(120)
            for row in flows(
                CAMERA, f"{20 + n}.{n * 7 % 250}.{n * 13 % 250}.{1 + n}", 23, [scan + n / 10],
                conn_state="S0",
            )
        ]  # fmt: skip
    write(folder, "network_activity", seen)


if __name__ == "__main__":
    make(Path(__file__).parent)
