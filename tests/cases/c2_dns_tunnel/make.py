"""Makes the evidence of these cases.

`python -m tests.cases.c2_dns_tunnel.make` from the root of the project writes it anew.
"""

from __future__ import annotations

import random
from pathlib import Path

from tests.cases.evidence import write

CLIENT, RESOLVER, TUNNEL = "10.1.0.17", "10.1.0.2", "198.51.100.53"
BASE32 = "abcdefghijklmnopqrstuvwxyz012345"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    tunnel(root / "tunnel_through_the_resolver")
    orders(root / "orders_in_txt_answers")
    reputation(root / "antivirus_look_ups")
    shards(root / "content_delivery_shards")
    bulk(root / "bulk_resolution_of_many_domains")


def question(src: str, dst: str, t: float, name: str, kind: str) -> dict[str, object]:
    """One question."""
    return {"time": t, "src_ip": src, "dst_ip": dst, "query": name, "query_type": kind}


def answer(
    src: str,
    dst: str,
    t: float,
    name: str,
    kind: str,
    size: int,
    code: str = "NOERROR",
    ttl: int = 300,
) -> dict[str, object]:
    """Its answer with ``size`` octets of data."""
    return {
        **question(src, dst, t + 0.03, name, kind),
        "is_response": True,
        "rcode": "NOERROR",
        "answer_bytes": size,
        "answer_types": [kind] if size else None,
        "answer_ttls": [ttl] if size else None,
    }


def tunnel(folder: Path) -> None:
    """Two hundred long names under one domain, seen before and behind the resolver."""
    rng = random.Random(1)
    rows = []
    for n in range(200):
        label = "".join(rng.choices(BASE32, k=58))
        name = f"p{label}.{''.join(rng.choices(BASE32, k=20))}.t.quiet-harbour.example"
        t = 0.8 * n
        for src, dst in ((CLIENT, RESOLVER), (RESOLVER, TUNNEL)):
            rows += [
                question(src, dst, t, name, "NULL"),
                answer(src, dst, t, name, "NULL", 180, ttl=0),
            ]
    write(folder, "dns_activity", rows)


def orders(folder: Path) -> None:
    """An implant asks numbered names for TXT records and gets orders."""
    rng = random.Random(2)
    rows = []
    for n in range(48):
        name = f"c.{n // 3}-{1 + n % 3}.24006.ns.slow-orders.example"
        size = rng.randrange(60, 120)
        rows += [
            question(CLIENT, RESOLVER, 1.3 * n, name, "TXT"),
            answer(CLIENT, RESOLVER, 1.3 * n, name, "TXT", size, ttl=0),
        ]
    write(folder, "dns_activity", rows)


def reputation(folder: Path) -> None:
    """Six PCs with an antivirus that puts hashes into names."""
    rng = random.Random(3)
    rows = []
    for n in range(240):
        client = f"10.1.0.{11 + n % 6}"
        name = f"{rng.getrandbits(128):032x}.a.e5.sk"
        rows += [
            question(client, RESOLVER, 5.0 * n, name, "A"),
            answer(client, RESOLVER, 5.0 * n, name, "A", 4),
        ]
    write(folder, "dns_activity", rows)


def shards(folder: Path) -> None:
    """A player asks for 120 numbered servers of one content network in an hour."""
    rng = random.Random(4)
    rows = []
    for n in range(120):
        name = f"r{rng.randrange(1, 20)}---sn-{rng.randrange(99):02d}edge{n}.vid-cdn.example"
        rows += [
            question(CLIENT, RESOLVER, 30.0 * n, name, "A"),
            answer(CLIENT, RESOLVER, 30.0 * n, name, "A", 4),
        ]
    write(folder, "dns_activity", rows)


def bulk(folder: Path) -> None:
    """A crawler resolves 1,500 names of 1,500 domains."""
    rng = random.Random(5)
    rows = []
    for n in range(1500):
        name = f"www.{''.join(rng.choices(BASE32[:26], k=rng.randrange(5, 14)))}{n}.example"
        rows += [
            question(CLIENT, RESOLVER, 0.3 * n, name, "A"),
            answer(CLIENT, RESOLVER, 0.3 * n, name, "A", 4),
        ]
    write(folder, "dns_activity", rows)


if __name__ == "__main__":
    make(Path(__file__).parent)
