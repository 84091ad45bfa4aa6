"""Makes the evidence of these cases.

`python -m tests.cases.c2_icmp_tunnel.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import write


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    write(
        root / "data_in_pings", "network_activity", [ping(n, 40, 30_000, 55_000) for n in range(5)]
    )
    write(
        root / "pings_in_one_direction",
        "network_activity",
        [ping(n, 40, 30_000, 0) | {"packets_in": 0} for n in range(5)],
    )
    write(root / "large_test_pings", "network_activity", [ping(0, 100, 120_000, 120_000)])
    write(
        root / "ordinary_pings", "network_activity", [ping(n, 60, 3_360, 3_360) for n in range(4)]
    )


def ping(n: int, packets: int, bytes_out: int, bytes_in: int) -> dict[str, object]:
    """Echo requests and their replies between two hosts."""
    return {
        "start_time": 90.0 * n,
        "duration_s": 60.0,
        "src_ip": "10.1.0.17",
        "src_port": 8,
        "dst_ip": "203.0.113.8",
        "dst_port": 0,
        "protocol": "icmp",
        "packets_out": packets,
        "packets_in": packets,
        "payload_bytes_out": bytes_out,
        "payload_bytes_in": bytes_in,
    }


if __name__ == "__main__":
    make(Path(__file__).parent)
