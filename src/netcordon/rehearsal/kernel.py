"""The kernel's verdict on recorded flows: rules in a throw-away namespace, a probe for each flow.

Everything happens in namespaces that ``prober`` makes inside one of its own, as root or, where the
system lets users have namespaces, without; nothing of the machine's network is touched.
"""

from __future__ import annotations

import ipaddress
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from netcordon.model.actuator import Call
from netcordon.model.rehearsal import EngineVerdict
from netcordon.rehearsal.enclosed import asked, missing_of
from netcordon.rehearsal.trial import Judge, Trial, compared, of_flow

PROGRAMS = ("unshare", "nsenter", "ip", "nft", "sysctl", "conntrack")
_ENGINES = {"nftables": "Linux nftables", "iptables": "Linux iptables"}
_PROBED = frozenset({"tcp", "udp", "icmp", "icmp6"})


def _judged(trial: Trial) -> tuple[EngineVerdict, ...]:
    calls = [call for call in trial.calls if call.argv]
    engine = _ENGINES[trial.rules.actuator]
    return (trial.verdict(engine, **judge_flows(trial.flows, calls, trial.boundary.translated)),)


def judge_flows(
    flows: Sequence[Mapping[str, Any]], calls: Sequence[Call], translated: Sequence[str] = ()
) -> Mapping[str, Any]:
    """Let the kernel judge flows under rules.

    Args:
        flows: of ``sample.crossing``; those of the attacker's ways that are to be stopped are
            judged as open connections too.
        calls: programs that put the rules in force.
        translated: networks whose addresses are translated on their way out.

    Returns:
        Fields of an ``EngineVerdict``.
    """
    if why := missing_of((*PROGRAMS, *dict.fromkeys(call.argv[0] for call in calls))):
        return {"why_not": why}
    fit, unjudged = _fit(flows)
    begun = time.monotonic()
    told = [{"argv": c.argv, "stdin": c.stdin, "fine": c.fine, "unless": c.unless} for c in calls]
    answer = asked(
        "prober",
        {"flows": [_probe(flow) for flow in fit], "calls": told, "translated": translated},
    )
    if "error" in answer:
        return {"why_not": str(answer["error"]), "what_to_try": str(answer.get("try", ""))}
    for _ in answer["untouched"]:
        unjudged["does not pass the test network even without rules"] += 1
    skipped, passed = set(answer["untouched"]), set(answer["passed"])
    found = [of_flow(f, n not in passed) for n, f in enumerate(fit) if n not in skipped]
    return {
        **compared(found),
        "unjudged": dict(sorted(unjudged.items())),
        "open_flows": len(answer["open_judged"]),
        "open_stopped": len(answer["open_judged"]) - len(answer["open_passed"]),
        "seconds": time.monotonic() - begun,
    }


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


JUDGE = Judge(actuators=tuple(_ENGINES), judge=_judged)
"""Linux itself, by either of its two front ends."""
