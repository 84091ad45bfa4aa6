"""Whether a CACAO 2.0 playbook holds: what its schemas cannot see is seen here.

The official JSON Schemas accept steps that lead nowhere, unknown types of commands and more; a
playbook is judged here by the text of the specification: everything that is named exists, every
step is reached and comes to an end, nothing goes round in circles but where it says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from netcordon.reporting.exchange import cacao_words as words
from netcordon.reporting.exchange.cacao_commands import check_action
from netcordon.reporting.exchange.cacao_flow import check_flow
from netcordon.reporting.exchange.cacao_parts import (
    check_agents,
    check_markings,
    check_references,
    check_uses,
    check_variables,
)
from netcordon.reporting.exchange.inspector import UUID, Inspector

TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"


def check_playbook(inspector: Inspector, document: object) -> None:
    """Everything about one playbook."""
    playbook = inspector.table(document, "")
    if playbook is None:
        return
    inspector.keys(playbook, "", words.PLAYBOOK_NEEDED, words.PLAYBOOK_MORE)
    if playbook.get("type") != "playbook":
        inspector.say("type", "must be playbook")
    if playbook.get("spec_version") != words.SPEC:
        inspector.say("spec_version", f"must be {words.SPEC}")
    for key, kind in (("id", "playbook"), ("created_by", "identity")):
        if key in playbook:
            inspector.matches(playbook[key], key, rf"{kind}--{UUID}", f"{kind}-- and a UUID")
    if "name" in playbook:
        inspector.text(playbook["name"], "name")
    _times(inspector, playbook)
    for key in ("priority", "severity", "impact"):
        if key in playbook:
            inspector.whole(playbook[key], key, 0, 100)
    if "revoked" in playbook and not isinstance(playbook["revoked"], bool):
        inspector.say("revoked", "is neither true nor false")
    _words(inspector, playbook, "playbook_types", words.PLAYBOOK_TYPES)
    _words(inspector, playbook, "playbook_activities", words.ACTIVITIES)
    if "playbook_types" in playbook and not playbook.get("playbook_activities"):
        inspector.say("playbook_activities", "is needed where playbook_types says something")
    check_references(inspector, playbook.get("external_references"), "external_references")
    agents = check_agents(inspector, playbook.get("agent_definitions"), "agent_definitions")
    targets = check_agents(inspector, playbook.get("target_definitions"), "target_definitions")
    variables = check_variables(inspector, playbook.get("playbook_variables"), "playbook_variables")
    check_markings(inspector, playbook)
    steps = _steps(inspector, playbook)
    check_flow(inspector, playbook, steps)
    done: set[str] = set()
    for name, step in steps.items():
        place = f"workflow.{name}"
        own = check_variables(inspector, step.get("step_variables"), f"{place}.step_variables")
        check_references(inspector, step.get("external_references"), f"{place}.external_references")
        if step.get("type") == "action":
            done |= check_action(inspector, step, place, agents, targets, variables | own)
        check_uses(inspector, step, place, variables | own)
    named = playbook.get("playbook_activities")
    for activity in named if isinstance(named, list) else ():
        if isinstance(activity, str) and activity not in done:
            inspector.say("playbook_activities", f"no command does {activity}")
    _summary(inspector, playbook, steps)


def _times(inspector: Inspector, playbook: Mapping[str, Any]) -> None:
    known: dict[str, datetime] = {}
    for key in ("created", "modified", "valid_from", "valid_until"):
        if key not in playbook:
            continue
        text = inspector.matches(
            playbook[key], key, TIME, "time in UTC with three digits behind the second"
        )
        if text is None:
            continue
        try:
            known[key] = datetime.fromisoformat(text.replace("Z", "+00:00"))
        except ValueError:
            inspector.say(key, f"{text!r} is no day or time that exists")
    for first, then in (("created", "modified"), ("valid_from", "valid_until")):
        if first in known and then in known and known[then] < known[first]:
            inspector.say(then, f"is before {first}")


def _words(
    inspector: Inspector, playbook: Mapping[str, Any], key: str, known: frozenset[str]
) -> None:
    if key in playbook:
        for number, each in enumerate(inspector.listing(playbook[key], key) or ()):
            inspector.one_of(each, f"{key}[{number}]", known)


def _steps(inspector: Inspector, playbook: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    workflow = playbook.get("workflow")
    if workflow is None:
        return {}
    table = inspector.table(workflow, "workflow")
    if table is None:
        return {}
    if not table:
        inspector.say("workflow", "has no step")
    found: dict[str, Mapping[str, Any]] = {}
    for name, value in table.items():
        place = f"workflow.{name}"
        step = inspector.table(value, place)
        if step is None:
            continue
        kind = inspector.one_of(step.get("type"), f"{place}.type", words.STEPS)
        if kind is None:
            continue
        inspector.matches(name, place, rf"{kind}--{UUID}", f"id of a step of type {kind}")
        needed, more = words.STEPS[kind]
        inspector.keys(step, place, needed, more)
        for key in ("delay", "timeout"):
            if key in step:
                inspector.whole(step[key], f"{place}.{key}", 0, 10**15)
        if "owner" in step:
            inspector.matches(
                step["owner"], f"{place}.owner", rf"identity--{UUID}", "identity-- and a UUID"
            )
        for key in ("name", "description"):
            if key in step:
                inspector.text(step[key], f"{place}.{key}")
        found[name] = step
    return found


def _summary(
    inspector: Inspector, playbook: Mapping[str, Any], steps: Mapping[str, Mapping[str, Any]]
) -> None:
    if "playbook_processing_summary" not in playbook:
        return
    summary = inspector.table(
        playbook["playbook_processing_summary"], "playbook_processing_summary"
    )
    if summary is None:
        return
    inspector.keys(summary, "playbook_processing_summary", (), words.SUMMARY)
    kinds = {step.get("type") for step in steps.values()}
    manual = [
        command.get("type") == "manual"
        for step in steps.values()
        for commands in [step.get("commands")]
        for command in (commands if isinstance(commands, list) else ())
        if isinstance(command, dict)
    ]
    true = {
        "parallel_processing": "parallel" in kinds,
        "if_logic": "if-condition" in kinds,
        "while_logic": "while-condition" in kinds,
        "switch_logic": "switch-condition" in kinds,
        "external_playbooks": "playbook-action" in kinds,
        "data_markings": bool(playbook.get("markings")),
        "digital_signatures": bool(playbook.get("signatures")),
        "manual_playbook": any(manual),
        "temporal_logic": any("delay" in s or "timeout" in s for s in steps.values()),
    }
    for key, said in summary.items():
        place = f"playbook_processing_summary.{key}"
        if not isinstance(said, bool):
            inspector.say(place, "is neither true nor false")
        elif key in true and said and not true[key]:
            inspector.say(place, "is said to be in the playbook and is not")
        elif key in true and not said and true[key]:
            inspector.say(place, "is in the playbook and said not to be")
