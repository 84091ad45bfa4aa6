"""Makes the evidence of these cases.

`python -m tests.cases.access_dhcp_rogue.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import flows, write

LAWFUL, ROGUE, ROUTER = "10.1.0.2", "10.1.0.66", "10.1.0.1"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    table = "dhcp_activity"
    lawful = [row for n in range(4) for row in exchange(100.0 * n, n, LAWFUL, ROUTER, LAWFUL)]
    write(
        root / "newcomer_routes_itself",
        table,
        [*lawful, *exchange(300.01, 3, ROGUE, ROGUE, ROGUE)],
    )
    write(root / "faster_than_the_lawful_one", table, faster())
    write(
        root / "nothing_tells_who_is_lawful",
        table,
        [*exchange(0.0, 3, LAWFUL, LAWFUL, LAWFUL), *exchange(0.01, 3, ROGUE, ROGUE, ROGUE)],
    )
    folder = root / "router_carried_traffic"
    write(
        folder,
        table,
        [*exchange(5.0, 3, ROGUE, ROGUE, ROGUE), *exchange(5.01, 3, ROUTER, ROUTER, ROUTER)],
    )
    card = "00:00:5a:00:00:01"
    write(
        folder,
        "arp_activity",
        [{"time": 0.0, "operation": "reply", "sender_mac": card, "sender_ip": ROUTER}],
    )
    write(
        folder,
        "network_activity",
        flows("10.1.0.17", "198.51.100.7", 443, [1.0, 2.0], dst_mac=card),
    )
    write(
        root / "another_network",
        table,
        [*lawful, *exchange(9000.0, 3, "10.9.0.1", "10.9.0.1", "10.9.0.1")],
    )
    write(
        root / "pair_of_servers", table, [*lawful, *exchange(300.01, 3, "10.1.0.3", ROUTER, LAWFUL)]
    )


def faster() -> list[dict[str, object]]:
    """The rogue's offer is first in the capture; a lease older than it is renewed before."""
    renewal = {
        "time": 0.0, "src_ip": "10.1.0.90", "src_port": 68, "dst_ip": LAWFUL, "dst_port": 67,
        "message_type": "REQUEST", "transaction_id": 9, "client_mac": "00:00:5a:00:01:90",
    }  # fmt: skip
    return [
        renewal,
        *exchange(10.0, 3, ROGUE, ROGUE, ROGUE),
        *exchange(10.01, 3, LAWFUL, LAWFUL, LAWFUL),
    ]


def exchange(
    at: float, client: int, server: str, router: str, resolver: str
) -> list[dict[str, object]]:
    """A server offers and confirms."""
    return [
        {
            "time": at + step, "src_ip": "0.0.0.0", "src_port": 68, "dst_ip": server,
            "dst_port": 67, "message_type": kind, "transaction_id": 500 + client,
            "client_mac": f"00:00:5a:00:01:{client:02x}", "server_ip": server,
            "assigned_ip": f"10.1.0.{100 + client}", "routers": [router],
            "dns_servers": [resolver],
        }
        for step, kind in ((0.0, "OFFER"), (0.5, "ACK"))
    ]  # fmt: skip


if __name__ == "__main__":
    make(Path(__file__).parent)
