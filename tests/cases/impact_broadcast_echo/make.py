"""Makes the evidence of these cases.

`python -m tests.cases.impact_broadcast_echo.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import flows, write

VICTIM, EVERYBODY, CARD = "203.0.113.9", "10.1.0.255", "02:00:5e:00:00:66"
TO_ALL = {"dst_mac": "ff:ff:ff:ff:ff:ff", "src_mac": CARD}


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    table = "network_activity"
    write(root / "pings_in_another_name", table, [*asked(3000, 10.0), *answers(12)])
    write(root / "nobody_answers", table, asked(90, 10.0))
    write(root / "administrator", table, [*asked(10, 10.0), *answers(12)])


def asked(packets: int, duration_s: float) -> list[dict[str, object]]:
    """Pings of everybody."""
    return flows(VICTIM, EVERYBODY, 0, [0.0], protocol="icmp", src_port=8, packets_out=packets,
                 packets_in=0, duration_s=duration_s, **TO_ALL)  # fmt: skip


def answers(hosts: int) -> list[dict[str, object]]:
    """What the hosts of the network send back."""
    return [
        row
        for n in range(hosts)
        for row in flows(
            f"10.1.0.{10 + n}", VICTIM, 0, [0.1], protocol="icmp", src_port=0, packets_out=2900,
            packets_in=0, duration_s=9.9,
        )
    ]  # fmt: skip


if __name__ == "__main__":
    make(Path(__file__).parent)
