"""Makes the evidence of these cases.

`python -m tests.cases.c2_unusual_channel.make` from the root of the project writes it anew.
"""

from __future__ import annotations

import random
from pathlib import Path

from tests.cases.evidence import flows, write

VICTIM = "10.1.0.17"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    remote(root / "tls_on_its_own_port_to_a_dynamic_name")
    stealer(root / "clear_upload_after_asking_for_its_address")
    gate(root / "posts_to_a_bare_address")
    private_network(root / "private_network_software")
    overlay(root / "overlay_network")
    browsing(root / "browsing")


def answer(name: str, address: str, t: float) -> dict[str, object]:
    """The answer that told the victim an address."""
    return {
        "time": t, "src_ip": VICTIM, "dst_ip": "10.1.0.2", "query": name, "query_type": "A",
        "is_response": True, "answers": [address], "answer_types": ["A"],
    }  # fmt: skip


def hello(
    uid: int, address: str, port: int, t: float, name: str | None, version: str = "TLSv1.3"
) -> dict[str, object]:
    """A ClientHello."""
    return {
        "time": t, "uid": f"C{uid}", "src_ip": VICTIM, "dst_ip": address, "dst_port": port,
        "server_name": name, "client_version": version,
    }  # fmt: skip


def habits() -> tuple[list[dict[str, object]], list[dict[str, object]], list[dict[str, object]]]:
    """Eight ordinary visits: look-up, flow, handshake."""
    rng = random.Random(1)
    asked, seen, hellos = [], [], []
    for n in range(8):
        name, address, t = f"www.site{n}.example", f"198.51.100.{n + 1}", 10.0 * n
        asked.append(answer(name, address, t))
        seen += flows(
            VICTIM,
            address,
            443,
            [t + 0.1],
            service="tls",
            payload_bytes_out=rng.randrange(900, 3_000),
            payload_bytes_in=60_000,
        )
        hellos.append(hello(len(seen), address, 443, t + 0.1, name))
    return asked, seen, hellos


def remote(folder: Path) -> None:
    """A remote-control program: TLS on port 4782, no server name, a dynamic name."""
    asked, seen, hellos = habits()
    asked.append(answer("cheerful-otter.duckdns.org", "203.0.113.71", 99.0))
    seen += flows(VICTIM, "203.0.113.71", 4782, [100.0], service="tls", duration_s=60.0,
                  payload_bytes_out=12_000, payload_bytes_in=8_000)  # fmt: skip
    hellos.append(hello(len(seen), "203.0.113.71", 4782, 100.0, None, "TLSv1.2"))
    write(folder, "network_activity", seen)
    write(folder, "dns_activity", asked)
    write(folder, "tls_activity", hellos)


def stealer(folder: Path) -> None:
    """The host asks what its public address is, then logs in to a stranger's FTP server."""
    asked, seen, hellos = habits()
    asked += [answer("api.ipify.org", "198.51.100.70", 100.0),
              answer("ftp.cosy-cakes.example", "203.0.113.21", 112.0)]  # fmt: skip
    seen += flows(VICTIM, "198.51.100.70", 443, [100.1], service="tls", payload_bytes_out=700,
                  payload_bytes_in=4_700)  # fmt: skip
    hellos.append(hello(len(seen), "198.51.100.70", 443, 100.1, "api.ipify.org"))
    seen += flows(VICTIM, "203.0.113.21", 21, [112.1], service="ftp", duration_s=20.0,
                  payload_bytes_out=130, payload_bytes_in=500)  # fmt: skip
    write(folder, "network_activity", seen)
    write(folder, "dns_activity", asked)
    write(folder, "tls_activity", hellos)


def gate(folder: Path) -> None:
    """Posts to an address without a name on port 7080, from no page."""
    asked, seen, hellos = habits()
    seen += flows(VICTIM, "203.0.113.80", 7080, [120.0], service="http", payload_bytes_out=1_300,
                  payload_bytes_in=56_000)  # fmt: skip
    write(folder, "network_activity", seen)
    write(folder, "dns_activity", asked)
    write(folder, "tls_activity", hellos)
    write(folder, "http_activity", [
        {"time": 120.1, "uid": f"C{len(seen)}", "src_ip": VICTIM, "dst_ip": "203.0.113.80",
         "dst_port": 7080, "method": "POST", "host": "203.0.113.80:7080", "uri": "/OK21pq",
         "user_agent": "Mozilla/4.0 (compatible; MSIE 7.0)", "status_code": 200}
    ])  # fmt: skip


def private_network(folder: Path) -> None:
    """Remote access of the company: TLS without a server name to a name looked up."""
    asked, seen, hellos = habits()
    asked.append(answer("vpn.company.example", "203.0.113.10", 99.0))
    seen += flows(VICTIM, "203.0.113.10", 443, [100.0], service="tls", duration_s=900.0,
                  payload_bytes_out=80_000, payload_bytes_in=900_000)  # fmt: skip
    hellos.append(hello(len(seen), "203.0.113.10", 443, 100.0, None, "TLSv1.2"))
    write(folder, "network_activity", seen)
    write(folder, "dns_activity", asked)
    write(folder, "tls_activity", hellos)


def overlay(folder: Path) -> None:
    """A file-sharing client: TLS on odd ports with twenty nameless peers."""
    asked, seen, hellos = habits()
    for n in range(20):
        seen += flows(VICTIM, f"203.0.113.{100 + n}", 20_000 + 31 * n, [100.0 + n], service="tls",
                      payload_bytes_out=5_000, payload_bytes_in=90_000)  # fmt: skip
        hellos.append(hello(len(seen), f"203.0.113.{100 + n}", 20_000 + 31 * n, 100.0 + n, None))
    write(folder, "network_activity", seen)
    write(folder, "dns_activity", asked)
    write(folder, "tls_activity", hellos)


def browsing(folder: Path) -> None:
    """Ordinary visits only."""
    asked, seen, hellos = habits()
    write(folder, "network_activity", seen)
    write(folder, "dns_activity", asked)
    write(folder, "tls_activity", hellos)


if __name__ == "__main__":
    make(Path(__file__).parent)
