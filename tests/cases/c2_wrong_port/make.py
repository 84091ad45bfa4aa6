"""Makes the evidence of these cases.

`python -m tests.cases.c2_wrong_port.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import flows, write

HOST = "10.1.0.17"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    shell = flows(HOST, "203.0.113.70", 443, [100.0], service="ssh", duration_s=900.0,
                  payload_bytes_out=40_000, payload_bytes_in=2_000_000)  # fmt: skip
    folder = root / "ssh_to_a_nameless_address"
    write(folder, "network_activity", visits() + shell)
    write(folder, "dns_activity", answers([f"198.51.100.{n + 1}" for n in range(8)]))
    folder = root / "ssh_to_a_named_server"
    write(folder, "network_activity", visits() + shell)
    write(folder, "dns_activity",
          answers([f"198.51.100.{n + 1}" for n in range(8)] + ["203.0.113.70"]))  # fmt: skip
    write(root / "web_on_its_ports", "network_activity", visits())


def visits() -> list[dict[str, object]]:
    """Flows to eight ordinary places."""
    return [
        flow
        for n in range(8)
        for flow in flows(HOST, f"198.51.100.{n + 1}", 443, [10.0 * n], service="tls",
                          payload_bytes_out=900, payload_bytes_in=60_000)
    ]  # fmt: skip


def answers(addresses: list[str]) -> list[dict[str, object]]:
    """The answers that gave these addresses their names."""
    return [
        {"time": 0.5 * n, "src_ip": HOST, "dst_ip": "10.1.0.2", "query": f"www.site{n}.example",
         "query_type": "A", "is_response": True, "answers": [address], "answer_types": ["A"]}
        for n, address in enumerate(addresses)
    ]  # fmt: skip


if __name__ == "__main__":
    make(Path(__file__).parent)
