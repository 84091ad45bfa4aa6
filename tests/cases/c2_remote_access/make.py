"""Makes the evidence of these cases.

`python -m tests.cases.c2_remote_access.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import flows, write

HOST = "10.1.0.17"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    folder = root / "tool_of_one_host"
    write(folder, "network_activity", flows(HOST, "198.51.100.20", 443, [5.0], service="tls"))
    write(folder, "dns_activity", [question(HOST, "relay-7.net.anydesk.com", 4.9)])
    write(folder, "tls_activity", [
        {"time": 5.1, "src_ip": HOST, "dst_ip": "198.51.100.20", "dst_port": 443,
         "server_name": "relay-7.net.anydesk.com", "protocol": "tcp"}
    ])  # fmt: skip
    write(root / "tool_of_the_help_desk", "dns_activity", [
        question(f"10.1.0.{20 + n}", "router1.teamviewer.com", 3.0 * n) for n in range(12)
    ])  # fmt: skip
    write(root / "reads_about_it", "dns_activity", [question(HOST, "www.anydesk.com", 4.9)])


def question(src: str, name: str, t: float) -> dict[str, object]:
    """A look-up."""
    return {"time": t, "src_ip": src, "dst_ip": "10.1.0.2", "query": name, "query_type": "A"}


if __name__ == "__main__":
    make(Path(__file__).parent)
