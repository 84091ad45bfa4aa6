"""Makes the evidence of these cases.

`python -m tests.cases.impact_impossible_source.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import flows, write

SERVER, CARD = "10.1.0.20", "02:00:5e:00:00:66"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    table = "network_activity"
    write(root / "one_packet", table, itself([0.0], src_mac=CARD))
    write(root / "a_flood_of_them", table, itself([0.0], src_mac=CARD, packets_out=4000,
                                                  duration_s=8.0))  # fmt: skip
    write(root / "no_ethernet_addresses", table, itself([0.0]))
    write(root / "reaches_itself_through_the_router", table, flows(
        SERVER, SERVER, 443, [0.0], src_port=50_123, src_mac=CARD, payload_bytes_out=500,
        payload_bytes_in=900,
    ))  # fmt: skip
    write(root / "loopback_device", table, itself([0.0], src_mac="00:00:00:00:00:00"))


def itself(times: list[float], **columns: object) -> list[dict[str, object]]:
    """SYNs of a host to itself, from the port they go to."""
    return flows(SERVER, SERVER, 139, times, src_port=139, conn_state="S0", **columns)


if __name__ == "__main__":
    make(Path(__file__).parent)
