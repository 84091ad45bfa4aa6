"""The remediation process of a plan: its measures as steps, with owner, undo and success."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from netcordon.casefile.canonical import canonical
from netcordon.model.command import Command, Probe
from netcordon.model.measure_kind import KINDS
from netcordon.model.plan import Measure, Plan
from netcordon.model.process import DeviceRules, Process, Step

_BACK = {
    "reversible": "nothing is left of it",
    "best effort": "traces of it may be left",
    "irreversible": "what was done stays done",
}


def process_of(plan: Plan) -> Process:
    """The whole document; the same plan gives the same."""
    numbers = {measure.id: n for n, measure in enumerate(plan.measures, 1)}
    return Process(
        plan_id=plan.id,
        plan_hash=plan.hash,
        case_id=plan.case_id,
        author=plan.author,
        created_time=plan.created_time,
        posture=plan.posture.value,
        steps=tuple(_step(plan, measure, numbers) for measure in plan.measures),
        still_open=tuple(
            f"{gap.way_id}{f' at {gap.boundary}' if gap.boundary else ''}: {gap.reason}"
            for gap in plan.gaps
        ),
        done_when=(
            "every step was seen to work: what must fail fails, what must work works",
            "no flow of a way is seen any more in traffic recorded after the last step",
            "what stays open has an owner and an accepted risk",
        ),
        rules=tuple(
            DeviceRules(point=r.point, actuator=r.actuator, do=r.do, undo=r.undo)
            for r in plan.rules
        ),
        notes=(
            *plan.notes,
            *(
                f"{command_id} is refused by {rules.point}: {why}"
                for rules in plan.rules
                for command_id, why in sorted(rules.refused.items())
            ),
        ),
    )


def _step(plan: Plan, measure: Measure, numbers: Mapping[str, int]) -> Step:
    kind = KINDS.get(measure.kind)
    by_device = tuple(map(_order, measure.commands))
    enforce = f"netcordon contain enforce {plan.id} --only {measure.id}"
    take_back = f"netcordon contain undo {plan.id} --only {measure.id}"
    back = _BACK[measure.reversibility.value]
    return Step(
        number=numbers[measure.id],
        measure_id=measure.id,
        title=measure.title,
        line=kind.line if kind else "",
        owner=measure.owner,
        after=tuple(sorted(numbers[each] for each in measure.after if each in numbers)),
        do=(*by_device, *((enforce,) if by_device else ()), *measure.instructions),
        undo=(*((take_back,) if by_device else ()), *measure.undo_instructions, back),
        reversibility=measure.reversibility.value,
        holds_s=measure.duration_s,
        success=tuple(
            filter(
                None,
                (
                    measure.expected_effect,
                    *map(_probe, measure.negative_probes),
                    *map(_probe, measure.positive_probes),
                ),
            )
        ),
        agree=measure.approvals,
    )


def _order(command: Command) -> str:
    place = f"{command.point} at {command.boundary}" if command.boundary else command.point
    return f"{command.id} on {place}: {command.verb.value} {command.target.label()}"


def _probe(probe: Probe) -> str:
    service = f" {probe.protocol}" + (f"/{probe.port}" if probe.port is not None else "")
    must = "must work" if probe.must_work else "must fail"
    return f"{must}: {probe.src} to {probe.dst}{service} ({probe.why})"


def digest_of(process: Process) -> str:
    """SHA-256 of the canonical JSON of a process, hexadecimal."""
    return _sha256(process)


def parts_of(process: Process) -> dict[str, str]:
    """Name of each part -> SHA-256 of it: the frame, each step, the rules of each device."""
    frame = {
        "plan": (process.plan_id, process.plan_hash, process.case_id, process.author),
        "time": process.created_time,
        "posture": process.posture,
        "notes": process.notes,
    }
    return {
        "the head": _sha256(frame),
        **{f"step {step.number}": _sha256(step) for step in process.steps},
        "what stays open": _sha256(process.still_open),
        "what shows that it is done": _sha256(process.done_when),
        **{f"the rules of {rules.point}": _sha256(rules) for rules in process.rules},
    }


def _sha256(value: object) -> str:
    return hashlib.sha256(canonical(value).encode("ascii")).hexdigest()
