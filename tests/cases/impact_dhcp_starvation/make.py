"""Makes the evidence of these cases.

`python -m tests.cases.impact_dhcp_starvation.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import write

SERVER = "10.1.0.1"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    write(root / "invented_cards", "dhcp_activity", invented(240))
    write(root / "power_comes_back", "dhcp_activity", power_comes_back(60))
    write(root / "broadcasts_alone", "dhcp_activity", broadcasts(300))
    write(root / "bystanders_renew", "dhcp_activity", [*invented(240), *renewals()])
    write(root / "ordinary_morning", "dhcp_activity", power_comes_back(12))


def message(at: float, kind: str, number: int, **more: object) -> dict[str, object]:
    """One message of one client."""
    return {
        "time": at, "src_ip": "0.0.0.0", "src_port": 68, "dst_ip": "255.255.255.255",
        "dst_port": 67, "message_type": kind, "transaction_id": 1000 + number,
        "client_mac": f"02:00:00:00:{number >> 8:02x}:{number & 255:02x}", **more,
    }  # fmt: skip


def invented(cards: int) -> list[dict[str, object]]:
    """A new card every hundredth of a second; no offer is ever taken."""
    rows = []
    for n in range(cards):
        rows.append(message(n / 100, "DISCOVER", n))
        if n < 40:
            rows.append(message(n / 100 + 0.01, "OFFER", n, server_ip=SERVER))
    return rows


def broadcasts(machines: int) -> list[dict[str, object]]:
    """A port that sees no answer: many machines start."""
    return [message(n / 50, "DISCOVER", n) for n in range(machines)]


def renewals() -> list[dict[str, object]]:
    """Lawful clients that renew meanwhile, and a relay that asks for others."""
    own = [
        message(0.5 + n / 10, "REQUEST", 900 + n, src_ip=f"10.1.0.{20 + n}", dst_ip=SERVER)
        for n in range(3)
    ]
    relayed = [
        message(1.0 + n / 10, "DISCOVER", 950 + n, src_ip="10.2.0.1", dst_ip=SERVER)
        for n in range(12)
    ]
    return [*own, *relayed]


def power_comes_back(machines: int) -> list[dict[str, object]]:
    """All machines start within five seconds, and each gets its lease."""
    return [
        message(n * 5 / machines + step / 50, kind, n, server_ip=server)
        for n in range(machines)
        for step, (kind, server) in enumerate(
            (("DISCOVER", None), ("OFFER", SERVER), ("REQUEST", SERVER), ("ACK", SERVER))
        )
    ]


if __name__ == "__main__":
    make(Path(__file__).parent)
