"""Makes the evidence of these cases.

`python -m tests.cases.recon_backscatter.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import flows, write

FLOODED = "203.0.113.80"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    table = "network_activity"
    both = flows("10.1.0.9", "198.51.100.4", 443, [0.0, 1.0, 2.0], payload_bytes_out=100)
    write(root / "answers_to_many", table, [*answers(80, FLOODED), *both])
    write(root / "one_direction_only", table, [
        *answers(12, FLOODED),
        *flows("10.1.0.9", "198.51.100.4", 443, list(range(9)), conn_state="S0",
               packets_out=30, tcp_flags_out=24),
    ])  # fmt: skip
    write(root / "server_that_is_used", table, [
        *answers(40, FLOODED),
        *[row for n in range(30) for row in flows(f"10.1.0.{n + 1}", FLOODED, 443, [n])],
    ])  # fmt: skip
    write(root / "stray_resets", table, [*answers(4, FLOODED), *both])


def answers(count: int, sender: str) -> list[dict[str, object]]:
    """SYN-ACKs to own addresses that sent nothing; the decoder turned the flow round."""
    return [
        row
        for n in range(count)
        for row in flows(
            f"10.1.{n % 7}.{1 + n * 3 % 250}", sender, 443, [n / 4], conn_state="S0",
            packets_out=0, packets_in=2, tcp_flags_out=None, tcp_flags_in=18, history="^h",
            src_port=20_000 + n,
        )
    ]  # fmt: skip


if __name__ == "__main__":
    make(Path(__file__).parent)
