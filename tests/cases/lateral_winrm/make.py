"""Makes the evidence of these cases.

`python -m tests.cases.lateral_winrm.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import write

SOURCE, TARGET = "10.1.0.17", "10.2.0.5"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    write(root / "shell", "http_activity", exchange(TARGET, 13))
    write(
        root / "configuration_of_many_hosts",
        "http_activity",
        [row for n in range(12) for row in exchange(f"10.2.0.{10 + n}", 6)],
    )
    write(root / "refused", "http_activity", exchange(TARGET, 5, status=401))
    write(
        root / "events_are_forwarded",
        "http_activity",
        exchange(TARGET, 30, uri="/wsman/SubscriptionManager/WEC"),
    )


def exchange(
    target: str, requests: int, status: int = 200, uri: str = "/wsman"
) -> list[dict[str, object]]:
    """Requests of one session, half a second apart."""
    return [
        {
            "time": 0.5 * n,
            "src_ip": SOURCE,
            "dst_ip": target,
            "dst_port": 5985,
            "method": "POST",
            "host": f"{target}:5985",
            "uri": uri,
            "user_agent": "Microsoft WinRM Client",
            "request_body_bytes": 2_400,
            "status_code": status,
            "response_body_bytes": 1_800,
        }
        for n in range(requests)
    ]


if __name__ == "__main__":
    make(Path(__file__).parent)
