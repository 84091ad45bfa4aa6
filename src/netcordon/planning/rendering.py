"""What each enforcement point would be given, in its own language, with its undo."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from netcordon.model.actuator import Actuator, Site
from netcordon.model.command import Command
from netcordon.model.plan import Rules
from netcordon.model.register import Register


def site_of(register: Register, case_id: str, point: str) -> Site:
    """Where the commands of one enforcement point will hold."""
    return Site(
        point=register.point(point),
        boundaries=tuple(b for b in register.boundaries if point in b.points),
        never_block=tuple(p.network for p in register.never_block if p.network),
        home_nets=register.home_nets,
        case_id=case_id,
    )


def boundary_of(register: Register, names: Iterable[str]) -> str:
    """The boundary that a command for a device on several is written for, whose rules fit all.

    Where addresses are translated, rules look at connections as they began, which is right where
    they are not translated as well; where both families cross, rules are written for both.
    """
    known = [register.boundary(name) for name in dict.fromkeys(names) if name]
    best = max(known, key=lambda b: (bool(b.translated), len(b.families)), default=None)
    return best.name if best else ""


def rules_of(
    commands: Sequence[Command], register: Register, actuators: Mapping[str, Actuator], case_id: str
) -> tuple[Rules, ...]:
    """Rules for each device, by the name of the device.

    Raises:
        KeyError: a device or its actuator is unknown.
    """
    by_point: dict[str, list[Command]] = defaultdict(list)
    for command in commands:
        by_point[command.point].append(command)
    out: list[Rules] = []
    for point, told in sorted(by_point.items()):
        name = register.point(point).actuator
        rendered = actuators[name].render(told, site_of(register, case_id, point))
        out.append(
            Rules(
                point=point,
                actuator=name,
                do=rendered.do,
                undo=rendered.undo,
                command_ids=rendered.expressed,
                refused=rendered.refused,
            )
        )
    return tuple(out)
