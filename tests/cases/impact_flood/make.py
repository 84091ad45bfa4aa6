"""Makes the evidence of these cases.

`python -m tests.cases.impact_flood.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import flows, write

SERVER, CLIENT = "10.1.0.20", "10.1.0.17"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    table = "network_activity"
    served = [row for n in range(48) for row in serving(n / 4)]
    write(root / "invented_sources", table, [*served, *invented(12.0, 300)])
    write(root / "segments_of_no_connection", table, segments())
    write(root / "one_source_random_ports", table, udp_flood())
    write(root / "sockets_at_a_web_port", table, [*tool(10, 120), *serving(0.0)])
    write(root / "slow_datagrams_at_a_web_port", table, [*tool(1, 15), *serving(0.0)])
    write(root / "host_writes_to_itself", table, itself())
    write(root / "proxy_is_down", table, outage())
    write(root / "server_is_gone", table, agents())
    write(root / "collector_of_logs", table, collector())
    write(root / "acknowledgements_only", table, half_seen())
    write(root / "errors_come_back", table, unreachable())
    write(root / "udp_port_scan", table, udp_scan())
    write(root / "one_way_stream", table, [stream()])
    write(root / "port_scan", table, port_scan())


def invented(since: float, count: int) -> list[dict[str, object]]:
    """Half-open connections from addresses that send twice each, all at one distance."""
    return [
        row
        for n in range(count)
        for row in flows(
            f"{1 + n * 7 % 250}.{n * 13 % 250}.{n * 31 % 250}.{1 + n % 250}", SERVER, 443,
            [since + n / 100], conn_state="S0", packets_out=2, ttl_min_out=241, ip_bytes_out=80,
        )
    ]  # fmt: skip


def serving(at: float) -> list[dict[str, object]]:
    """A customer who is served."""
    return flows(
        "198.51.100.9", SERVER, 443, [at], payload_bytes_out=500, payload_bytes_in=4000,
        ttl_min_out=50, ip_bytes_out=900,
    )  # fmt: skip


def segments() -> list[dict[str, object]]:
    """Acknowledgements of nothing, some of which the victim resets."""
    return [
        row
        for n in range(300)
        for row in flows(
            f"198.51.{n % 200}.{1 + n * 7 % 250}", SERVER, 443, [n / 100], conn_state="S0",
            tcp_flags_out=16, history="A", packets_out=2, ttl_min_out=50 + n % 3,
            ip_bytes_out=80, packets_in=n % 2, tcp_flags_in=4 * (n % 2),
        )
    ]  # fmt: skip


def outage() -> list[dict[str, object]]:
    """A proxy dies: all its clients go on trying, each connection four times within seven s."""
    used = [
        row
        for n in range(300)
        for row in flows(
            client(n), SERVER, 3128, [n / 30], payload_bytes_out=500, payload_bytes_in=4000,
            ttl_min_out=64, ip_bytes_out=900,
        )
    ]  # fmt: skip
    tried = [
        row
        for n in range(1200)
        for row in flows(
            client(n % 300), SERVER, 3128, [12 + n / 80], conn_state="S0", packets_out=4,
            duration_s=7.0, ttl_min_out=64, ip_bytes_out=240,
        )
    ]  # fmt: skip
    return used + tried


def agents() -> list[dict[str, object]]:
    """A thousand agents ask for a management server that is no more; none was ever served."""
    return [
        row
        for n in range(1000)
        for row in flows(
            client(n), SERVER, 8530, [n / 60], conn_state="S0", packets_out=3, duration_s=3.0,
            ttl_min_out=64, ip_bytes_out=180,
        )
    ]  # fmt: skip


def collector() -> list[dict[str, object]]:
    """Three hundred devices send their logs to one place, six thousand lines a second."""
    return [
        row
        for n in range(300)
        for row in flows(
            client(n), SERVER, 514, [n / 300], protocol="udp", packets_out=200, packets_in=0,
            ip_bytes_out=200 * 200, ttl_min_out=64, duration_s=9.0,
        )
    ] + serving(0.0)  # fmt: skip


def half_seen() -> list[dict[str, object]]:
    """A busy server of which one direction was recorded, mostly acknowledgements."""
    acknowledged = [
        row
        for n in range(4000)
        for row in flows(
            f"198.51.{n % 200}.{1 + n * 7 % 250}", SERVER, 443, [n / 200], conn_state="S0",
            tcp_flags_out=16, history="A", packets_out=6, ttl_min_out=40 + n % 30,
            ip_bytes_out=240,
        )
    ]  # fmt: skip
    whole = [
        row
        for n in range(60)
        for row in flows(
            f"198.51.100.{1 + n}", SERVER, 443, [n / 3], conn_state="S0", tcp_flags_out=26,
            history="SAD", packets_out=30, payload_bytes_out=900, ttl_min_out=50,
            ip_bytes_out=2400,
        )
    ]  # fmt: skip
    return acknowledged + whole


def unreachable() -> list[dict[str, object]]:
    """Somebody traces and scans: errors from everywhere answer it."""
    return [
        row
        for n in range(3000)
        for row in flows(
            f"198.51.{n % 100}.{1 + n * 7 % 250}", CLIENT, 3 - 3 * (n % 2), [n / 300],
            protocol="icmp", src_port=3 if n % 3 else 11, packets_out=2, packets_in=0,
            ip_bytes_out=112, ttl_min_out=40 + n % 30,
        )
    ]  # fmt: skip


def client(n: int) -> str:
    """One of our own hosts."""
    return f"10.1.{4 + n // 200}.{10 + n % 200}"


def udp_flood() -> list[dict[str, object]]:
    """Large datagrams of one host to ever other ports, over and over."""
    return [
        row
        for n in range(120)
        for row in flows(
            CLIENT, "203.0.113.80", 1000 + 7 * n, [n / 20], protocol="udp", packets_out=40,
            packets_in=0, ip_bytes_out=40 * 1028, ttl_min_out=64, duration_s=2.0,
        )
    ]  # fmt: skip


def tool(sockets: int, each_per_second: int) -> list[dict[str, object]]:
    """A tool that keeps a few sockets and sends datagrams to the port of a web server."""
    return [
        row
        for n in range(sockets)
        for row in flows(
            CLIENT, "203.0.113.80", 80, [n / 50], protocol="udp", packets_out=40 * each_per_second,
            packets_in=0, ip_bytes_out=40 * each_per_second * 60, ttl_min_out=64, duration_s=40.0,
            src_port=50_000 + n,
        )
    ]  # fmt: skip


def itself() -> list[dict[str, object]]:
    """Forged packets, which another detector tells."""
    return flows(SERVER, SERVER, 139, [0.0], src_port=139, conn_state="S0", packets_out=9000,
                 ip_bytes_out=360_000, duration_s=8.0)  # fmt: skip


def udp_scan() -> list[dict[str, object]]:
    """Each port is asked once, with an empty datagram."""
    return [
        row
        for n in range(600)
        for row in flows(
            CLIENT, SERVER, 1 + n, [n / 200], protocol="udp", packets_out=1, packets_in=0,
            ip_bytes_out=28, ttl_min_out=64,
        )
    ]  # fmt: skip


def port_scan() -> list[dict[str, object]]:
    """Two hundred ports, three tries each."""
    return [
        row
        for n in range(200)
        for row in flows(
            CLIENT, SERVER, 1 + n, [n / 40], conn_state="S0", packets_out=3, ip_bytes_out=120
        )
    ]


def stream() -> dict[str, object]:
    """Video one way: one sender, one port, six hundred packets a second."""
    return {
        "start_time": 0.0, "duration_s": 20.0, "src_ip": "10.1.0.9", "dst_ip": CLIENT,
        "dst_port": 5004, "protocol": "udp", "packets_out": 12_000, "packets_in": 0,
        "payload_bytes_out": 15_000_000, "ip_bytes_out": 15_336_000, "ttl_min_out": 64,
    }  # fmt: skip


if __name__ == "__main__":
    make(Path(__file__).parent)
