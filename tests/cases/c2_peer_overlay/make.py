"""Makes the evidence of these cases.

`python -m tests.cases.c2_peer_overlay.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import flows, write

HOST = "10.1.0.17"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    table = "network_activity"
    write(root / "overlay_and_nothing_else", table, peers(160, 150))
    write(root / "file_sharing", table, [
        *peers(60, 150, service="bittorrent"), *peers(3, 4_000_000, service="bittorrent"),
    ])  # fmt: skip
    write(root / "a_few_players", table, peers(26, 900_000, silent=0))
    write(root / "calls_through_servers", table, [
        row
        for n in range(40)
        for row in flows(
            HOST, f"198.51.100.{1 + n}", 3478, [n], src_port=50_000, protocol="udp",
            payload_bytes_out=900, payload_bytes_in=900,
        )
    ])  # fmt: skip


def peers(count: int, bytes_: int, silent: int = 4, **columns: object) -> list[dict[str, object]]:
    """Peers all over the world; of every ``silent`` one does not answer."""
    return [
        row
        for n in range(count)
        for row in flows(
            HOST, f"{11 + n}.{n * 37 % 250}.{n * 13 % 250}.{1 + n % 250}", 2000 + n * 331 % 60_000,
            [2.0 * n], src_port=6881, protocol="udp", packets_out=2,
            packets_in=0 if silent and n % silent == 0 else 2, payload_bytes_out=bytes_,
            payload_bytes_in=0 if silent and n % silent == 0 else bytes_, **columns,
        )
    ]  # fmt: skip


if __name__ == "__main__":
    make(Path(__file__).parent)
