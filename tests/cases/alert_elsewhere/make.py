"""Makes the evidence of these cases.

`python -m tests.cases.alert_elsewhere.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import write

from netcordon.model.log_set import LINE_BITS

PC, SERVER, THEIRS = "10.0.0.20", "10.0.0.5", "203.0.113.66"

MALWARE = {
    "rule_id": "1:9000001", "title": "ET MALWARE Example Stealer CnC Checkin",
    "category": "A Network Trojan was detected", "severity_id": 4,
}  # fmt: skip
POLICY = {
    "rule_id": "1:9000002", "title": "ET INFO Observed Chat Service Domain in TLS SNI",
    "category": "Potential Corporate Privacy Violation", "severity_id": 4,
}  # fmt: skip
EXPLOIT = {
    "rule_id": "1:9000003", "title": "ET WEB_SERVER Example Traversal Attempt",
    "category": "Web Application Attack", "severity_id": 4,
}  # fmt: skip
ODDITY = {
    "rule_id": "1:2210044", "title": "SURICATA STREAM Packet with invalid timestamp",
    "category": "Generic Protocol Command Decode", "severity_id": 2,
}  # fmt: skip


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    checkins = [alert(10.0 * n, PC, THEIRS, MALWARE) for n in range(500)]
    write(root / "one_signature_often", "detection_finding", checkins)
    # A text log beside the JSON: the same alerts once more, without a word on who began.
    again = [
        {**one, "is_from_src": None, "frame": (1 << LINE_BITS) + n}
        for n, one in enumerate(checkins[:30], 1)
    ]
    other = alert(95.0, PC, THEIRS, {**MALWARE, "rule_id": "30001", "title": "Spyware: Stealer"})
    write(
        root / "two_tools",
        "detection_finding",
        [*checkins[:30], *again, {**other, "product": "pan-os"}],
    )
    attempts = [
        alert(7.0 * n, f"198.51.100.{n % 40 + 1}", SERVER, EXPLOIT, port=80) for n in range(200)
    ]
    write(root / "attempts_from_outside", "detection_finding", attempts)
    everybody = [alert(5.0 * n, f"10.0.0.{n + 10}", THEIRS, MALWARE) for n in range(40)]
    write(root / "everybody_has_it", "detection_finding", everybody)
    ordinary = [alert(3.0 * n, f"10.0.0.{n % 30 + 10}", THEIRS, POLICY) for n in range(90)]
    ordinary += [alert(2.0 * n, f"10.0.0.{n % 30 + 10}", THEIRS, ODDITY) for n in range(300)]
    write(root / "rules_of_the_house", "detection_finding", ordinary)


def alert(
    t: float, source: str, target: str, rule: dict[str, object], port: int = 443
) -> dict[str, object]:
    """One alert of a sensor."""
    return {
        "time": t, "src_ip": source, "src_port": 40000 + int(t) % 20000, "dst_ip": target,
        "dst_port": port, "protocol": "tcp", "product": "suricata", "kind": "alert",
        "action": "allowed", "count": 1, "is_from_src": True, **rule,
    }  # fmt: skip


if __name__ == "__main__":
    make(Path(__file__).parent)
