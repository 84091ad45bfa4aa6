"""Makes the evidence of these cases.

`python -m tests.cases.access_honeypot.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import write

PC, POT = "10.0.0.50", "10.0.0.7"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    visit = [hit(5.0, PC, "connection")]
    visit += [hit(6.0 + n, PC, "login", account=f"user{n}") for n in range(6)]
    visit += [hit(20.0 + n, PC, "command", message=f"cat /etc/file{n}") for n in range(3)]
    write(root / "internal_source", "detection_finding", visit)
    token = {"product": "canarytoken", "category": "decoy", "message": "payroll share"}
    opened = hit(5.0, PC, "marked document or link opened") | token
    write(root / "token_opened_inside", "detection_finding", [{**opened, "dst_ip": None}])
    noise = [
        hit(9.0 * n, f"203.0.113.{n % 60 + 1}", ("connection", "login")[n % 2]) for n in range(300)
    ]
    write(root / "background_noise", "detection_finding", noise)
    search = [hit(60.0 * n, PC, "connection", service="snmp") for n in range(3)]
    write(root / "inventory", "detection_finding", search)
    own = [hit(60.0 * n, "127.0.0.1", "connection") for n in range(5)]
    other = {"kind": "alert", "product": "suricata", "title": "x"}
    write(root / "own_health_check", "detection_finding", [*own, hit(3.0, PC, "x") | other])


def hit(
    t: float, source: str, what: str, *, service: str = "ssh", account: str | None = None,
    message: str | None = None,
) -> dict[str, object]:  # fmt: skip
    """One thing that was done to a honeypot."""
    return {
        "time": t, "src_ip": source, "dst_ip": POT, "dst_port": 22, "protocol": "tcp",
        "service": service, "product": "cowrie", "kind": "honeypot", "category": "honeypot",
        "title": what, "account": account, "message": message, "count": 1,
    }  # fmt: skip


if __name__ == "__main__":
    make(Path(__file__).parent)
