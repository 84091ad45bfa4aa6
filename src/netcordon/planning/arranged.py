"""The order of measures: what one would destroy for another comes later, and says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from netcordon.model.command import Command
from netcordon.model.measure_kind import KINDS, Stage
from netcordon.model.plan import Measure, Posture
from netcordon.planning.numbering import Numbering
from netcordon.planning.tasks import Draft

_ENDS_A_HOST = frozenset({"isolate_host", "quarantine"})


def arranged(
    drafts: Sequence[Draft], posture: Posture, numbering: Numbering
) -> tuple[Measure, ...]:
    """Measures in the order in which they are due, with ids; their commands numbered.

    Memory is copied before its host is isolated, whatever the posture. Fast: the ways out are cut
    first, while memory is being copied. Discreet: everything the attacker does not notice comes
    first, then all the rest, in one go.
    """
    due = sorted(drafts, key=lambda draft: _place(draft.measure, posture))
    ids = {id(draft): f"msr-{number}" for number, draft in enumerate(due, 1)}
    copied = {draft.host: ids[id(draft)] for draft in due if draft.measure.kind == "capture_memory"}
    unseen = tuple(
        ids[id(draft)] for draft in due if not KINDS[draft.measure.kind].visible_to_attacker
    )
    out: list[Measure] = []
    for draft in due:
        kind = KINDS[draft.measure.kind]
        after: tuple[str, ...] = ()
        if draft.measure.kind in _ENDS_A_HOST and draft.host in copied:
            after = (copied[draft.host],)
        if posture is Posture.DISCREET and kind.visible_to_attacker:
            after = unseen
        out.append(
            replace(
                draft.measure,
                id=ids[id(draft)],
                after=after,
                commands=tuple(map(numbering.numbered, draft.measure.commands)),
            )
        )
    return tuple(out)


def _place(measure: Measure, posture: Posture) -> tuple[int, int]:
    kind = KINDS[measure.kind]
    if posture is Posture.DISCREET:
        return (int(kind.visible_to_attacker), kind.stage)
    # What bleeds is stopped first; copying memory takes an hour and waits for nobody.
    return (0 if kind.stage is Stage.CUT and measure.commands else 1, kind.stage)


def commands_of(measures: Sequence[Measure]) -> list[Command]:
    """All commands, in order."""
    return [command for measure in measures for command in measure.commands]
