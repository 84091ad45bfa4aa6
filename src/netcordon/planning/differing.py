"""Two plans side by side: what came, what went, and what they were made of that explains it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from netcordon.model.command import Command
from netcordon.model.plan import Harm, Plan, Way
from netcordon.model.plan_diff import Differs, PlanDiff
from netcordon.model.quantity import count_text
from netcordon.model.register import Register
from netcordon.planning.arranged import commands_of

_MOST_NAMED = 8


def plan_diff(
    before: Plan, after: Plan, old: Register | None = None, new: Register | None = None
) -> PlanDiff:
    """What differs.

    Args:
        before: the earlier plan.
        after: the later one, of any case.
        old: register of the earlier plan, where it is known.
        new: of the later one.
    """
    parts = (
        _differs("ways", _ways(before), _ways(after)),
        _differs("measures", _measures(before), _measures(after)),
        _differs("commands", _commands(before), _commands(after)),
        _differs("harms", _harms(before), _harms(after)),
        _differs("gaps", _gaps(before), _gaps(after)),
    )
    return PlanDiff(
        before=before.id,
        after=after.id,
        reasons=tuple(_reasons(before, after, old, new)),
        parts=tuple(part for part in parts if part.came or part.went),
    )


def _differs(what: str, before: Mapping[object, str], after: Mapping[object, str]) -> Differs:
    return Differs(
        what=what,
        came=tuple(text for key, text in after.items() if key not in before),
        went=tuple(text for key, text in before.items() if key not in after),
    )


def _reasons(
    before: Plan, after: Plan, old: Register | None, new: Register | None
) -> Iterable[str]:
    if before.case_id != after.case_id:
        yield f"they are of two cases: {before.case_id} and {after.case_id}"
    if before.incident_ids != after.incident_ids:
        yield _changed("the incident changed", before.incident_ids, after.incident_ids)
    if before.evidence_ids != after.evidence_ids:
        yield _changed("other evidence", before.evidence_ids, after.evidence_ids)
    if before.register_hash != after.register_hash:
        what = "; ".join(_register(old, new)) if old and new else "in what is not known here"
        yield f"the register changed: {what or 'in order only'}"
    if before.posture != after.posture:
        yield f"posture was {before.posture}, is {after.posture}"
    if before.overrides != after.overrides:
        yield "markings are overridden otherwise"
    marked = {(way.id, way.pap) for way in before.ways} ^ {(w.id, w.pap) for w in after.ways}
    if marked and before.overrides == after.overrides:
        told = sorted({way_id for way_id, pap in marked if pap is not None})
        if told:
            yield f"markings changed: {', '.join(told)}"
    if after.changed_from:
        yield f"{after.id} is a trial of {after.changed_from}"


def _changed(what: str, before: Iterable[str], after: Iterable[str]) -> str:
    went, came = set(before) - set(after), set(after) - set(before)
    said = [f"without {', '.join(sorted(went)[:_MOST_NAMED])}"] if went else []
    said += [f"with {', '.join(sorted(came)[:_MOST_NAMED])}"] if came else []
    return f"{what}: {' and '.join(said) or 'in another order'}"


def _register(old: Register, new: Register) -> Iterable[str]:
    for what, one, other in (
        ("zone", {z.name: z for z in old.zones}, {z.name: z for z in new.zones}),
        ("boundary", {b.name: b for b in old.boundaries}, {b.name: b for b in new.boundaries}),
        ("device", {p.name: p for p in old.points}, {p.name: p for p in new.points}),
        (
            "vital flow",
            {f.name: f for f in old.business.vital_flows},
            {f.name: f for f in new.business.vital_flows},
        ),
        (
            "never-block entry",
            {p.label(): p for p in old.never_block},
            {p.label(): p for p in new.never_block},
        ),
        (
            "asset",
            {a.label(): a for a in old.business.assets},
            {a.label(): a for a in new.business.assets},
        ),
    ):
        for name in sorted({*one, *other}):
            if name not in one:
                yield f"{what} {name} is new"
            elif name not in other:
                yield f"{what} {name} is gone"
            elif one[name] != other[name]:
                yield f"{what} {name} was changed"
    if old.home_nets != new.home_nets:
        yield "home networks were changed"
    if (old.forensic, old.resolvers) != (new.forensic, new.resolvers):
        yield "what an isolated host may reach was changed"
    if old.markings != new.markings:
        yield "markings were changed"


def _end(way: Way) -> str:
    port = f"/{way.port}" if way.port is not None else ""
    return f"{way.src} to {way.dst} {way.protocol}{port}"


def _ways(plan: Plan) -> dict[object, str]:
    """A way that was in doubt and is confirmed is another than before."""
    meant = {cell.way_id for cell in plan.coverage}
    return {
        (_end(way), way.id in meant): f"{_end(way)} ({way.purpose})"
        + ("" if way.id in meant else ", in doubt")
        for way in plan.ways
    }


def _measures(plan: Plan) -> dict[object, str]:
    return {(measure.kind, measure.title): measure.title for measure in plan.measures}


def _commands(plan: Plan) -> dict[object, str]:
    return {
        (command.id, command): f"{command.id} {_said(command)}"
        for command in commands_of(plan.measures)
    }


def _said(command: Command) -> str:
    at = f" at {command.boundary}" if command.boundary else ""
    return (
        f"{command.verb} {command.target.label()} on {command.point}{at}, "
        f"{command.duration_s // 60:,} min"
    )


def _harms(plan: Plan) -> dict[object, str]:
    return {
        (measure.title, tuple((harm.what, harm.flows) for harm in measure.harms)): (
            f"{measure.title}: {_harm(measure.harms)}"
        )
        for measure in plan.measures
        if measure.harms
    }


def _harm(harms: Sequence[Harm]) -> str:
    """The first names stand for all: vital ones come first, then those with most flows."""
    named = ", ".join(f"{'vital ' if h.critical else ''}{h.what}" for h in harms[:3])
    more = f" and {len(harms) - 3} more" if len(harms) > 3 else ""
    return f"{named}{more}, {count_text(sum(harm.flows for harm in harms), 'flow')}"


def _gaps(plan: Plan) -> dict[object, str]:
    by_id = {way.id: way for way in plan.ways}
    return {
        (_end(by_id[gap.way_id]), gap.boundary, gap.reason): f"{_end(by_id[gap.way_id])}"
        + (f" at {gap.boundary}" if gap.boundary else "")
        + f": {gap.reason}"
        for gap in plan.gaps
    }
