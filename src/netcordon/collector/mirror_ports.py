"""What switches are told so that they copy a port's traffic to where one records."""

from __future__ import annotations

import re
from functools import cache

from netcordon.collector.planning import WrongValueError
from netcordon.collector.shipped import shipped
from netcordon.model.capture_plan import Mirroring

_PORT = re.compile(r"[A-Za-z0-9][A-Za-z0-9/._:-]{0,63}\Z")


@cache
def switches() -> dict[str, Mirroring]:
    """Kind of switch -> what it is told, with places for the values."""
    found: dict[str, Mirroring] = {}
    for name, said in shipped("mirrors"):
        found[name] = Mirroring(
            kind=name, title=said["title"], do=tuple(said["do"]), check=tuple(said["check"]),
            undo=tuple(said["undo"]), caution=said["caution"],
        )  # fmt: skip
    return found


def mirroring(
    kind: str, *, source: str, destination: str, session: int, name: str, bridge: str
) -> Mirroring:
    """What one switch is told.

    Args:
        kind: one of ``switches``.
        source: port whose traffic is copied, both ways.
        destination: port where the recording machine is.
        session: number of the session, where there are numbers.
        name: of the session, where there are names.
        bridge: of Open vSwitch.

    Raises:
        KeyError: there is no such kind.
        WrongValueError: a value would not be safe in a configuration.
    """
    plain = switches()[kind]
    values = {
        "source": _safe(source, "the port that is watched"),
        "destination": _safe(destination, "the port where one records"),
        "name": _safe(name, "the name of the session"),
        "bridge": _safe(bridge, "the bridge"),
        "session": str(session),
    }
    if values["source"] == values["destination"]:
        raise WrongValueError("a port cannot be copied to itself")

    def filled(lines: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(line.format_map(values) for line in lines)

    return Mirroring(
        kind=kind, title=plain.title, do=filled(plain.do), check=filled(plain.check),
        undo=filled(plain.undo), caution=plain.caution,
    )  # fmt: skip


def _safe(text: str, what: str) -> str:
    if not _PORT.match(text):
        raise WrongValueError(f"{what}, {text!r}, is no name of a port")
    return text
