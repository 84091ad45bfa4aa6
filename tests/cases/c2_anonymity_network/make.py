"""Makes the evidence of these cases.

`python -m tests.cases.c2_anonymity_network.make` from the root of the project writes it anew.
"""

from __future__ import annotations

import random
from pathlib import Path

from tests.cases.evidence import write

HOST = "10.1.0.17"
BASE32 = "abcdefghijklmnopqrstuvwxyz234567"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    write(root / "certificates_of_its_form", "tls_activity", [
        hello(10.0 * n, f"203.0.113.{11 + n}", f"www.{invented(n, 9)}.com", certificate="seen",
              certificate_subject=f"CN=www.{invented(n + 10, 14)}.net",
              certificate_issuer=f"CN=www.{invented(n + 20, 17)}.com")
        for n in range(3)
    ])  # fmt: skip
    write(root / "directory_requests", "http_activity", [
        {"time": 1.0, "src_ip": HOST, "dst_ip": "203.0.113.14", "dst_port": 9030, "method": "GET",
         "uri": "/tor/status-vote/current/consensus-microdesc", "status_code": 200}
    ])  # fmt: skip
    write(root / "onion_name_that_leaked", "dns_activity", [
        {"time": 1.0, "src_ip": HOST, "dst_ip": "10.1.0.2", "query": "exampleexampleexample.onion",
         "query_type": "A"}
    ])  # fmt: skip
    write(root / "shop_of_letters_only", "tls_activity", [
        hello(10.0 * n, "198.51.100.1", "www.example.com") for n in range(4)
    ])  # fmt: skip
    write(root / "shop_of_letters_only", "dns_activity", [
        {"time": 9.9, "src_ip": HOST, "dst_ip": "10.1.0.2", "query": "www.example.com",
         "query_type": "A"}
    ])  # fmt: skip


def invented(seed: int, length: int) -> str:
    """A label as Tor invents it."""
    return "".join(random.Random(seed).choices(BASE32, k=length))


def hello(t: float, address: str, name: str, **more: object) -> dict[str, object]:
    """A handshake on port 443."""
    return {"time": t, "src_ip": HOST, "dst_ip": address, "dst_port": 443, "server_name": name,
            "protocol": "tcp", **more}  # fmt: skip


if __name__ == "__main__":
    make(Path(__file__).parent)
