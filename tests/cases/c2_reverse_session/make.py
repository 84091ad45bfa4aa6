"""Makes the evidence of these cases.

`python -m tests.cases.c2_reverse_session.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import flows, write

VICTIM = "10.1.0.17"
OPERATOR = "203.0.113.90"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    write(root / "shell_that_called_home", "network_activity", flows(
        VICTIM, OPERATOR, 4444, [10.0], history="ShAdDaf", duration_s=400.0, packets_out=60,
        packets_in=50, payload_bytes_out=5_200, payload_bytes_in=140))  # fmt: skip
    write(root / "pictures_on_demand", "network_activity", flows(
        VICTIM, OPERATOR, 8099, [10.0 + 11 * n for n in range(6)], history="ShAdDaf",
        duration_s=0.2, packets_out=90, packets_in=30, payload_bytes_out=85_000,
        payload_bytes_in=13))  # fmt: skip
    write(root / "greeting_before_an_upload", "network_activity", flows(
        VICTIM, OPERATOR, 7001, [10.0], history="ShAdDaFf", duration_s=3.0, packets_out=40,
        packets_in=20, payload_bytes_out=900, payload_bytes_in=500))  # fmt: skip
    write(root / "collector_for_many", "network_activity", [
        flow
        for n in range(12)
        for flow in flows(f"10.1.0.{20 + n}", "10.1.0.3", 1514, [5.0 * n], history="ShAdDa",
                          duration_s=900.0, packets_out=90, packets_in=30,
                          payload_bytes_out=40_000, payload_bytes_in=400)
    ])  # fmt: skip
    write(root / "caller_asks_first", "network_activity", flows(
        VICTIM, OPERATOR, 4444, [10.0], history="ShADdaFf", duration_s=400.0, packets_out=60,
        packets_in=50, payload_bytes_out=5_200, payload_bytes_in=140))  # fmt: skip


if __name__ == "__main__":
    make(Path(__file__).parent)
