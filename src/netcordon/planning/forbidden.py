"""Commands that must not be given, and why: protected networks and names, critical flows."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from netcordon.model.command import Target
from netcordon.model.plan import Harm
from netcordon.model.register import Protected, Register


def why_forbidden(
    target: Target, harms: Sequence[Harm], register: Register, protected: Sequence[Protected]
) -> str | None:
    """Why a target must not be blocked, in words; ``None`` when it may.

    Args:
        target: of the command.
        harms: what it would stop of recorded traffic.
        register: of the network.
        protected: the organisation's never-block entries and the shipped ones.
    """
    for entry in protected:
        if _meets(target, entry):
            return f"it would block {entry.label()}, which must never be blocked"
    if target.outside and not target.inside:
        own = next((net for net in register.home_nets if _overlap(net, target.outside)), None)
        if own:
            return f"it would cut off {own}, a network of ours"
    critical = [harm for harm in harms if harm.critical]
    if critical:
        worst = critical[0]
        asked = f", owner {worst.owner}" if worst.owner else ""
        return f"it would stop the vital flow {worst.critical}{asked} ({worst.flows:,} flows seen)"
    return None


def _meets(target: Target, entry: Protected) -> bool:
    if entry.name:
        name = target.domain
        # Blocking a name blocks all under it; protecting a name protects all under it.
        return bool(name) and (
            name == entry.name or name.endswith(f".{entry.name}") or entry.name.endswith(f".{name}")
        )
    if not target.outside or target.ja4:
        return False
    # A single pair of ends leaves the protected host to everybody else.
    return not target.inside and _overlap(entry.network, target.outside)


def _overlap(a: str, b: str) -> bool:
    first, second = ipaddress.ip_network(a), ipaddress.ip_network(b)
    return first.version == second.version and first.overlaps(second)
