"""Makes the evidence of these cases.

`python -m tests.cases.access_rogue_router.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import flows, write

ROUTER, ROGUE = "fe80::1", "fe80::66"
ROUTER_CARD, ROGUE_CARD = "02:00:00:00:00:01", "02:00:00:00:00:66"
NETWORK = "network_activity"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    usual = announces(ROUTER, ROUTER_CARD, [0.0, 200.0, 400.0])
    late = announces(ROGUE, ROGUE_CARD, [500.0, 510.0])
    write(root / "a_host_becomes_a_router", NETWORK, [*usual, *host(), *late, *through()])
    write(root / "a_second_router", NETWORK, [*usual, *late])
    write(root / "a_pair_that_starts_together", NETWORK, [
        *usual, *announces("fe80::2", "02:00:00:00:00:02", [1.0, 201.0]),
    ])  # fmt: skip
    write(root / "a_crowd_of_routers", NETWORK, [
        *usual,
        *[row for n in range(150) for row in announces(f"fe80::{n + 99:x}", f"02:{n:02x}:0:0:0:9",
                                                       [600 + n / 10])],
    ])  # fmt: skip


def announces(router: str, card: str, times: list[float]) -> list[dict[str, object]]:
    """Router advertisements to all nodes."""
    return flows(router, "ff02::1", 0, times, protocol="icmp6", src_port=134, src_mac=card,
                 dst_mac="33:33:00:00:00:01", packets_out=1, packets_in=0)  # fmt: skip


def host() -> list[dict[str, object]]:
    """What the rogue did when it was a host."""
    return flows("10.1.0.66", "198.51.100.9", 443, [10.0, 90.0], src_mac=ROGUE_CARD,
                 dst_mac=ROUTER_CARD, payload_bytes_out=300)  # fmt: skip


def through() -> list[dict[str, object]]:
    """Three hosts send outside through the rogue."""
    return [
        row
        for n in range(3)
        for row in flows(
            f"2001:db8:66::{n + 10:x}", "2001:4860:1::7", 443, [520.0 + n],
            src_mac=f"02:00:00:00:01:{n:02x}", dst_mac=ROGUE_CARD, payload_bytes_out=200,
        )
    ]  # fmt: skip


if __name__ == "__main__":
    make(Path(__file__).parent)
