"""A firewall's log alone: denials without flags show the scanner, and nobody else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

Investigate = Callable[..., dict[str, Any]]


def _denied(number: int) -> str:
    stamp = f"<164>May  6 2024 10:{number // 60:02}:{number % 60:02} asa"
    return (
        f"{stamp} : %ASA-4-106023: Deny tcp src inside:192.168.9.9/{40_000 + number} "
        f'dst dmz:192.168.10.{number + 1}/445 by access-group "in" [0x0, 0x0]'
    )


def _passed(number: int) -> str:
    """New connections of a busy client, of which the firewall logs the first packet."""
    return (
        f"<4>May  6 10:{number // 60:02}:{number % 60:02} gate kernel: ACCEPT IN=eth1 OUT=eth0 "
        f"SRC=192.168.9.3 DST=203.0.113.{number + 1} LEN=60 TTL=63 PROTO=TCP SPT={30_000 + number} "
        "DPT=443 WINDOW=64240 RES=0x00 SYN URGP=0"
    )


def test_denials_show_who_scans_and_first_packets_accuse_nobody(
    tmp_path: Path, investigate: Investigate
) -> None:
    path = tmp_path / "collected.log"
    lines = [line for n in range(100) for line in (_denied(n), _passed(n))]
    path.write_text("\n".join([*lines, "<30>May  6 11:00:00 gate cron[1]: done"]) + "\n")
    document = investigate(path)
    (evidence,) = document["evidence"]
    assert evidence["refused"] == {"no message of a known kind": 1}
    assert "what the device chose to log" in str(document["capture_quality"])
    (scan,) = [f for f in document["findings"] if f["detector"] == "recon_scan"]
    assert scan["src_ips"] == ["192.168.9.9"]
    assert len(scan["dst_ips"]) == 100
    assert not [f for f in document["findings"] if "192.168.9.3" in f["src_ips"]]
