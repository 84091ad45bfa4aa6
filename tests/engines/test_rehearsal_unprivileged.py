"""The kernel judges without root where users may have namespaces; else it says what to do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import REQUIRE_ENGINES
from tests.engines.unprivileged import ROOT, as_nobody

pytestmark = pytest.mark.engines

RULES = """
table inet netcordon {
chain f {
type filter hook forward priority -10; policy accept;
ip daddr 203.0.113.7 drop
ip saddr 203.0.113.7 drop
ip6 daddr 2001:db8:bad::/48 drop
}
}
"""
ENDS = (
    ("10.1.0.5", "203.0.113.7", "tcp", True), ("10.1.0.5", "203.0.113.90", "tcp", False),
    ("10.1.0.5", "203.0.113.90", "icmp", False), ("10.1.0.5", "203.0.113.7", "icmp", True),
    ("fd00:1::5", "2001:db8:bad::1", "udp", True), ("fd00:1::5", "2001:db8:90::1", "udp", False),
    ("fd00:1::5", "2001:db8:90::1", "icmp6", False),
)  # fmt: skip
FLOWS = [
    {"evidence_id": "ev-1", "uid": f"C{n}", "src_ip": src, "src_port": 40_000 + n, "dst_ip": dst,
     "dst_port": 443, "protocol": protocol, "begins_inside": True, "is_way": True,
     "model_stops": stopped}
    for n, (src, dst, protocol, stopped) in enumerate(ENDS)
]  # fmt: skip
SCRIPT = f"""
import json, os
from netcordon.casefile.canonical import plain
from netcordon.model.actuator import Call
from netcordon.rehearsal.kernel import judge_flows
found = judge_flows(json.loads({json.dumps(json.dumps(FLOWS))}),
                    [Call(argv=("nft", "-f", "-"), stdin={RULES!r})],
                    ["10.1.0.0/16", "fd00:1::/64"])
print(json.dumps({{"uid": os.geteuid(), **plain(found)}}))
"""


@pytest.fixture(autouse=True)
def programs(engine_program: Callable[[str], str]) -> None:
    for program in ("unshare", "setpriv", "nft", "conntrack"):
        engine_program(program)
    if os.geteuid() != 0:
        (pytest.fail if REQUIRE_ENGINES else pytest.skip)("becoming nobody needs root")


def test_nobody_has_the_kernels_verdict_too(tmp_path: Path) -> None:
    done = as_nobody(tmp_path, sys.executable, "-c", SCRIPT)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    assert found["uid"] == 65_534
    assert "why_not" not in found, found
    # Both families behind translated addresses, echoes, and what was open before the rules came.
    assert (found["judged"], found["stopped"], found["disagreeing"]) == (7, 3, 0)
    assert (found["open_flows"], found["open_stopped"]) == (3, 3)


def test_a_system_that_forbids_namespaces_leaves_the_model_alone_and_says_what_to_do() -> None:
    # Real, not played: this user namespace may have no network namespaces.
    forbid = "echo 0 > /proc/sys/user/max_net_namespaces && exec "
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "sh", "-c", f'{forbid}"$@"', "sh",
         sys.executable, "-c", SCRIPT],
        capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    assert found["why_not"].startswith("unshare:")
    assert "user namespaces" in found["what_to_try"] or "unprivileged" in found["what_to_try"]
