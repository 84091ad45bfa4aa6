"""Commands that must not be given, and why: protected networks and names, vital flows."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from netcordon.model.business import VitalFlow
from netcordon.model.command import Target
from netcordon.model.plan import Harm
from netcordon.model.register import Protected, Register


def why_forbidden(
    target: Target, harms: Sequence[Harm], register: Register, protected: Sequence[Protected]
) -> str | None:
    """Why a target must not be blocked, in words; ``None`` when it may.

    A vital flow forbids whether or not it was recorded: that nobody used it lately is no reason to
    cut it. One host that was taken over may be cut off from it, which its business line approves.

    Args:
        target: of the command.
        harms: what it would stop of recorded traffic.
        register: of the network.
        protected: the organisation's never-block entries and the shipped ones.
    """
    for entry in protected:
        if _meets(target, entry):
            return f"it would block {entry.label()}, which must never be blocked"
    if target.inside:
        return None
    own = next(
        (n for n in register.home_nets if target.outside and _overlap(n, target.outside)), ""
    )
    if own:
        return f"it would cut off {own}, a network of ours"
    told = {harm.critical: harm for harm in harms if harm.critical}
    for flow in register.business.vital_flows:
        if flow.name in told or touches(target, flow):
            asked = f", owner {flow.owner}" if flow.owner else ""
            seen = f"{told[flow.name].flows:,} flows seen" if flow.name in told else "as declared"
            return f"it would stop the vital flow {flow.name}{asked} ({seen})"
    return None


def touches(target: Target, flow: VitalFlow) -> bool:
    """Whether a target and a vital flow, as they are declared, have traffic in common."""
    if target.port is not None and flow.port is not None and target.port != flow.port:
        return False
    if target.protocol and flow.protocol and target.protocol != flow.protocol:
        return False
    if target.inside and not _overlap(target.inside, flow.src):
        return False
    if target.domain:
        return bool(flow.dst_name) and _same_tree(target.domain, flow.dst_name)
    return bool(flow.dst) and bool(target.outside) and _overlap(target.outside, flow.dst)


def _meets(target: Target, entry: Protected) -> bool:
    if entry.name:
        return bool(target.domain) and _same_tree(target.domain, entry.name)
    # A single pair of ends leaves the protected host to everybody else; so does a fingerprint.
    if not target.outside or target.inside or target.ja4:
        return False
    return _overlap(entry.network, target.outside)


def _same_tree(a: str, b: str) -> bool:
    """Whether one name is the other or under it: blocking a name blocks all under it."""
    return a == b or a.endswith(f".{b}") or b.endswith(f".{a}")


def _overlap(a: str, b: str) -> bool:
    first, second = ipaddress.ip_network(a), ipaddress.ip_network(b)
    return first.version == second.version and first.overlaps(second)
