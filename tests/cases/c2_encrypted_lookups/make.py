"""Makes the evidence of these cases.

`python -m tests.cases.c2_encrypted_lookups.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import flows, write

HOST, RESOLVER, OUTSIDE = "10.1.0.17", "10.1.0.1", "203.0.113.53"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    visits(root / "looks_up_no_more", "dns.example-resolver.net", 443, blind=True)
    visits(root / "over_its_own_port", None, 853, blind=True)
    visits(root / "looks_up_all_the_same", "doh.example-resolver.net", 443, blind=False)
    visits(root / "an_ordinary_server", "www.example.net", 443, blind=True)


def visits(folder: Path, name: str | None, port: int, *, blind: bool) -> None:
    """Four places looked up in the clear, a session with one server, then ten more places."""
    seen, asked = [], []
    for n in range(14):
        address, at = f"198.51.100.{10 + n}", 10.0 * n
        seen += flows(HOST, address, 443, [at + 1], payload_bytes_out=400, payload_bytes_in=9000)
        if n < 4 or not blind:
            asked.append({
                "time": at, "src_ip": HOST, "dst_ip": RESOLVER, "query": f"w{n}.example.com",
                "query_type": "A", "is_response": True, "rcode": "NOERROR", "answers": [address],
            })  # fmt: skip
    seen += flows(HOST, OUTSIDE, port, [35.0], payload_bytes_out=900, payload_bytes_in=5000)
    write(folder, "network_activity", seen)
    write(folder, "dns_activity", asked)
    write(folder, "tls_activity", [{
        "time": 35.0, "src_ip": HOST, "dst_ip": OUTSIDE, "dst_port": port, "server_name": name,
        "protocol": "tcp", "alpn": ["h2"] if port == 443 else ["dot"],
    }])  # fmt: skip


if __name__ == "__main__":
    make(Path(__file__).parent)
