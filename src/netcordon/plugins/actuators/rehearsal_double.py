"""A device that is none: it keeps rules in a file and stops nothing. For drills and tests.

How it stops traffic   Not at all. It remembers what it was told and says so when it is asked.
Prepare                `transport = "double:/path/of/a/file"`. Its options `fault` and `fault_at`
                       make it fail (`enforcement/transports/double.py`), so that people see what a
                       refusal, a lie or a dead line looks like before it is a real one.
Cannot                 Stop a packet. A plan must not count on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from netcordon.model.ability import Ability
from netcordon.model.actuator import Actuator, Call, Rendered, Site
from netcordon.model.command import Command, InForce, Verb


def _write(commands: Sequence[Command], site: Site) -> tuple[str, str]:
    do = [f"hold {site.case_id} {c.id} {c.duration_s} {c.target.label()}\n" for c in commands]
    undo = [f"drop {site.case_id} {c.id}\n" for c in commands]
    return "".join(do), "".join(undo)


def _read(text: str, site: Site, at: datetime) -> tuple[InForce, ...]:  # noqa: ARG001
    rules = [line.split(" ") for line in text.splitlines()]
    return tuple(
        InForce(command_id=words[1])
        for words in rules
        if len(words) > 1 and words[0] == site.case_id
    )


def _told(text: str) -> tuple[Call, ...]:
    return (Call(stdin=text),) if text else ()


def _listed(site: Site) -> tuple[Call, ...]:  # noqa: ARG001
    return (Call(stdin="list\n"),)


def _applied(rendered: Rendered, site: Site) -> tuple[Call, ...]:  # noqa: ARG001
    return _told(rendered.do)


def _reverted(rendered: Rendered, site: Site) -> tuple[Call, ...]:  # noqa: ARG001
    return _told(rendered.undo)


ACTUATOR = Actuator(
    title="Rehearsal double (stops nothing)",
    ability=Ability(verbs=tuple(Verb), names=True, ja4=True, rejects=True),
    keeps_time=False,
    write=_write,
    apply=_applied,
    revert=_reverted,
    snapshot=_listed,
    look=_listed,
    read=_read,
)
