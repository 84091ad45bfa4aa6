"""What is to be put in force, a device while it is worked on, and what came of it all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from netcordon.enforcement.device import Device, Pending
from netcordon.model.actuator import Actuator, Site
from netcordon.model.command import Probe
from netcordon.model.enforced import Attempted, Outstanding


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is asked for.

    Attributes:
        run: names it; lower-case letters and digits.
        window_s: time to confirm.
        confirmed: confirm without a person's word when everything holds.
        positive: probes that must go on working; ``negative``: measure -> probes that must fail.
    """

    run: str
    window_s: int
    confirmed: bool
    positive: tuple[Probe, ...] = ()
    negative: Mapping[str, tuple[Probe, ...]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Work:
    """What one device is to be told; ``wanted`` all of one case.

    Attributes:
        site: bare of what stands.
        by_hand: a person carries the commands to the device.
    """

    device: Device
    actuator: Actuator
    site: Site
    wanted: tuple[Outstanding, ...]
    by_hand: bool = False


@dataclass
class Place:
    """A device while it is worked on, and what came of it.

    Attributes:
        already: ids that were in force before; ``refused``: id -> why the device cannot be told.
        problem: why nothing, or nothing more, was done there.
        typed: what a person has to type.
        notes: what went wrong besides, and did not matter.
    """

    work: Work
    device: Device
    already: tuple[str, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""
    typed: str = ""
    notes: tuple[str, ...] = ()
    differs: tuple[str, ...] = ()

    @property
    def pending(self) -> Pending:
        """Of its device; there must be one."""
        assert self.device.pending is not None
        return self.device.pending


@dataclass(frozen=True, kw_only=True)
class Enforced:
    """What came of it all.

    Attributes:
        deadline: when it is taken back unless somebody confirms; ``None`` when nothing waits.
        before, after: the probes, made before and after the change.
        why_back: why everything was taken back; empty when it was not.
    """

    places: tuple[Place, ...]
    deadline: datetime | None = None
    before: tuple[Attempted, ...] = ()
    after: tuple[Attempted, ...] = ()
    why_back: str = ""
