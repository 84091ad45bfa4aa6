"""What a person decides about a plan beside the program: what to prefer, isolate, leave, allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from netcordon.model.handling import PAP
from netcordon.model.plan import Posture


class Preference(StrEnum):
    """What becomes of a way instead of cutting it (line C5)."""

    SLOW = "slow"
    PIN = "pin"
    GEO = "geo"
    MFA = "mfa"
    ISOLATE = "isolate"
    LEAVE = "leave"


@dataclass(frozen=True, kw_only=True)
class Picks:
    """A person's choices.

    Attributes:
        prefer: id of a way -> what is done about it instead of cutting it.
        isolate: addresses of our hosts.
        areas: names of zones.
        pap: id of a way -> what may be done with what is known of it.
        override: ids of ways that are blocked all the same, with ``reason``.
        pace: packets a second and pair that a slowed way is left.
    """

    prefer: Mapping[str, Preference] = field(default_factory=dict)
    isolate: Sequence[str] = ()
    areas: Sequence[str] = ()
    pap: Mapping[str, PAP] = field(default_factory=dict)
    override: Sequence[str] = ()
    reason: str = ""
    posture: Posture = Posture.FAST
    pace: int = 20

    def way_ids(self) -> set[str]:
        """Every way that is named."""
        return {*self.prefer, *self.pap, *self.override}
