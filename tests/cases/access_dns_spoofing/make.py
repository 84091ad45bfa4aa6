"""Makes the evidence of these cases.

`python -m tests.cases.access_dns_spoofing.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import flows, write

CLIENT, RESOLVER, FORGED = "10.1.0.17", "203.0.113.53", "10.1.0.66"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    both(root / "two_answers_from_two_places", [FORGED], 64, 52)
    both(root / "same_answer_twice", ["198.51.100.10"], 52, 52)
    both(root / "repeated_question", ["198.51.100.11"], 52, 52, questions=2)


def both(folder: Path, second: list[str], low: int, high: int, questions: int = 1) -> None:
    """Three questions, each answered twice."""
    messages: list[dict[str, object]] = []
    sent: list[dict[str, object]] = []
    for n in range(3):
        row = {
            "uid": f"C{n}", "src_ip": CLIENT, "src_port": 50_000 + n, "dst_ip": RESOLVER,
            "transaction_id": 70 + n, "query": f"www{n}.example.com", "query_type": "A",
        }  # fmt: skip
        at = 30.0 * n
        messages += [{**row, "time": at + i, "is_response": False} for i in range(questions)]
        for delay, answers in ((0.001, second), (0.03, ["198.51.100.10"])):
            messages.append({**row, "time": at + delay, "is_response": True, "answers": answers})
        sent += flows(
            CLIENT, RESOLVER, 53, [at], uid=f"C{n}", protocol="udp", src_port=50_000 + n,
            packets_out=questions, packets_in=2, ttl_min_in=min(low, high),
            ttl_max_in=max(low, high),
        )  # fmt: skip
    write(folder, "dns_activity", messages)
    write(folder, "network_activity", sent)


if __name__ == "__main__":
    make(Path(__file__).parent)
