"""A guard on the device itself, for Linux devices reached by SSH: it works when we are cut off.

What is to be reverted is written to files there; transient timers of systemd (systemd-run(1)) run
fixed argument vectors with these files as their standard input or source. Nothing of it passes a
shell.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netcordon.model.actuator import Call
from netcordon.model.register import EnforcementPoint

FOLDER = "/run/netcordon"
_LINUX = frozenset({"nftables", "iptables", "dns_rpz", "squid", "suricata"})
_MOST_STEPS = 32
_GRACE_S = 2
"""Ours acts at the deadline, the device's a little later: two at once would only be in the way."""


def arm(
    point: EnforcementPoint, run: str, revert: Sequence[Call], after_s: int
) -> tuple[Call, ...]:
    """Calls that arm it; none where the device cannot have one."""
    if not has_guard(point) or not 0 < len(revert) <= _MOST_STEPS:
        return ()
    calls = [Call(argv=("mkdir", "-p", "-m", "0700", FOLDER))]
    for step, call in enumerate(revert):
        source = f"{FOLDER}/{run}-{step}"
        text = call.content if call.content is not None else call.stdin
        calls.append(Call(path=source, content=text))
        calls.append(Call(argv=tuple(_timer(run, step, after_s + _GRACE_S + step, call, source))))
    return tuple(calls)


def disarm(point: EnforcementPoint, run: str) -> tuple[Call, ...]:
    """Calls that take it away again; harmless when it is gone."""
    if not has_guard(point):
        return ()
    stop = ("systemctl", "stop", f"netcordon-{run}-*.timer")
    return (Call(argv=stop, fine=(0, 1, 5)),)


def has_guard(point: EnforcementPoint) -> bool:
    """Whether a device can watch over itself."""
    return point.transport.startswith("ssh://") and point.actuator in _LINUX


def _timer(run: str, step: int, after_s: int, call: Call, source: str) -> Iterator[str]:
    yield from ("systemd-run", f"--on-active={after_s}", f"--unit=netcordon-{run}-{step}")
    yield "--collect"
    if call.argv:
        if call.stdin:
            yield f"--property=StandardInput=file:{source}"
        yield "--"
        yield from call.argv
    else:
        yield from ("--", "cp", "-f", "--", source, call.path)
