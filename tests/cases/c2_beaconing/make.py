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


if __name__ == "__main__":
    make(Path(__file__).parent)
