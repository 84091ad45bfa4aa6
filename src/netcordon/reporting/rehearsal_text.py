"""A rehearsal on a terminal and as JSON."""

from __future__ import annotations

import json

import netcordon
from netcordon.casefile.canonical import plain
from netcordon.model.plan import Plan
from netcordon.model.quantity import count_text, size_text, time_text
from netcordon.model.rehearsal import CommandVerdict, EngineVerdict, Judged, Rehearsal
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
        page.say("Engines", "model only: no device of this plan has rules to judge")
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
        page.say(
            label, f"{verdict.engine}, {where}: model only, {visible(verdict.why_not, limit=300)}"
        )
        if verdict.what_to_try:
            page.row(f"  try: {visible(verdict.what_to_try, limit=400)}")
        return
    told = f"{count_text(verdict.judged, verdict.of)} judged in {verdict.seconds:.1f} s"
    if verdict.of == "name":
        told += f", {verdict.stopped:,} denied"
    else:
        told += f", {verdict.ways_stopped:,} of the attacker's stopped"
    told += f", {verdict.harmed:,} ordinary" if verdict.harmed else ", none that is ordinary"
    if verdict.open_flows:
        told += (
            f"; of {count_text(verdict.open_flows, 'open connection')} {verdict.open_stopped:,} cut"
        )
    page.say(label, f"{verdict.engine}, {where}: {told}")
    agrees = "agrees with the model on every one"
    page.row(agrees if not verdict.disagreeing else
             f"DISAGREES with the model on {count_text(verdict.disagreeing, verdict.of)}:"
             )  # fmt: skip
    for each in verdict.disagreements[:_SHOWN]:
        who = "the model" if each.model_stops else verdict.engine
        page.row(f"  {_named(each)}: only {who} stops it")
    said = {(each.uid, each.name) for each in verdict.disagreements}
    for each in [h for h in verdict.harms if (h.uid, h.name) not in said][:_HARMS]:
        page.row(f"  harms {_named(each)}")
    for reason, count in verdict.unjudged.items():
        page.row(f"not judged, {count:,}: {visible(reason, limit=200)}")


def _named(each: Judged) -> str:
    name = visible(each.name, limit=100)
    if not each.uid:
        return name
    called = f" ({name})" if name else ""
    return (
        f"{each.src_ip} to {each.dst_ip}{called} {each.protocol}/{each.dst_port}, flow {each.uid}"
    )


def rehearsal_json(rehearsal: Rehearsal, not_recorded: str | None) -> str:
    """One object whose keys are stable."""
    shown = {
        "version": netcordon.__version__,
        "rehearsal": plain(rehearsal),
        "recorded": not_recorded is None,
    }
    return json.dumps(shown, indent=2, sort_keys=True, ensure_ascii=True) + "\n"
