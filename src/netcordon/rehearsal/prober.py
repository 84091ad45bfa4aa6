"""Runs in a network namespace of its own and asks a second one, the firewall, for its verdicts.

Probes go in at one cable and come out at the other, or do not; when this process ends, both
namespaces are gone.

A flow is probed as it would happen: the initiator's first packet, the responder's answer to what
came through (so that address translation is undone as in life), and, for flows that are open when
the rules arrive, data both ways afterwards.
"""

from __future__ import annotations

import ipaddress
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netcordon.rehearsal.cables import Cables
from netcordon.rehearsal.enclosure import Enclosure
from netcordon.rehearsal.job import answer_job
from netcordon.rehearsal.packets import PSH_ACK, SYN, SYN_ACK, Probes, probes, turned

SITE = """
table inet site {
  chain forward {
    type filter hook forward priority 0; policy accept;
    ct state established,related accept
  }
}
"""
"""As on any real firewall: connections are tracked, and open ones are let through."""

_SIDES = (("i0", "o0"), ("o0", "i0"))
"""Where flows begin, and where their answers do."""


class _Exchanges:
    """Flows as they happen between the two cables.

    Args:
        cables: they go over.
        flows: as in ``judge``.
    """

    def __init__(self, cables: Cables, flows: Sequence[Mapping[str, Any]]) -> None:
        self._cables = cables
        self._first = probes(flows)
        self._outward = np.array([flow["begins"] == "i0" for flow in flows], bool)
        self._ends = self._first.copy()

    def begin(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """Flows whose first packet and answer both come through."""
        seen = self._both(self._first[places], SYN, answers=False)
        self._ends[seen["number"]] = seen
        return _numbers(self._both(turned(seen), SYN_ACK, answers=True))

    def go_on(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """Flows of which data still comes through in both directions."""
        there = _numbers(self._both(self._first[places], PSH_ACK, answers=False))
        back = _numbers(self._both(turned(self._ends[places]), PSH_ACK, answers=True))
        return np.intersect1d(there, back)

    def _both(self, packets: Probes, flags: int, *, answers: bool) -> Probes:
        """From the side where flows begin, or from the one where they are answered."""
        outward = self._outward[packets["number"]]
        found = [packets[:0]]
        for sides, chosen in zip(_SIDES, (outward, ~outward), strict=True):
            if chosen.any():
                side = sides[answers]
                found.append(self._cables.send(packets[chosen], side, flags, answers=answers))
        return np.concatenate(found)


def _numbers(packets: Probes) -> NDArray[np.int64]:
    return np.sort(packets["number"].astype(np.int64))


def judge(job: Mapping[str, Any]) -> dict[str, Any]:
    """Verdict of each flow, new and (where asked for) already open.

    Args:
        job: ``flows`` (``src``, ``sport``, ``dst``, ``dport``, ``protocol``, ``begins`` the cable
            of its initiator, ``open`` whether it is also judged as an open connection), ``calls``
            (``argv``, ``stdin``, ``fine``, ``unless``: what puts the rules in force),
            ``translated`` (networks behind this firewall).

    Returns:
        ``untouched``: places of flows that did not pass even without rules; ``passed``: places of
        those that pass with them, both ways; ``open_passed``: likewise for open connections;
        ``seconds``: of each part; ``frames``: that were sent.
    """
    flows: list[Mapping[str, Any]] = job["flows"]
    marks = [("begin", time.monotonic())]
    enclosure = Enclosure()
    try:
        cables = Cables(enclosure.macs)
        enclosure.inside("nft", "-f", "-", stdin=SITE + _translation(job["translated"]))
        marks.append(("namespaces", time.monotonic()))
        exchanges = _Exchanges(cables, flows)
        bare = exchanges.begin(np.arange(len(flows)))
        marks.append(("without rules", time.monotonic()))
        _put_in_force(enclosure, job["calls"])
        marks.append(("rules", time.monotonic()))
        wanted = np.array([flow["open"] for flow in flows], bool)
        open_flows = bare[wanted[bare]]
        open_passed = exchanges.go_on(open_flows)
        marks.append(("open connections", time.monotonic()))
        enclosure.inside("conntrack", "-F")
        passed = exchanges.begin(bare)
        marks.append(("with rules", time.monotonic()))
    finally:
        enclosure.close()
    return {
        "untouched": np.setdiff1d(np.arange(len(flows)), bare).tolist(),
        "passed": passed.tolist(),
        "open_judged": open_flows.tolist(),
        "open_passed": open_passed.tolist(),
        "frames": cables.sent,
        "seconds": {
            name: now - before
            for (_, before), (name, now) in pairwise(marks)
        },
    }  # fmt: skip


def _put_in_force(enclosure: Enclosure, calls: Sequence[Mapping[str, Any]]) -> None:
    with tempfile.TemporaryDirectory(prefix="netcordon-lock-") as folder:
        for call in calls:
            lock = str(Path(folder) / "lock")
            if call["unless"] and _succeeds(enclosure, call["unless"], lock):
                continue
            enclosure.inside(*call["argv"], stdin=call["stdin"], fine=call["fine"], lock=lock)


def _succeeds(enclosure: Enclosure, argv: Sequence[str], lock: str) -> bool:
    try:
        enclosure.inside(*argv, lock=lock)
    except RuntimeError:
        return False
    return True


def _translation(networks: Sequence[str]) -> str:
    """Each inside network behind the address of the firewall's outer side."""
    out = ""
    for family, chosen in (("ip", _of(4, networks)), ("ip6", _of(6, networks))):
        if chosen:
            out += (
                f"table {family} translation {{ chain post {{ type nat hook postrouting "
                f"priority srcnat;\n"
                f'oifname "out0" {family} saddr {{ {chosen} }} masquerade\n}}\n}}\n'
            )
    return out


def _of(version: int, networks: Sequence[str]) -> str:
    return ", ".join(n for n in networks if ipaddress.ip_network(n).version == version)


if __name__ == "__main__":
    sys.exit(answer_job(judge))
