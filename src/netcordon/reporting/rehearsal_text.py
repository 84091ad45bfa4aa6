"""A rehearsal on a terminal and as JSON."""

from __future__ import annotations

import json

import netcordon
from netcordon.casefile.canonical import plain
from netcordon.model.plan import Plan
from netcordon.model.quantity import count_text, size_text, time_text
from netcordon.model.rehearsal import CommandVerdict, EngineVerdict, Rehearsal
from netcordon.reporting.page import Page
from netcordon.reporting.visible import visible

_HARMS, _SHOWN = 3, 10


def rehearsal_text(rehearsal: Rehearsal, plan: Plan, *, width: int = 100) -> str:
    """The whole of it."""
    page = Page(width)
    verdict = "PASSED" if rehearsal.passed else "NOT PASSED"
    page.say(
        "Rehearsal", f"{verdict}  {plan.id} for {plan.case_id}, {time_text(rehearsal.time)} UTC"
    )
    page.say("", *(visible(reason, limit=300) for reason in rehearsal.reasons))
    page.gap()
    page.say(
        "Model", f"{count_text(len(rehearsal.commands), 'command')} on "
        f"{count_text(rehearsal.flows, 'recorded flow')}",
    )  # fmt: skip
    labels = {c.id: c.target.label() for m in plan.measures for c in m.commands}
    for each in rehearsal.commands:
        _command(page, each, visible(labels.get(each.command_id, ""), limit=100))
    for missed in rehearsal.missed:
        page.row(
            f"{missed.way_id} is missed at {visible(missed.boundary)}: "
            f"{count_text(missed.flows, 'flow')}"
        )
    page.gap()
    for number, engine in enumerate(rehearsal.engines):
        _engine(page, "Engines" if not number else "", engine)
    if not rehearsal.engines:
        page.say("Engines", "model only: no enforcement point of this plan has an engine here")
    return page.text()


def _command(page: Page, verdict: CommandVerdict, label: str) -> None:
    stops = [count_text(verdict.flows_stopped, "flow")] if verdict.flows_stopped else []
    if verdict.lookups_stopped:
        stops.append(count_text(verdict.lookups_stopped, "look-up"))
    said = f"stops {' and '.join(stops)} of {', '.join(verdict.ways) or 'the name'}"
    page.row(f"{verdict.command_id} {verdict.verdict}  {label}: " + (
        said if stops else "stops nothing that was recorded"
    ))  # fmt: skip
    for harm in verdict.harms[:_HARMS]:
        page.row(
            f"  harms {'VITAL ' if harm.critical else ''}{visible(harm.what, limit=100)}: "
            f"{count_text(harm.flows, 'flow')}, {size_text(harm.bytes)}, "
            f"{count_text(harm.hosts, 'host')}"
        )


def _engine(page: Page, label: str, verdict: EngineVerdict) -> None:
    where = f"{visible(verdict.point)} at {visible(verdict.boundary)}"
    if verdict.why_not:
        page.say(label, f"{where}: model only, {visible(verdict.why_not, limit=300)}")
        return
    page.say(
        label,
        f"{verdict.engine}, {where}: {count_text(verdict.flows, 'flow')} judged in "
        f"{verdict.seconds:.1f} s, {verdict.stopped:,} stopped; of "
        f"{count_text(verdict.open_flows, 'open connection')} {verdict.open_stopped:,} cut",
    )
    wrong = verdict.disagreements
    page.row("agrees with the model on every one" if not wrong else
             f"DISAGREES with the model on {count_text(len(wrong), 'flow')}:")  # fmt: skip
    for each in wrong[:_SHOWN]:
        who = "the model" if each.model_stops else verdict.engine
        page.row(
            f"  {each.src_ip} to {each.dst_ip} {each.protocol}/{each.dst_port}: only {who} stops it"
        )
    for reason, count in verdict.unjudged.items():
        page.row(f"not judged, {count:,}: {reason}")


def rehearsal_json(rehearsal: Rehearsal, not_recorded: str | None) -> str:
    """One object whose keys are stable."""
    shown = {
        "version": netcordon.__version__,
        "rehearsal": plain(rehearsal),
        "recorded": not_recorded is None,
    }
    return json.dumps(shown, indent=2, sort_keys=True, ensure_ascii=True) + "\n"
