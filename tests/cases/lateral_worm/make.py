"""Makes the evidence of these cases.

`python -m tests.cases.lateral_worm.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import flows, write


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    table = "network_activity"
    write(
        root / "one_infects_the_next", table,
        [
            *search("10.1.0.11", 0.0, 445), *entered("10.1.0.11", "10.1.0.25", 30.0, 445),
            *search("10.1.0.25", 60.0, 445), *entered("10.1.0.25", "10.1.0.40", 90.0, 445),
            *search("10.1.0.40", 120.0, 445),
        ],
    )  # fmt: skip
    write(
        root / "mail_relay", table,
        [
            *entered("203.0.113.9", "10.1.0.25", 0.0, 25),
            *search("10.1.0.25", 10.0, 25, answered=27),
        ],
    )  # fmt: skip
    write(
        root / "two_scanners_meet", table,
        [
            *search("10.1.0.11", 0.0, 445, answered=9),
            *flows("10.1.0.11", "10.1.0.25", 445, [30.0], payload_bytes_out=640,
                   payload_bytes_in=900),
            *search("10.1.0.25", 60.0, 445),
        ],
    )  # fmt: skip
    write(
        root / "two_pollers", table,
        [
            *poll("10.1.0.11", 0.0), *poll("10.1.0.25", 60.0),
            *flows("10.1.0.11", "10.1.0.25", 161, [30.0], protocol="udp", packets_out=1,
                   packets_in=0, payload_bytes_out=43),
        ],
    )  # fmt: skip
    write(
        root / "one_link", table,
        [
            *search("10.1.0.11", 0.0, 445), *entered("10.1.0.11", "10.1.0.25", 30.0, 445),
            *search("10.1.0.25", 60.0, 445),
        ],
    )  # fmt: skip
    write(root / "lone_scanner", table, search("10.1.0.11", 0.0, 445))


def search(src: str, since: float, port: int, answered: int = 2) -> list[dict[str, object]]:
    """Thirty addresses are tried within fifteen seconds; some answer."""
    return [
        row
        for n in range(30)
        for row in flows(
            src, f"10.1.{n % 4}.{100 + n}", port, [since + n / 2],
            conn_state="SF" if n < answered else "S0",
            payload_bytes_out=300 if n < answered else 0,
        )
    ]  # fmt: skip


def poll(src: str, since: float) -> list[dict[str, object]]:
    """Thirty addresses are asked over SNMP; few have an agent."""
    return [
        row
        for n in range(30)
        for row in flows(
            src, f"10.1.{n % 4}.{100 + n}", 161, [since + n / 2], protocol="udp", packets_out=1,
            packets_in=1 if n < 3 else 0, payload_bytes_out=43,
        )
    ]  # fmt: skip


def entered(src: str, dst: str, at: float, port: int) -> list[dict[str, object]]:
    """A connection that carries something."""
    return flows(src, dst, port, [at], payload_bytes_out=6000, payload_bytes_in=900)


if __name__ == "__main__":
    make(Path(__file__).parent)
