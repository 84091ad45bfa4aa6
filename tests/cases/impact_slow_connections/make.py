"""Makes the evidence of these cases.

`python -m tests.cases.impact_slow_connections.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import flows, write

EVIL, SERVER = "203.0.113.66", "10.1.0.80"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    table = "network_activity"
    customers = flows(
        "198.51.100.9", SERVER, 80, [4.0 * n for n in range(30)], payload_bytes_in=9000
    )
    write(root / "unfinished_headers", table, [*customers, *held(150, 300)])
    write(root / "database_pool", table, held(60, 900, answer=300, port=3306))
    write(root / "waiting_browser", table, held(6, 0))


def held(count: int, sent: int, answer: int = 0, port: int = 80) -> list[dict[str, object]]:
    """Connections opened within a few seconds and held for two minutes."""
    return flows(
        EVIL, SERVER, port, [120 + n / 25 for n in range(count)], duration_s=115.0,
        conn_state="S1", payload_bytes_out=sent, payload_bytes_in=answer, packets_out=14,
    )  # fmt: skip


if __name__ == "__main__":
    make(Path(__file__).parent)
