"""Makes the evidence of these cases.

`python -m tests.cases.access_dns_overflow.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import write

RESOLVER, SERVER = "10.1.0.2", "203.0.113.50"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    asked = {"time": 1.0, "src_ip": "10.1.0.30", "dst_ip": RESOLVER, "query": "9.evil.example",
             "query_type": "SIG"}  # fmt: skip
    write(root / "signature_that_overflows", "dns_activity", [asked, answer(1.2, "SIG", 1, 65_300)])
    silent = root / "resolver_falls_silent"
    write(silent, "dns_activity", [asked, answer(1.2, "SIG", 1, 65_300)])
    write(silent, "network_activity", [question(2.0 + n) for n in range(4)])
    write(root / "signature_on_trial", "dns_activity", [answer(1.0, "RRSIG", 2, 17_200)])
    write(root / "many_signatures", "dns_activity", [answer(1.0, "RRSIG", 24, 8_900)])
    write(root / "long_text", "dns_activity", [answer(1.0, "TXT", 1, 20_000)])


def answer(t: float, kind: str, count: int, octets: int) -> dict[str, object]:
    """An answer over TCP of ``count`` records that take ``octets`` in all."""
    return {"time": t, "src_ip": RESOLVER, "dst_ip": SERVER, "protocol": "tcp",
            "query": "9.evil.example", "query_type": kind, "is_response": True, "rcode": "NOERROR",
            "answer_types": [kind] * count, "answer_count": count, "answer_bytes": octets,
            "message_bytes": octets + 40 + 12 * count}  # fmt: skip


def question(t: float) -> dict[str, object]:
    """A look-up that the resolver does not answer."""
    return {"start_time": t, "src_ip": "10.1.0.30", "src_port": 40000, "dst_ip": RESOLVER,
            "dst_port": 53, "protocol": "udp", "packets_out": 1, "packets_in": 0}  # fmt: skip


if __name__ == "__main__":
    make(Path(__file__).parent)
