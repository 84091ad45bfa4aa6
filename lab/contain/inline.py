"""Suricata in line at the border: forwarded packets wait in the kernel's queue for its verdict.

It looks before the border's filter and before translation, so inside addresses are what they are.
Were it to die, packets pass: a sensor that fails must not cut the company off.
"""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

from lab import templates, topology
from lab.cage import STATE
from lab.crew import Crew, inside, run

PLACE = STATE / "suricata"
RULES = PLACE / "netcordon.rules"
SOCKET = Path("/run/suricata-command.socket")
"""Where `suricatasc` looks by itself."""
QUEUE = "0"
_PATIENCE_S = 40.0


def start(crew: Crew) -> None:
    """Start it and lead forwarded packets of both families through it."""
    PLACE.mkdir()
    RULES.touch()
    conf = templates.place("suricata.yaml", place=PLACE, socket=SOCKET)
    argv = ["suricata", "-c", str(conf), "-q", QUEUE, "-k", "none", "-l", str(PLACE)]
    crew.start("suricata", topology.BORDER, argv)
    # Not every kernel lets nftables rules queue packets themselves; iptables' target is everywhere.
    jump = ["FORWARD", "-j", "NFQUEUE", "--queue-num", QUEUE, "--queue-bypass"]
    for program in ("iptables", "ip6tables"):
        run(*inside(topology.BORDER, [program, "-w", "-t", "mangle", "-A", *jump]))


def await_ready() -> None:
    """Wait until it takes orders."""
    deadline = time.monotonic() + _PATIENCE_S
    while not _answers():
        if time.monotonic() > deadline:
            raise RuntimeError("Suricata did not come up; its log is suricata.log")
        time.sleep(0.2)


def _answers() -> bool:
    asked = ["suricatasc", "-c", "uptime"]
    return (
        SOCKET.exists() and not subprocess.run(asked, capture_output=True, check=False).returncode
    )
