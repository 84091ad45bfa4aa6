"""Makes the evidence of these cases.

`python -m tests.cases.impact_reflection.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import flows, write

VICTIM, RESOLVER = "10.1.0.20", "10.1.0.53"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    table = "network_activity"
    write(root / "unasked_answers", table, [*unasked("udp", 123, 10, 468), *browsing()])
    write(root / "service_without_a_name", table, unknown_service())
    write(root / "one_direction_recorded", table, one_direction())
    write(root / "resolver_one_direction_at_rate", table, resolver_at_rate())
    write(root / "web_answers_one_direction", table, web_answers())
    write(root / "busy_resolver", table, busy_resolver())


def unasked(protocol: str, port: int, each: int, size: int) -> list[dict[str, object]]:
    """Sixty servers answer what the victim never asked; the flow is turned towards the asker."""
    return [
        row
        for n in range(60)
        for row in flows(
            VICTIM, server(n), port, [n / 30], protocol=protocol, src_port=20_000 + n,
            packets_out=0, packets_in=each, ip_bytes_out=0, ip_bytes_in=each * size,
            conn_state="SHR",
        )
    ]  # fmt: skip


def unknown_service() -> list[dict[str, object]]:
    """The same from a port the decoder has no name for: the answering side seems to begin."""
    return [
        row
        for n in range(60)
        for row in flows(
            server(n), VICTIM, 7000, [n / 30], protocol="udp", src_port=29_810, packets_out=20,
            packets_in=0, ip_bytes_out=20 * 1200, ip_bytes_in=0, conn_state="S0",
        )
    ] + browsing()  # fmt: skip


def one_direction() -> list[dict[str, object]]:
    """A resolver's answers where only the way in was recorded: unasked as far as can be seen."""
    return [
        row
        for n in range(40)
        for row in flows(
            RESOLVER, server(n), 53, [n / 10], protocol="udp", packets_out=0, packets_in=6,
            ip_bytes_out=0, ip_bytes_in=6 * 180, conn_state="SHR",
        )
    ]  # fmt: skip


def resolver_at_rate() -> list[dict[str, object]]:
    """A large resolver, 1,500 answers a second from 300 servers, its questions out of sight.

    Another pair of hosts is seen both ways.
    """
    return [
        row
        for n in range(300)
        for row in flows(
            RESOLVER, f"198.51.{100 + n // 100}.{10 + n % 100}", 53, [n / 300], protocol="udp",
            packets_out=0, packets_in=50, ip_bytes_out=0, ip_bytes_in=50 * 180, conn_state="SHR",
            duration_s=9.0,
        )
    ] + browsing()  # fmt: skip


def web_answers() -> list[dict[str, object]]:
    """What the web sends to an address that many share, 500 packets a second, one way."""
    return [
        row
        for n in range(1000)
        for row in flows(
            RESOLVER, f"198.51.{100 + n // 200}.{10 + n % 200}", 443, [n / 100], packets_out=0,
            packets_in=5, ip_bytes_out=0, ip_bytes_in=5 * 900, conn_state="S0",
            tcp_flags_out=0, tcp_flags_in=27, history="^hadf", duration_s=1.0,
        )
    ] + browsing()  # fmt: skip


def busy_resolver() -> list[dict[str, object]]:
    """The same resolver with both directions."""
    return [
        row
        for n in range(40)
        for row in flows(
            RESOLVER, server(n), 53, [n / 10], protocol="udp", packets_out=6, packets_in=6,
            ip_bytes_out=6 * 70, ip_bytes_in=6 * 180,
        )
    ]  # fmt: skip


def server(n: int) -> str:
    """Somebody's server."""
    return f"198.51.{100 + n % 3}.{10 + n}"


def browsing() -> list[dict[str, object]]:
    """Ordinary connections, both directions."""
    return flows(VICTIM, "203.0.113.5", 443, [n / 2 for n in range(6)], payload_bytes_in=900)


if __name__ == "__main__":
    make(Path(__file__).parent)
