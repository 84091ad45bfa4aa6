"""The kernel's verdict on recorded flows: rules in a throw-away namespace, a probe for each flow.

Everything happens in namespaces that ``prober`` makes inside one of its own, as root or, where the
system lets users have namespaces, without; nothing of the machine's network is touched.
"""

from __future__ import annotations

import ipaddress
import json
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from netcordon.model.plan import Rules
from netcordon.model.register import Boundary
from netcordon.model.rehearsal import Disagreement, EngineVerdict

ENGINE = "Linux nftables"
PROGRAMS = ("unshare", "nsenter", "ip", "nft", "sysctl", "conntrack")
MOST_SECONDS = 600
_PROBED = frozenset({"tcp", "udp", "icmp", "icmp6"})
_MOST_SHOWN = 50


def judge_rules(
    rules: Rules, boundary: Boundary, flows: Sequence[Mapping[str, Any]]
) -> EngineVerdict:
    """Let the kernel judge flows that cross one boundary.

    Args:
        rules: of an enforcement point with actuator ``nftables`` on this boundary.
        boundary: whose translated networks are translated here as well.
        flows: ``evidence_id``, ``uid``, ``src_ip``, ``src_port``, ``dst_ip``, ``dst_port``,
            ``protocol``, ``begins_inside``, ``is_way``, ``model_stops``. Those of the attacker's
            ways that are to be stopped are judged as open connections too.
    """
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    verdict = EngineVerdict(engine=ENGINE, point=rules.point, boundary=boundary.name)
    if missing:
        return replace(verdict, why_not=f"{', '.join(missing)} not installed")
    fit, unjudged = _fit(flows)
    begun = time.monotonic()
    answer = _asked(
        {
            "flows": [_probe(flow) for flow in fit],
            "rules": rules.do,
            "translated": [n for n in boundary.translated if ipaddress.ip_network(n).version == 4],
        }
    )
    if "error" in answer:
        return replace(verdict, why_not=str(answer["error"]))
    for _ in answer["untouched"]:
        unjudged["does not pass the test network even without rules"] += 1
    skipped, passed = set(answer["untouched"]), set(answer["passed"])
    wrong = [
        flow
        for place, flow in enumerate(fit)
        if place not in skipped and bool(flow["model_stops"]) == (place in passed)
    ]
    return replace(
        verdict,
        flows=len(fit) - len(skipped),
        stopped=len(fit) - len(skipped) - len(passed),
        unjudged=dict(sorted(unjudged.items())),
        open_flows=len(answer["open_judged"]),
        open_stopped=len(answer["open_judged"]) - len(answer["open_passed"]),
        disagreements=tuple(_disagreement(flow) for flow in wrong[:_MOST_SHOWN]),
        seconds=time.monotonic() - begun,
    )


def _fit(flows: Sequence[Mapping[str, Any]]) -> tuple[list[Mapping[str, Any]], Counter[str]]:
    """Flows that can be probed, each pair of ends and ports once; and why the others cannot."""
    fit: dict[tuple[object, ...], Mapping[str, Any]] = {}
    unjudged: Counter[str] = Counter()
    for flow in flows:
        ends = [ipaddress.ip_address(str(flow[key])) for key in ("src_ip", "dst_ip")]
        if flow["protocol"] not in _PROBED:
            unjudged[f"protocol {flow['protocol']} is not probed"] += 1
        elif any(e.is_multicast or e.is_loopback or e.is_unspecified or e.is_link_local
                 or str(e) == "255.255.255.255" for e in ends):  # fmt: skip
            unjudged["an address that no router forwards"] += 1
        else:
            key = tuple(flow[k] for k in ("src_ip", "src_port", "dst_ip", "dst_port", "protocol"))
            fit.setdefault(key, flow)
    return list(fit.values()), unjudged


def _probe(flow: Mapping[str, Any]) -> dict[str, object]:
    ported = flow["protocol"] in ("tcp", "udp")
    return {
        "src": flow["src_ip"],
        "dst": flow["dst_ip"],
        "protocol": flow["protocol"],
        # A port of 0 is no port to the kernel's connection tracking.
        "sport": flow["src_port"] or 1 if ported else hash_port(str(flow["uid"])),
        "dport": flow["dst_port"] or 1 if ported else 0,
        "begins": "i0" if flow["begins_inside"] else "o0",
        # What no rule is meant to stop goes on, and proves nothing.
        "open": bool(flow["is_way"] and flow["model_stops"]),
    }


def hash_port(uid: str) -> int:
    """An echo identifier that differs from flow to flow and is the same each time."""
    return int(sum(ord(c) * 31**n for n, c in enumerate(uid[-6:])) % 65_535) + 1


def _asked(job: Mapping[str, Any]) -> Mapping[str, Any]:
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    package = str(Path(__file__).parents[2])
    done = subprocess.run(
        ["unshare", *user, "--net", "--", sys.executable, "-P", "-m", "netcordon.rehearsal.prober"],
        input=json.dumps(job),
        capture_output=True,
        text=True,
        timeout=MOST_SECONDS,
        check=False,
        env={**os.environ, "PYTHONPATH": package},
    )
    if done.returncode:
        said = done.stderr.strip().splitlines()
        return {"error": said[-1][:300] if said else f"exit status {done.returncode}"}
    answer: Mapping[str, Any] = json.loads(done.stdout)
    return answer


def _disagreement(flow: Mapping[str, Any]) -> Disagreement:
    return Disagreement(
        evidence_id=str(flow["evidence_id"]),
        uid=str(flow["uid"]),
        src_ip=str(flow["src_ip"]),
        dst_ip=str(flow["dst_ip"]),
        dst_port=int(flow["dst_port"]),
        protocol=str(flow["protocol"]),
        model_stops=bool(flow["model_stops"]),
    )
