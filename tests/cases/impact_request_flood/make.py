"""Makes the evidence of these cases.

`python -m tests.cases.impact_request_flood.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.cases.evidence import write

EVIL, SERVER = "203.0.113.66", "10.1.0.80"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    table = "http_activity"
    write(
        root / "made_up_queries",
        table,
        requests(600, 100, lambda n: f"/search?q={n * 7919:x}", 503),
    )
    write(
        root / "load_balancer",
        table,
        [
            row | {"src_ip": "10.1.0.7"}
            for row in requests(1500, 100, lambda n: f"/search?q={n * 7919:x}", 200)
        ],
    )
    write(
        root / "requests_only",
        table,
        [
            row | {"status_code": None}
            for row in requests(1500, 100, lambda n: f"/search?q={n * 7919:x}", 200)
        ],
    )
    write(root / "polling_program", table, requests(400, 40, lambda n: "/status", 200))
    write(root / "crawler", table, requests(400, 40, lambda n: f"/page/{n}", 200))


def requests(
    count: int, a_second: int, uri: Callable[[int], str], status: int
) -> list[dict[str, object]]:
    """Requests of one source at an even pace; in a flood the later ones fail."""
    return [
        {
            "time": n / a_second, "src_ip": EVIL, "src_port": 40_000 + n, "dst_ip": SERVER,
            "dst_port": 80, "method": "GET", "host": "www.example.com", "uri": uri(n),
            "user_agent": "Mozilla/5.0", "status_code": status if n > count / 4 else 200,
        }
        for n in range(count)
    ]  # fmt: skip


if __name__ == "__main__":
    make(Path(__file__).parent)
