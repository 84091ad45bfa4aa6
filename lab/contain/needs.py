"""What this lab needs beyond what a recording does."""

from __future__ import annotations

import shutil
import subprocess

from lab import record

PROGRAMS = {
    "conntrack": "conntrack",
    "iptables": "iptables",
    "suricata": "suricata",
    "suricatasc": "suricata",
    "unbound": "unbound",
    "unbound-control": "unbound",
}
_QUEUE = (
    *("unshare", "--net", "iptables", "-w", "-t", "mangle", "-A", "FORWARD"),
    *("-j", "NFQUEUE", "--queue-num", "0", "--queue-bypass"),
)


def missing() -> str:
    """Everything that is missing, in one sentence; empty when it can begin."""
    wants = [record.missing()]
    path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    lacking = {package for program, package in PROGRAMS.items()
               if shutil.which(program, path=path) is None}  # fmt: skip
    if lacking:
        wants.append(f"the Debian packages {' '.join(sorted(lacking))}")
    elif not wants[0] and subprocess.run(_QUEUE, capture_output=True, check=False).returncode:
        wants.append("a kernel that queues packets for programs (NFQUEUE)")
    return "; ".join(filter(None, wants))
