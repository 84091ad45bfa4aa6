"""Commands that must not be given, and why: by what is declared, and by what was recorded."""

from __future__ import annotations

from collections.abc import Sequence

from netcordon.model.command import Command
from netcordon.model.plan import Harm
from netcordon.model.register import Register
from netcordon.planning.lint import lint


def why_forbidden(command: Command, harms: Sequence[Harm], register: Register) -> str | None:
    """Why a command must not be given, in words; ``None`` when it may.

    What is declared forbids whether or not it was recorded: that nobody used a vital flow lately is
    no reason to cut it. One host that was taken over may be cut off from a vital flow; its business
    line has to agree.

    Args:
        command: well-formed.
        harms: what it would stop of recorded traffic.
        register: of the network, with the shipped never-block entries.
    """
    serious = [remark.text for remark in lint([command], register) if remark.serious]
    if serious:
        return "; ".join(serious)
    vital = [harm for harm in harms if harm.critical]
    if command.target.inside or not vital:
        return None
    owner = f", owner {vital[0].owner}" if vital[0].owner else ""
    return f"it stops {vital[0].critical!r}{owner} ({vital[0].flows:,} flows seen)"
