"""Makes the evidence of these cases.

`python -m tests.cases.evasion_hidden_hosts.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import flows, write

HOST, CARD = "10.1.0.17", "02:00:00:00:00:17"
STACKS = ("mss=1460,sok,ts,nop,ws=7", "mss=1460,nop,ws=8,nop,nop,sok", "mss=1380,sok,ts,nop,ws=6")


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    table = "network_activity"
    write(root / "telephones_behind_a_laptop", table, [
        *sent(40, 128, STACKS[1:2]), *sent(60, 63, STACKS), *sent(30, 127, STACKS[1:2]),
    ])  # fmt: skip
    write(root / "one_container", table, [*sent(40, 64, STACKS[:1]), *sent(11, 63, STACKS[:1])])
    write(root / "beyond_a_router", table, sent(200, 127, STACKS))


def sent(count: int, ttl: int, stacks: tuple[str, ...]) -> list[dict[str, object]]:
    """Connections of one card."""
    return [
        row
        for n in range(count)
        for row in flows(
            HOST, f"198.51.100.{1 + n % 90}", 443, [3.0 * n + ttl / 1000], src_mac=CARD,
            ttl_min_out=ttl, ttl_max_out=ttl, tcp_options_out=stacks[n % len(stacks)],
        )
    ]  # fmt: skip


if __name__ == "__main__":
    make(Path(__file__).parent)
