"""Packets back out of a large capture: ``python -m benchmarks.carve --capture BASE.pcap``.

A pcap is repeated to the size asked for and investigated; then ``netcordon carve`` and ``tcpdump -r
-w`` write what the same filters match, and ``carve`` the flows of a finding. What counts is the
time, and how much of the capture was read for it: tcpdump always reads all.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.big_capture import count_packets, repeated
from benchmarks.footprint import Run, measure

_NETCORDON = (sys.executable, "-c", "import sys; from netcordon.interfaces.cli import main; main()")
_SERVERS = """
SELECT dst_ip, dst_port, sum(packets_out + packets_in) AS packets,
       strftime(max(start_time) - INTERVAL 1 HOUR, '%Y-%m-%dT%H:%M:%SZ') AS since
FROM network_activity
WHERE dst_port > 0 AND tunnel_parent IS NULL AND vlan IS NULL AND NOT is_fragment
GROUP BY ALL ORDER BY packets, dst_ip, dst_port
"""
"""Servers by what they carried; tcpdump looks neither into tunnels nor behind VLAN tags."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print the table; 1 when the two programs disagree."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--capture", type=Path, required=True, help="repeat this pcap")
    parser.add_argument("--megabytes", type=int, default=2000, help="of the large capture")
    parser.add_argument("--folder", type=Path, help="where it is made and investigated, and kept")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="netcordon-carve-") as made:
        folder, scratch = options.folder or Path(made), Path(made)
        large, workspace = folder / "large.pcap", folder / "case"
        if not large.exists():
            repeated(options.capture, large, options.megabytes * 10**6)
        told = folder / "told.json"
        if not told.exists():
            told.write_text(_netcordon(workspace, "investigate", str(large), "--json").output)
        print(f"a capture of {large.stat().st_size / 1e6:,.0f} MB\n")
        print("| choice | frames | seconds | MB read | tcpdump: frames | seconds |")
        print("|---|--:|--:|--:|--:|--:|")
        is_broken = False
        servers = json.loads(_netcordon(workspace, "sql", _SERVERS, "--format", "json").output)
        for name, at in (("rarest", 0), ("middling", len(servers) // 2), ("busiest", -1)):
            chosen = f"host {servers[at]['dst_ip']} and port {servers[at]['dst_port']}"
            frames = _carve(workspace, scratch, name, "--filter", chosen)
            beside = _measured(["tcpdump", "-n", "-Z", "root", "-r", str(large), "-w",
                                str(scratch / "beside.pcap"), chosen])  # fmt: skip
            expected = count_packets(scratch / "beside.pcap")
            print(f" {expected:,} | {beside.seconds:.1f} |", flush=True)
            is_broken |= frames != expected
        since = f"{chosen} and since {servers[-1]['since']}"
        _carve(workspace, scratch, "the last hour of it", "--filter", since)
        print(" | |", flush=True)
        findings = json.loads(told.read_text())["findings"]
        if findings:
            _carve(workspace, scratch, "a finding", max(findings, key=_rows)["id"])
            print(" | |")
    return int(is_broken)


def _rows(finding: dict[str, Any]) -> tuple[int, str]:
    return sum(len(rows.get("frames", ())) for rows in finding["evidence_rows"]), finding["id"]


def _carve(workspace: Path, scratch: Path, name: str, *chosen: str) -> int:
    """Carve and print the first half of the row; returns the frames."""
    out = scratch / "slice.pcapng"
    out.unlink(missing_ok=True)
    run = _netcordon(workspace, "carve", *chosen, "-o", str(out), "--json")
    carved = json.loads(run.output)
    frames = int(carved["frames"])
    read = carved["read_bytes"] / 1e6
    print(f"| {name} | {frames:,} | {run.seconds:.1f} | {read:,.1f} |", end="")
    return frames


def _netcordon(workspace: Path, command: str, *arguments: str) -> Run:
    return _measured([*_NETCORDON, command, *arguments, "--workspace", str(workspace)])


def _measured(command: Sequence[str]) -> Run:
    run = measure(command, ok=(0, 1) if "investigate" in command else (0,))  # 1: something found
    if isinstance(run, str):
        raise subprocess.SubprocessError(f"{command[-1]}: {run}")
    return run


if __name__ == "__main__":
    sys.exit(main())
