"""Plans of a case for its report: what was to be done, and what became of each measure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from netcordon.casefile.actions import changes, done, latest
from netcordon.casefile.canonical import instant
from netcordon.casefile.journal import Journal
from netcordon.casefile.plans import plan_documents, rehearsals
from netcordon.model.contained import ContainedMeasure, ContainedPlan
from netcordon.model.enforced import ActionState, Change

_WORST_FIRST = (
    ActionState.FAILED,
    ActionState.DRIFTED,
    ActionState.ROLLED_BACK,
    ActionState.APPLYING,
    ActionState.EXPIRING,
    ActionState.ACCEPTED,
    ActionState.ACTIVE,
    ActionState.VERIFIED,
    ActionState.UNDONE,
    ActionState.APPROVED,
    ActionState.DRAFT,
)
_STANDS = frozenset({ActionState.ACCEPTED, ActionState.ACTIVE, ActionState.VERIFIED})


def contained(journal: Journal, case_id: str) -> tuple[ContainedPlan, ...]:
    """Plans of which something was done, and the latest one, oldest first."""
    made = [_plan(journal, document) for document in plan_documents(journal, case_id)]
    return tuple(plan for plan in made if plan.begun or plan is made[-1])


def measure_lines(journal: Journal, case_id: str) -> Iterator[str]:
    """Of each measure that was touched: where it is now, until when, and what was seen last."""
    for plan in contained(journal, case_id):
        for measure in plan.measures:
            if not measure.states:
                continue
            until = f", until {measure.until:%Y-%m-%d %H:%M} UTC" if measure.until else ""
            why = f" ({measure.why})" if measure.why else ""
            states = ", ".join(measure.states)
            yield f"{plan.id} {measure.id}, {measure.title}: {states}{until}{why}"


def _plan(journal: Journal, document: Mapping[str, Any]) -> ContainedPlan:
    plan_id = str(document["id"])
    tried = [d for _, d in rehearsals(journal, plan_id) if d["plan_hash"] == document["hash"]]
    states = tuple(latest(changes(journal, plan_id)).values())
    by_people = done(journal, plan_id)
    covered = {str(way) for measure in document["measures"] for way in measure["covers"]}
    gaps = dict.fromkeys(str(gap["way_id"]) for gap in document["gaps"])
    return ContainedPlan(
        id=plan_id,
        hash=str(document["hash"]),
        author=str(document["author"]),
        made_time=instant(str(document["created_time"])),
        rehearsed=bool(tried[-1]["passed"]) if tried else None,
        rehearsed_time=instant(str(tried[-1]["time"])) if tried else None,
        measures=tuple(_measure(each, states, by_people) for each in document["measures"]),
        open_ways=tuple(way for way in gaps if way not in covered),
    )


def _measure(
    document: Mapping[str, Any], states: Sequence[Change], by_people: Mapping[str, str]
) -> ContainedMeasure:
    measure_id = str(document["id"])
    mine = [change for change in states if change.measure_id == measure_id]
    mine.sort(key=lambda change: (_WORST_FIRST.index(change.state), change.point, change.id))
    said = by_people.get(measure_id, "")
    ends = [c.expires_time for c in mine if c.state in _STANDS and c.expires_time is not None]
    return ContainedMeasure(
        id=measure_id,
        title=str(document["title"]),
        owner=str(document["owner"]),
        covers=tuple(map(str, document["covers"])),
        by_people=not document["commands"],
        states=("done",) if said else tuple(dict.fromkeys(str(c.state) for c in mine)),
        since=min((change.time for change in mine), default=None),
        until=min(ends, default=None),
        why=f"said {said}" if said else mine[0].why if mine else "",
    )
