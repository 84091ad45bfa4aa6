"""Makes the evidence of these cases.

`python -m tests.cases.c2_long_channel.make` from the root of the project writes it anew.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

from tests.cases.evidence import flows, write

OFFICE = [f"10.1.0.{n}" for n in range(11, 23)]
VICTIM, OPERATOR = "10.1.0.17", "203.0.113.66"
BROWSER, IMPLANT = "t13d1516h2_8daaf6152771_e5627efa2ab1", "t13d190900_9dc949149365_97f8aa674fd9"
SAMPLE = 32
Rows = list[dict[str, object]]


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    shell(root / "shell_with_a_heartbeat")
    jittered(root / "implant_with_jitter_in_tls")
    commands(root / "heartbeat_amid_commands")
    push(root / "push_service_of_everybody")
    terminal(root / "terminal_kept_alive")
    pool(root / "pool_of_database_connections")
    dashboard(root / "dashboard_left_open")
    chat(root / "people_chatting")
    few(root / "too_few_bursts")
    polls(root / "polls_that_can_be_read")


def held(
    src: str, dst: str, port: int, gaps_s: Sequence[float], size: tuple[int, int],
    start: float = 10.0, **columns: object,
) -> Rows:  # fmt: skip
    """One connection with a burst after each gap, as the decoder would tell it."""
    kept = [round(1000 * gap) for gap in gaps_s[:SAMPLE]]
    bursts, span = len(gaps_s) + 1, sum(gaps_s)
    return flows(
        src, dst, port, [start], conn_state="S1", duration_s=round(span + 0.2, 3),
        packets_out=2 * bursts, packets_in=2 * bursts, payload_bytes_out=size[0] * bursts,
        payload_bytes_in=size[1] * bursts, bursts=bursts, bursts_begun_out=bursts,
        bursts_begun_in=0, burst_span_s=round(span, 3), burst_gaps_ms=kept,
        burst_bytes_out=[size[0]] * len(kept), burst_bytes_in=[size[1]] * len(kept), **columns,
    )  # fmt: skip


def browsing(rng: random.Random) -> tuple[Rows, Rows, Rows]:
    """Twelve people who visit eight sites: flows, look-ups and hellos."""
    seen: Rows = []
    asked: Rows = []
    hellos: Rows = []
    for client in OFFICE:
        for site in range(8):
            t = rng.uniform(0, 3000)
            address, name = f"198.51.100.{site + 1}", f"www.site{site}.example"
            asked.append(look_up(client, name, address, t))
            uid = f"B{len(seen)}"
            seen += flows(client, address, 443, [round(t, 3)], uid=uid, service="tls",
                          payload_bytes_out=900, payload_bytes_in=50_000)  # fmt: skip
            hellos.append(hello(uid, client, address, name, BROWSER, t))
    return seen, asked, hellos


def look_up(client: str, name: str, address: str, t: float) -> dict[str, object]:
    """The answer that told a client an address."""
    return {"time": round(t - 0.05, 3), "src_ip": client, "dst_ip": "10.1.0.2", "query": name,
            "query_type": "A", "is_response": True, "answers": [address]}  # fmt: skip


def hello(uid: str, client: str, address: str, name: str, ja4: str, t: float) -> dict[str, object]:
    """The hello of a TLS connection."""
    return {"time": round(t, 3), "uid": uid, "src_ip": client, "dst_ip": address, "dst_port": 443,
            "server_name": name, "ja4": ja4}  # fmt: skip


def save(folder: Path, seen: Rows, asked: Rows, hellos: Rows) -> None:
    """Write the tables of an office."""
    write(folder, "network_activity", seen)
    write(folder, "dns_activity", asked)
    write(folder, "tls_activity", hellos)


def shell(folder: Path) -> None:
    """A heartbeat every 20 s, from one host, to an address nobody looked up."""
    rng = random.Random(1)
    seen, asked, hellos = browsing(rng)
    gaps = [20 + rng.gauss(0, 0.02) for _ in range(180)]
    seen += held(VICTIM, OPERATOR, 9443, gaps, (12, 8))
    save(folder, seen, asked, hellos)


def jittered(folder: Path) -> None:
    """Sleeps of 21 to 30 s inside one TLS connection, by a program that goes nowhere else."""
    rng = random.Random(2)
    seen, asked, hellos = browsing(rng)
    gaps = [rng.uniform(21, 30) for _ in range(120)]
    seen += held(VICTIM, OPERATOR, 443, gaps, (310, 420), uid="I1", service="tls")
    asked.append(look_up(VICTIM, "cdn.widget.example", OPERATOR, 10))
    hellos.append(hello("I1", VICTIM, OPERATOR, "cdn.widget.example", IMPLANT, 10))
    save(folder, seen, asked, hellos)


def commands(folder: Path) -> None:
    """A heartbeat every 10 s; in every other pause the operator asks for something."""
    rng = random.Random(8)
    seen, asked, hellos = browsing(rng)
    gaps: list[float] = []
    for n in range(15):
        cut = rng.uniform(1.5, 8.5) if n % 2 else 10.0
        gaps += [cut, 10 - cut] if cut < 10 else [cut]
    seen += held(VICTIM, OPERATOR, 9443, gaps, (9, 0))
    save(folder, seen, asked, hellos)


def push(folder: Path) -> None:
    """Every host holds a connection to one service and says something each four minutes."""
    rng = random.Random(3)
    seen, asked, hellos = browsing(rng)
    for n, client in enumerate(OFFICE):
        gaps = [240 + rng.gauss(0, 0.05) for _ in range(40)]
        seen += held(client, "198.51.100.90", 5228, gaps, (40, 40), uid=f"P{n}", service="tls")
        asked.append(look_up(client, "push.vendor.example", "198.51.100.90", 5))
    save(folder, seen, asked, hellos)


def terminal(folder: Path) -> None:
    """An administrator's SSH to a rented server, kept alive each minute."""
    rng = random.Random(4)
    seen, asked, hellos = browsing(rng)
    gaps = [60 + rng.gauss(0, 0.01) for _ in range(100)]
    seen += held(VICTIM, OPERATOR, 22, gaps, (76, 60), service="ssh")
    save(folder, seen, asked, hellos)


def pool(folder: Path) -> None:
    """A server inside asks its database each 30 s whether it is still there."""
    rng = random.Random(5)
    seen, asked, hellos = browsing(rng)
    gaps = [30 + rng.gauss(0, 0.005) for _ in range(100)]
    seen += held("10.1.0.12", "10.1.9.5", 3306, gaps, (30, 50), service="mysql")
    seen += held("10.1.0.12", "10.1.9.6", 7777, gaps, (30, 50))
    save(folder, seen, asked, hellos)


def dashboard(folder: Path) -> None:
    """A page left open asks for news each 15 s over one connection of the browser."""
    rng = random.Random(6)
    seen, asked, hellos = browsing(rng)
    gaps = [15 + rng.gauss(0, 0.005) for _ in range(200)]
    seen += held(VICTIM, "198.51.100.91", 443, gaps, (90, 400), uid="D1", service="tls")
    asked.append(look_up(VICTIM, "board.team.example", "198.51.100.91", 10))
    hellos.append(hello("D1", VICTIM, "198.51.100.91", "board.team.example", BROWSER, 10))
    save(folder, seen, asked, hellos)


def chat(folder: Path) -> None:
    """People write when they like: gaps of no rhythm, to an address nobody looked up."""
    rng = random.Random(7)
    seen, asked, hellos = browsing(rng)
    gaps = [1 + rng.expovariate(1 / 20) for _ in range(150)]
    seen += held(VICTIM, OPERATOR, 9443, gaps, (80, 90))
    save(folder, seen, asked, hellos)


def few(folder: Path) -> None:
    """Eight bursts exactly a minute apart: seven gaps prove nothing."""
    write(folder, "network_activity", held(VICTIM, OPERATOR, 9443, [60.0] * 7, (12, 8)))


def polls(folder: Path) -> None:
    """HTTP requests over one kept connection are rows of their own."""
    flow = held(VICTIM, OPERATOR, 80, [10.0] * 60, (150, 200), uid="H1", service="http")
    write(folder, "network_activity", flow)
    write(folder, "http_activity", [
        {"time": 10.0 + 10 * n, "uid": "H1", "src_ip": VICTIM, "dst_ip": OPERATOR,
         "dst_port": 80, "method": "GET", "host": "news.example", "uri": "/",
         "status_code": 200}
        for n in range(61)
    ])  # fmt: skip


if __name__ == "__main__":
    make(Path(__file__).parent)
