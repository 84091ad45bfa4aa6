"""Makes the evidence of these cases.

`python -m tests.cases.c2_beaconing.make` from the root of the project writes it anew.
"""

from __future__ import annotations

import random
from pathlib import Path

from tests.cases.evidence import flows, write

OFFICE = [f"10.1.0.{n}" for n in range(11, 23)]


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    jittered(root / "jittered_implant")
    sleeps(root / "full_jitter_in_whole_seconds")
    pollers(root / "update_pollers_of_everybody")
    people(root / "people_browsing")
    few(root / "too_few_calls")
    pieces(root / "one_connection_reported_in_pieces")
    rare(root / "jittered_program_of_two_hosts")
    board(root / "task_board_left_open")
    monitor(root / "monitor_asks_every_server")
    resolver(root / "resolver_passes_questions_on")


def background(rng: random.Random) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Twelve people who browse in bursts, and the look-ups before it."""
    seen, asked = [], []
    for client in OFFICE:
        t = rng.uniform(0, 120)
        while t < 1500:
            site = rng.randrange(30)
            asked.append(look_up(client, f"www.site{site}.example", f"198.51.100.{site + 1}", t))
            for _ in range(rng.randrange(1, 8)):
                t += rng.expovariate(1 / 0.8)
                seen += flows(
                    client,
                    f"198.51.100.{site + 1}",
                    443,
                    [t],
                    service="tls",
                    payload_bytes_out=rng.randrange(500, 4000),
                    payload_bytes_in=rng.randrange(5_000, 900_000),
                )
            t += rng.paretovariate(1.1) * 20
    return seen, asked


def look_up(client: str, name: str, address: str, t: float) -> dict[str, object]:
    """The answer that told a client an address."""
    return {
        "time": t - 0.05,
        "src_ip": client,
        "dst_ip": "10.1.0.2",
        "query": name,
        "query_type": "A",
        "is_response": True,
        "rcode": "NOERROR",
        "answers": [address],
        "answer_types": ["A"],
        "answer_ttls": [300],
        "answer_bytes": 4,
    }


def jittered(folder: Path) -> None:
    """An implant on one of twelve PCs calls an address every 25 s, give or take 30 %."""
    rng = random.Random(1)
    seen, asked = background(rng)
    t = 20.0
    while t < 1490:
        seen += flows(
            "10.1.0.17",
            "203.0.113.66",
            443,
            [t],
            service="tls",
            payload_bytes_out=rng.choice([620, 624, 628]),
            payload_bytes_in=1400,
        )
        t += 25 * rng.uniform(0.7, 1.3)
    write(folder, "network_activity", seen)
    write(folder, "dns_activity", asked)


def sleeps(folder: Path) -> None:
    """A sleep drawn from 0 to 15 whole seconds over plain HTTP, inside the company."""
    rng = random.Random(2)
    times, t = [], 5.0
    while t < 900:
        times.append(t)
        t += rng.randrange(16) + rng.uniform(0.02, 0.09)
    web = [
        {
            "time": at,
            "src_ip": "10.1.0.17",
            "src_port": 50_000 + n,
            "dst_ip": "10.1.0.99",
            "dst_port": 80,
            "uid": f"C{n + 1}",
            "method": "GET",
            "host": "10.1.0.99",
            "uri": rng.choice(["/news.asp", "/admin/get.php"]),
            "request_body_bytes": 0,
            "status_code": 200,
            "response_body_bytes": 200,
        }
        for n, at in enumerate(times)
    ]
    write(
        folder,
        "network_activity",
        flows(
            "10.1.0.17",
            "10.1.0.99",
            80,
            times,
            service="http",
            payload_bytes_out=300,
            payload_bytes_in=400,
        ),
    )
    write(folder, "http_activity", web)


def pollers(folder: Path) -> None:
    """Every PC asks the same update server each 30 s, by the clock."""
    rng = random.Random(3)
    seen, asked, tls = [], [], []
    for client in OFFICE:
        phase = rng.uniform(0, 30)
        asked.append(look_up(client, "updates.vendor.example", "198.51.100.200", phase))
        for k in range(50):
            t = phase + 30 * k + rng.uniform(0, 0.05)
            seen += flows(
                client,
                "198.51.100.200",
                443,
                [t],
                service="tls",
                payload_bytes_out=700,
                payload_bytes_in=2400,
            )
            tls.append(
                {
                    "time": t,
                    "uid": f"C{len(seen)}",
                    "src_ip": client,
                    "dst_ip": "198.51.100.200",
                    "dst_port": 443,
                    "server_name": "updates.vendor.example",
                    "ja4": "t13d1516h2_8daa_e5",
                }
            )
    write(folder, "network_activity", seen)
    write(folder, "dns_activity", asked)
    write(folder, "tls_activity", tls)


def people(folder: Path) -> None:
    """Browsing only."""
    seen, asked = background(random.Random(4))
    write(folder, "network_activity", seen)
    write(folder, "dns_activity", asked)


def few(folder: Path) -> None:
    """Seven strictly regular calls: six gaps prove nothing."""
    write(
        folder,
        "network_activity",
        flows("10.1.0.17", "203.0.113.66", 443, [60.0 * k for k in range(7)], service="tls"),
    )


def pieces(folder: Path) -> None:
    """A connection of two hours that a collector's files hold in pieces of five minutes."""
    rng = random.Random(13)
    rows, _ = background(rng)
    for k in range(24):
        rows += flows(
            "10.1.0.17", "203.0.113.66", 443, [300.0 * k], src_port=50123, duration_s=299.0,
            service="tls", exporter="192.0.2.1",
        )  # fmt: skip
    write(folder, "network_activity", rows)


BROWSER, IMPLANT = "t13d1516h2_8daaf6152771_e5627efa2ab1", "t12d040700_23bcd79c8814_e7e480e5a997"


def hello(flow: dict[str, object], number: int, name: str, ja4: str) -> dict[str, object]:
    """The handshake of the flow that stands in row ``number``."""
    return {
        "time": flow["start_time"],
        "uid": f"C{number}",
        "src_ip": flow["src_ip"],
        "dst_ip": flow["dst_ip"],
        "dst_port": 443,
        "server_name": name,
        "ja4": ja4,
    }


def browsed(seed: int) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """What twelve people browse, with the fingerprint of their browser."""
    seen, _ = background(random.Random(seed))
    tls = [
        hello(flow, number, f"www.site{str(flow['dst_ip']).split('.')[3]}.example", BROWSER)
        for number, flow in enumerate(seen, 1)
    ]
    return seen, tls


def called(
    seen: list[dict[str, object]],
    tls: list[dict[str, object]],
    client: str,
    place: tuple[str, str, str],
    times: list[float],
) -> None:
    """Add calls of one size to one place (name, address, fingerprint)."""
    name, address, ja4 = place
    sizes = {"payload_bytes_out": 620, "payload_bytes_in": 1400}
    for flow in flows(client, address, 443, times, service="tls", **sizes):
        seen.append(flow)
        tls.append(hello(flow, len(seen), name, ja4))


def rare(folder: Path) -> None:
    """Two of twelve PCs call one name every 22 s, give or take 30 %, with a program that has no
    other use; people browse beside it."""
    rng = random.Random(5)
    seen, tls = browsed(5)
    for client, start in (("10.1.0.17", 60.0), ("10.1.0.21", 500.0)):
        times = [start]
        while times[-1] < 1480:
            times.append(times[-1] + 22 * rng.uniform(0.7, 1.3))
        called(seen, tls, client, ("api.widget.example", "203.0.113.66", IMPLANT), times)
    write(folder, "network_activity", seen)
    write(folder, "tls_activity", tls)


def board(folder: Path) -> None:
    """Two people leave a page open that refreshes every 30 s by the clock."""
    rng = random.Random(6)
    seen, tls = browsed(6)
    for client, start in (("10.1.0.17", 10.0), ("10.1.0.21", 17.0)):
        times = [start + 30 * k + rng.uniform(0, 0.02) for k in range(49)]
        called(seen, tls, client, ("board.example", "203.0.113.70", BROWSER), times)
    write(folder, "network_activity", seen)
    write(folder, "tls_activity", tls)


def monitor(folder: Path) -> None:
    """A monitoring server asks five servers each minute; nobody else calls two of them."""
    rng = random.Random(7)
    seen, _ = background(rng)
    for n in range(5):
        times = [3.0 * n + 60 * k + rng.uniform(0, 0.01) for k in range(25)]
        seen += flows("10.1.0.60", f"10.1.1.{n + 1}", 80, times, payload_bytes_out=90)
    write(folder, "network_activity", seen)


def resolver(folder: Path) -> None:
    """A client asks for TXT records every 10 s through a resolver, which asks outside."""
    rng = random.Random(8)
    rows = []
    for k in range(60):
        t = 10.0 * k + rng.uniform(0, 0.05)
        query = {"query": f"n{k}.zone.example", "query_type": "TXT"}
        rows.append({"time": t, "src_ip": "10.1.0.17", "dst_ip": "10.1.0.2", **query})
        rows.append({"time": t + 0.01, "src_ip": "10.1.0.2", "dst_ip": "198.51.100.53", **query})
    write(folder, "dns_activity", rows)


if __name__ == "__main__":
    make(Path(__file__).parent)
