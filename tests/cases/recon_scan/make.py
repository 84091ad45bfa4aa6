"""Makes the evidence of these cases.

`python -m tests.cases.recon_scan.make` from the root of the project writes it anew.
"""

from __future__ import annotations

import random
from pathlib import Path

from tests.cases.evidence import flows, write

SCANNER = "10.1.0.17"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    segment(root / "segment_sweep")
    ports_of_one_host(root / "ports_of_one_host")
    crafted(root / "xmas_probes_of_one_host")
    pings(root / "ping_sweep")
    arp(root / "arp_sweep")
    relayed(root / "router_delivers_a_scan")
    routed(root / "router_with_the_scanner_out_of_sight")
    tool(root / "web_scanner_that_names_itself")
    cut_off(root / "client_without_a_network")
    backscatter(root / "victim_of_a_spoofed_flood")
    overlay(root / "peer_to_peer")
    office(root / "office_with_some_failures")


def segment(folder: Path) -> None:
    """Twenty ports on each of 25 servers, of which six exist and answer on one or two ports."""
    rng = random.Random(1)
    seen, t = [], 0.0
    for host in range(1, 26):
        for port in rng.sample(
            [
                21,
                22,
                23,
                25,
                53,
                80,
                110,
                135,
                139,
                143,
                389,
                443,
                445,
                993,
                1433,
                3306,
                3389,
                5432,
                5985,
                8080,
            ],
            20,
        ):
            t += rng.uniform(0.001, 0.02)
            there = host <= 6
            state = "SF" if there and port in (22, 80) else "REJ" if there else "S0"
            seen += flows(SCANNER, f"10.2.0.{host}", port, [t], conn_state=state)
    write(folder, "network_activity", seen)


def crafted(folder: Path) -> None:
    """Five packets with FIN, PSH and URG, all refused."""
    write(
        folder,
        "network_activity",
        [
            {
                "start_time": 1.0 + n,
                "src_ip": SCANNER,
                "dst_ip": "10.2.0.5",
                "dst_port": port,
                "conn_state": "REJ",
                "tcp_flags_out": 41,
                "tcp_flags_in": 20,
                "history": "",
                "packets_out": 1,
                "packets_in": 1,
            }
            for n, port in enumerate((22, 80, 443, 3389, 8080))
        ],
    )


def pings(folder: Path) -> None:
    """Forty addresses pinged within two seconds, a third of them answer."""
    write(
        folder,
        "network_activity",
        [
            {
                "start_time": 0.05 * n,
                "src_ip": SCANNER,
                "src_port": 8,
                "dst_ip": f"10.2.0.{n}",
                "dst_port": 0,
                "protocol": "icmp",
                "conn_state": "SF" if n % 3 == 0 else "S0",
            }
            for n in range(1, 41)
        ],
    )


def arp(folder: Path) -> None:
    """A /24 asked for by ARP in ten seconds; four hosts are there."""
    rows: list[dict[str, object]] = []
    for n in range(1, 255):
        rows.append(
            {
                "time": 0.04 * n,
                "operation": "request",
                "sender_ip": SCANNER,
                "sender_mac": "02:00:00:00:00:17",
                "target_ip": f"10.1.0.{n}",
            }
        )
        if n in (1, 2, 11, 12):
            rows.append(
                {
                    "time": 0.04 * n + 0.001,
                    "operation": "reply",
                    "target_ip": SCANNER,
                    "sender_ip": f"10.1.0.{n}",
                    "sender_mac": f"02:00:00:00:00:{n:02x}",
                }
            )
    write(folder, "arp_activity", rows)


def asked(sender: str, mac: str, first: int, last: int, t: float) -> list[dict[str, object]]:
    """Requests for a range of 10.1.0.0/24, 40 ms apart; hosts up to 10.1.0.4 answer."""
    rows: list[dict[str, object]] = []
    for n in range(first, last + 1):
        t += 0.04
        rows.append(
            {
                "time": t,
                "operation": "request",
                "sender_ip": sender,
                "sender_mac": mac,
                "target_ip": f"10.1.0.{n}",
            }
        )
        if n <= 4:
            answer = {"sender_ip": f"10.1.0.{n}", "sender_mac": f"02:00:00:00:00:{n:02x}"}
            rows.append({"time": t + 0.001, "operation": "reply", "target_ip": sender, **answer})
    return rows


def relayed(folder: Path) -> None:
    """A host beyond the router pings a whole segment; the router asks for each address."""
    scanner = [
        row
        for n in range(2, 255)
        for row in flows(
            "10.2.0.42",
            f"10.1.0.{n}",
            0,
            [0.04 * n],
            protocol="icmp",
            src_port=8,
            conn_state="SF" if n <= 4 else "S0",
            src_mac="02:00:00:02:00:42",
        )
    ]
    write(folder, "network_activity", scanner)
    write(folder, "arp_activity", asked("10.1.0.1", "02:00:00:00:00:01", 2, 254, 0.045))


def routed(folder: Path) -> None:
    """The sensor sees the segment only: the router asks, and what it delivers comes from afar."""
    seen = [
        row
        for n in range(12)
        for row in flows(
            f"10.2.0.{40 + n}",
            f"10.1.0.{2 + n % 3}",
            443,
            [2.0 * n],
            service="tls",
            src_mac="02:00:00:00:00:01",
        )
    ]
    write(folder, "network_activity", seen)
    write(folder, "arp_activity", asked("10.1.0.1", "02:00:00:00:00:01", 2, 254, 30.0))


def tool(folder: Path) -> None:
    """Four requests of a scanner that says so."""
    times = [1.0 + n for n in range(4)]
    write(folder, "network_activity", flows(SCANNER, "10.2.0.80", 80, times, service="http"))
    web = [
        {
            "time": t, "uid": f"C{n + 1}", "src_ip": SCANNER, "dst_ip": "10.2.0.80", "dst_port": 80,
            "method": "GET", "uri": uri, "status_code": 404,
            "user_agent": "Mozilla/5.0 (compatible; Nmap Scripting Engine)",
        }
        for n, (t, uri) in enumerate(zip(times, ("/", "/sdk", "/HNAP1", "/evox"), strict=True))
    ]  # fmt: skip
    write(folder, "http_activity", web)


def cut_off(folder: Path) -> None:
    """A phone without Internet asks its twenty servers again and again."""
    rng = random.Random(2)
    times = sorted(rng.uniform(0, 300) for _ in range(160))
    write(
        folder,
        "network_activity",
        [
            {
                "start_time": t,
                "src_ip": SCANNER,
                "dst_ip": f"198.51.100.{1 + n % 20}",
                "dst_port": 443,
                "conn_state": "S0",
                "packets_out": 4,
            }
            for n, t in enumerate(times)
        ],
    )


def backscatter(folder: Path) -> None:
    """A server answers SYNs that carried forged addresses: SYN-ACKs and resets to strangers."""
    rng = random.Random(3)
    write(
        folder,
        "network_activity",
        [
            {
                "start_time": 0.01 * n,
                "src_ip": "192.0.2.80",
                "src_port": 80,
                "dst_ip": f"{rng.randrange(1, 224)}.{rng.randrange(256)}.{rng.randrange(256)}.9",
                "dst_port": rng.randrange(1024, 65_536),
                "conn_state": "REJ",
                "tcp_flags_out": rng.choice([18, 20, 4]),
                "tcp_flags_in": 0,
                "history": "^h",
                "packets_out": 1,
                "packets_in": 0,
            }
            for n in range(300)
        ],
    )


def ports_of_one_host(folder: Path) -> None:
    """A thousand ports of one neighbour, three of which answer."""
    write(
        folder,
        "network_activity",
        [
            {
                "start_time": 0.02 * port,
                "src_ip": SCANNER,
                "dst_ip": "10.1.0.40",
                "dst_port": port,
                "conn_state": "SF" if port in {22, 80, 443} else "REJ",
            }
            for port in range(1, 1_001)
        ],
    )


def overlay(folder: Path) -> None:
    """A file-sharing client: a hundred peers on as many ports, half of them gone."""
    rng = random.Random(4)
    write(
        folder,
        "network_activity",
        [
            {
                "start_time": 2.0 * n,
                "src_ip": SCANNER,
                "src_port": 6881,
                "protocol": "udp",
                "dst_ip": f"203.0.113.{1 + n}",
                "conn_state": rng.choice(["SF", "S0"]),
                "dst_port": 6881 if n % 9 == 0 else rng.randrange(10_000, 65_000),
            }
            for n in range(200)
        ],
    )


def office(folder: Path) -> None:
    """Browsing with one first contact in twelve failing."""
    rng = random.Random(5)
    write(
        folder,
        "network_activity",
        [
            {
                "start_time": 3.0 * n,
                "src_ip": f"10.1.0.{11 + n % 8}",
                "dst_port": 443,
                "dst_ip": f"198.51.{n // 200}.{n % 200}",
                "conn_state": "S0" if rng.random() < 1 / 12 else "SF",
            }
            for n in range(800)
        ],
    )


if __name__ == "__main__":
    make(Path(__file__).parent)
