"""Makes the evidence of these cases.

`python -m tests.cases.impact_own_reflector.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import flows, write

RESOLVER, VICTIM = "10.1.0.53", "203.0.113.9"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    table = "network_activity"
    write(root / "open_resolver", table, [*asked(VICTIM, 6000, 50.0), *refusal()])
    both = [*asked(VICTIM, 900, 40.0), *asked("203.0.113.77", 900, 40.0)]
    write(root / "two_victims", table, both)
    write(root / "answers_a_little_larger", table, asked(VICTIM, 2000, 4.5))
    write(root / "resolvers_of_the_world", table, [
        row for n in range(300) for row in asked(f"198.51.{n % 100}.{1 + n // 3}", 20, 30.0)
    ])  # fmt: skip
    write(root / "time_server_of_the_pool", table, asked(VICTIM, 3000, 1.0, port=123))


def asked(who: str, questions: int, factor: float, port: int = 53) -> list[dict[str, object]]:
    """Questions of 64 bytes within ten seconds, and what they brought."""
    return flows(
        who, RESOLVER, port, [0.0], protocol="udp", packets_out=questions, packets_in=questions,
        ip_bytes_out=64 * questions, ip_bytes_in=int(64 * factor * questions), duration_s=9.0,
    )  # fmt: skip


def refusal() -> list[dict[str, object]]:
    """The victim says that nobody there asked."""
    return flows(VICTIM, RESOLVER, 3, [0.5], protocol="icmp", src_port=3, packets_out=90,
                 packets_in=0, duration_s=8.0)  # fmt: skip


if __name__ == "__main__":
    make(Path(__file__).parent)
