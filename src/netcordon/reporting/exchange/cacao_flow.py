"""Where the steps of a playbook lead: nothing dangles, nothing is lost, nothing runs for ever."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from netcordon.reporting.exchange.inspector import Inspector, shown

Steps = Mapping[str, Mapping[str, Any]]


def check_flow(inspector: Inspector, playbook: Mapping[str, Any], steps: Steps) -> None:
    """References, begin, ends, reach and circles."""
    begins = _begins(inspector, playbook, steps)
    for name, step in steps.items():
        _pointers(inspector, name, step, steps)
    reached = _reached(begins, steps)
    for name, step in steps.items():
        if name not in reached:
            inspector.say(f"workflow.{name}", "is reached from nowhere")
        if step.get("type") == "start" and name != playbook.get("workflow_start"):
            inspector.say(f"workflow.{name}", "is a second start")
    for name, path in _circles(steps):
        inspector.say(f"workflow.{name}", f"goes round in a circle: {path}")
    endless = sorted(reached - _ending(steps))
    for name in endless[:10]:
        inspector.say(f"workflow.{name}", "never comes to an end step")


def _begins(inspector: Inspector, playbook: Mapping[str, Any], steps: Steps) -> list[str]:
    begins = []
    for key in ("workflow_start", "workflow_exception"):
        if key not in playbook:
            continue
        name = playbook[key]
        if not isinstance(name, str) or name not in steps:
            inspector.say(key, f"{shown(name)} is no step of the workflow")
        elif key == "workflow_start" and steps[name].get("type") != "start":
            inspector.say(key, f"{shown(name)} is no start step")
        else:
            begins.append(name)
    return begins


def _pointers(inspector: Inspector, name: str, step: Mapping[str, Any], steps: Steps) -> None:
    place, kind = f"workflow.{name}", step.get("type")
    if "on_completion" in step and ("on_success" in step or "on_failure" in step):
        inspector.say(place, "says on_completion beside on_success or on_failure")
    if "on_failure" in step and "on_success" not in step:
        inspector.say(place, "says on_failure without on_success")
    if kind != "end" and "on_completion" not in step and "on_success" not in step:
        inspector.say(place, "leads nowhere: no on_completion, no on_success")
    for key, target in _named(step):
        at = f"{place}.{key}"
        if not isinstance(target, str) or target not in steps:
            inspector.say(at, f"{shown(target)} is no step of the workflow")
        elif target == name:
            inspector.say(at, "leads to itself")
        elif steps[target].get("type") == "start":
            inspector.say(at, "leads back to the start")
    if kind == "parallel" and isinstance(step.get("next_steps"), list):
        inspector.listing(step["next_steps"], f"{place}.next_steps")
    elif kind == "parallel" and "next_steps" in step:
        inspector.say(f"{place}.next_steps", "must be a list of steps")
    if kind == "switch-condition" and "cases" in step:
        cases = inspector.table(step["cases"], f"{place}.cases")
        if cases is not None and not cases:
            inspector.say(f"{place}.cases", "has no case")
    for key in ("condition", "switch"):
        if key in step:
            inspector.text(step[key], f"{place}.{key}")


def _named(step: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """Every step that a step leads to, with the property that says so."""
    for key in ("on_completion", "on_success", "on_failure", "on_true", "on_false"):
        if key in step:
            yield key, step[key]
    several = step.get("next_steps")
    for number, each in enumerate(several if isinstance(several, list) else ()):
        yield f"next_steps[{number}]", each
    cases = step.get("cases")
    for case, each in (cases if isinstance(cases, dict) else {}).items():
        yield f"cases.{case}", each


def _next(step: Mapping[str, Any], steps: Steps) -> list[str]:
    return [name for _, name in _named(step) if isinstance(name, str) and name in steps]


def _reached(begins: list[str], steps: Steps) -> set[str]:
    reached: set[str] = set()
    waiting = list(begins)
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += _next(steps[name], steps)
    return reached


def _ending(steps: Steps) -> set[str]:
    """Steps from which an end is reached on every way that leads on from them."""
    ending = {name for name, step in steps.items() if step.get("type") == "end"}
    while True:
        more = {
            name
            for name, step in steps.items()
            if name not in ending and (then := _next(step, steps)) and set(then) <= ending
        }
        if not more:
            return ending
        ending |= more


def _circles(steps: Steps) -> Iterator[tuple[str, str]]:
    """Each circle once, by the step that closes it. A loop is a branch of its own with an end."""
    colour: dict[str, int] = {}
    for begin in steps:
        if begin in colour:
            continue
        path: list[str] = []
        waiting: list[tuple[str, bool]] = [(begin, False)]
        while waiting:
            name, done = waiting.pop()
            if done:
                colour[name] = 2
                path.pop()
                continue
            if name in colour:
                continue
            colour[name] = 1
            path.append(name)
            waiting.append((name, True))
            for following in _next(steps[name], steps):
                if colour.get(following) == 1 and following != name:
                    yield name, " -> ".join([*path[path.index(following) :], following][-6:])
                elif following not in colour:
                    waiting.append((following, False))
