"""Makes the evidence of these cases.

`python -m tests.cases.impact_mining.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import flows, write

HOST = "10.1.0.17"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    stratum(root / "login_to_a_pool")
    price(root / "looks_at_a_price")
    telling(root / "json_that_is_no_stratum")


def stratum(folder: Path) -> None:
    """A miner subscribes and logs in; the pool accepts."""
    write(folder, "network_activity", flows(
        HOST, "203.0.113.33", 3333, [10.0], service="stratum", duration_s=3_000.0,
        payload_bytes_out=9_000, payload_bytes_in=30_000))  # fmt: skip
    ends = {"src_ip": HOST, "dst_ip": "203.0.113.33", "dst_port": 3333, "protocol": "tcp"}
    write(folder, "application_activity", [
        {"time": 10.1, **ends, "service": "stratum", "operation": "mining.subscribe",
         "software": "digger 1.0", "status": "ok"},
        {"time": 10.2, **ends, "service": "stratum", "operation": "mining.authorize",
         "object": "wallet.rig4", "account": "wallet.rig4", "status": "ok"},
    ])  # fmt: skip


def price(folder: Path) -> None:
    """A person reads about a pool: two look-ups of its site."""
    write(folder, "dns_activity", [
        {"time": t, "src_ip": HOST, "dst_ip": "10.1.0.2", "query": name, "query_type": "A"}
        for t, name in ((1.0, "www.nanopool.org"), (2.0, "nanopool.org"))
    ])  # fmt: skip


def telling(folder: Path) -> None:
    """Another protocol with logins on the port that pools like."""
    write(folder, "network_activity", flows(
        HOST, "203.0.113.34", 3333, [10.0], service="irc", payload_bytes_out=900,
        payload_bytes_in=3_000))  # fmt: skip
    write(folder, "application_activity", [
        {"time": 10.1, "src_ip": HOST, "dst_ip": "203.0.113.34", "dst_port": 3333,
         "protocol": "tcp", "service": "irc", "operation": "NICK", "account": "miner",
         "status": "ok"}
    ])  # fmt: skip


if __name__ == "__main__":
    make(Path(__file__).parent)
