"""How a device is reached: each transport makes calls, and none of them passes a shell here."""

from __future__ import annotations

from typing import Protocol

from netcordon.enforcement.effects import Reply
from netcordon.enforcement.transports.double import double_at
from netcordon.enforcement.transports.drop import Drop
from netcordon.enforcement.transports.https import Https
from netcordon.enforcement.transports.local import Local
from netcordon.enforcement.transports.ssh import Ssh
from netcordon.errors import UsageError
from netcordon.model.actuator import Call
from netcordon.model.register import EnforcementPoint


class Transport(Protocol):
    """Makes one call at one device; never raises, whatever the device does."""

    def run(self, call: Call) -> Reply:
        """What came of it."""
        ...


def by_hand(point: EnforcementPoint) -> bool:
    """Whether a person carries commands to this device."""
    return not point.transport


def transport_to(point: EnforcementPoint) -> Transport:
    """The transport that a device declares.

    Raises:
        UsageError: NC-846 when there is none, or what it needs is missing.
    """
    if by_hand(point):
        raise UsageError(
            "NC-846",
            f"Device {point.name!r} is reached by nothing but a person.",
            "netcordon.toml names no transport for it",
            "type what the plan says, then netcordon contain confirm",
        )
    kind = point.transport.partition(":")[0]
    match kind:
        case "local":
            return Local(point)
        case "ssh":
            return Ssh(point)
        case "https":
            return Https(point)
        case "file":
            return Drop(point)
        case "double":
            return double_at(point)
    raise UsageError(
        "NC-846",
        f"Device {point.name!r} cannot be reached.",
        f"there is no transport {kind!r}",
        "local, ssh://user@host, https://host, file:/directory, or double:/file for drills",
    )
