"""A plan as a CACAO 2.0 playbook: what is done in which order, by whom, proven, and taken back.

Measures that wait for nothing are done side by side, then those that wait for them. What fails at a
device is taken back there; when everything is done, probes decide whether it stays. Identifiers are
made of the plan's hash (section 10.10), so the same plan gives the same playbook.
"""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

from netcordon.model.handling import TLP
from netcordon.model.measure_kind import KINDS
from netcordon.model.plan import Measure, Plan, Rules
from netcordon.reporting.exchange.cacao_words import NAMESPACE, SPEC
from netcordon.reporting.visible import visible

_PROVEN = "__probes_passed__"
_CATEGORY = {
    "dns_rpz": "server", "squid": "content-gateway", "suricata": "ips",
    "windows_firewall": "endpoint",
}  # fmt: skip
"""Actuator -> category of the device, where it is no firewall."""

_ACTIVITY = {"isolate_host": "disconnect-system", "isolate_area": "disconnect-system",
             "quarantine": "disconnect-system", "capture_memory": "analyze-collected-data",
             "verbose_logging": "configure-systems", "notice": "deliver-content",
             "disable_account": "restrict-access", "revoke_sessions": "restrict-access",
             "end_connections": "eliminate-risk"}  # fmt: skip

Json = dict[str, Any]


def cacao_text(plan: Plan, tlp: TLP) -> str:
    """The playbook; the same plan gives the same bytes."""
    return json.dumps(cacao_playbook(plan, tlp), indent=2, ensure_ascii=True) + "\n"


def cacao_playbook(plan: Plan, tlp: TLP) -> Json:
    """The playbook as a document."""
    return _Playbook(plan, tlp).document()


class _Playbook:
    def __init__(self, plan: Plan, tlp: TLP) -> None:
        self._plan = plan
        self._tlp = tlp
        self._steps: dict[str, Json] = {}
        self._agents: dict[str, Json] = {}
        self._targets: dict[str, Json] = {}
        self._done: set[str] = set()

    def document(self) -> Json:
        plan = self._plan
        marking = self._id("marking-tlp", "marking")
        start = self._id("start", "start")
        first = self._levels()
        self._steps = {start: {"type": "start", "on_completion": first}, **self._steps}
        kinds = {step["type"] for step in self._steps.values()}
        created = plan.created_time.astimezone(UTC).isoformat(timespec="milliseconds")[:23] + "Z"
        identity = self._id("identity", "author")
        return {
            "type": "playbook",
            "spec_version": SPEC,
            "id": self._id("playbook", "playbook"),
            "name": f"Containment of {plan.case_id}: {plan.id}",
            "description": _text(
                f"Made by netcordon for {', '.join(plan.incident_ids)}. Plan hash {plan.hash}. "
                + " ".join(f"{note}." for note in plan.notes)
            ),
            "playbook_types": ["mitigation"],
            "playbook_activities": sorted(self._done),
            "playbook_processing_summary": {
                "manual_playbook": True,
                "parallel_processing": "parallel" in kinds,
                "if_logic": "if-condition" in kinds,
                "data_markings": True,
            },
            "created_by": identity,
            "created": created,
            "modified": created,
            "markings": [marking],
            "playbook_variables": {
                _PROVEN: {
                    "type": "bool",
                    "description": "whether all that must fail fails and all that must work works",
                    "value": "false",
                    "constant": False,
                    "external": False,
                }
            },
            "workflow_start": start,
            "workflow": self._steps,
            "agent_definitions": self._agents,
            "target_definitions": self._targets,
            "data_marking_definitions": {
                marking: {
                    "type": "marking-tlp",
                    "id": marking,
                    "created_by": identity,
                    "created": created,
                    "tlpv2_level": self._tlp.value,
                }
            },
        }

    def _levels(self) -> str:
        """Steps from the last to the first, for each has to know what follows; the first one."""
        following = self._probes()
        levels = _by_level(self._plan)
        for level in range(len(levels) - 1, -1, -1):
            branches = levels[level]
            if len(branches) == 1:
                following = self._branch(branches[0], following)
                continue
            heads = [self._branch(branch, self._end(f"{level}.{_key(branch)}"))
                     for branch in branches]  # fmt: skip
            following = self._put(
                "parallel", f"level {level}",
                {"name": f"Side by side ({level + 1} of {len(levels)})", "next_steps": heads,
                 "on_completion": following},
            )  # fmt: skip
        return following

    def _branch(self, branch: Measure | Rules, following: str) -> str:
        if isinstance(branch, Rules):
            return self._device(branch, following)
        kind = KINDS[branch.kind]
        return self._put(
            "action", branch.id,
            {
                "name": _text(f"{branch.id}: {branch.title}"),
                "description": _text(
                    f"Expected: {branch.expected_effect}. Taken back ({branch.reversibility}): "
                    + "; ".join(branch.undo_instructions)
                ),
                "external_references": _references(branch) or None,
                "commands": [
                    self._manual(step, _ACTIVITY.get(branch.kind, "restrict-access"))
                    for step in branch.instructions
                ],
                "agent": self._person(branch.owner or kind.line),
                "on_completion": following,
            },
        )  # fmt: skip

    def _device(self, rules: Rules, following: str) -> str:
        """Rules of a device; when they cannot be put in force they are taken back there."""
        told = [m for m in self._plan.measures
                if {c.id for c in m.commands} & set(rules.command_ids)]  # fmt: skip
        back = self._undo(rules, "failed", self._end(f"failed {rules.point}"))
        return self._put(
            "action", f"do {rules.point}",
            {
                "name": _text(f"Rules of {rules.point}: {', '.join(rules.command_ids)}"),
                "description": _text("; ".join(f"{m.id}: {m.title}" for m in told)),
                "external_references": _unique([r for m in told for r in _references(m)]) or None,
                "commands": self._orders(rules, rules.do, "restrict-access"),
                "agent": self._agent(rules),
                "targets": [self._target(rules)],
                "on_success": following,
                "on_failure": back,
            },
        )  # fmt: skip

    def _undo(self, rules: Rules, why: str, following: str) -> str:
        return self._put(
            "action", f"undo {why} {rules.point}",
            {
                "name": _text(f"Take back the rules of {rules.point}"),
                "commands": self._orders(rules, rules.undo, "revert-system"),
                "agent": self._agent(rules),
                "targets": [self._target(rules)],
                "on_completion": following,
            },
        )  # fmt: skip

    def _probes(self) -> str:
        """Prove it; what must work and does not takes everything back, the last device first."""
        good = self._end("proven")
        back = self._end("rolled back")
        for rules in self._plan.rules:  # the last that is put in front is taken back first
            if rules.do:
                back = self._undo(rules, "unproven", back)
        decide = self._put(
            "if-condition", "decide",
            {"name": "Does it stand?", "condition": f"{_PROVEN}:value = true", "on_true": good,
             "on_false": back, "on_completion": self._end("over")},
        )  # fmt: skip
        tried = dict.fromkeys(
            f"{p.src} to {p.dst}" + (f" {p.protocol}/{p.port}" if p.port is not None else "")
            + (" must work" if p.must_work else " must fail") + f" ({p.why})"
            for measure in self._plan.measures
            for p in (*measure.negative_probes, *measure.positive_probes)
        )  # fmt: skip
        asked = [f"try: {each}" for each in tried] or ["look whether the attacker's traffic ended"]
        return self._put(
            "action", "probe",
            {
                "name": "Prove it",
                "description": "Set the variable to true only when every one of them is as it must",
                "commands": [self._manual(text, "match-indicator") for text in asked],
                "agent": self._person("incident response"),
                "out_args": [_PROVEN],
                "on_completion": decide,
            },
        )  # fmt: skip

    def _orders(self, rules: Rules, text: str, activity: str) -> list[Json]:
        self._done.add(activity)
        if rules.actuator == "openc2":
            return [
                {
                    "type": "openc2-http",
                    "command": "POST /.well-known/openc2 HTTP/1.1",
                    "headers": {"Content-Type": ["application/openc2+json;version=1.0"]},
                    "content_b64": base64.b64encode(line.encode()).decode("ascii"),
                    "playbook_activity": activity,
                }
                for line in text.splitlines()
            ]
        if not text:  # a list or file of ours alone, with nothing left in it
            empty = f"make what netcordon put on {rules.point} empty: nothing of the case stays"
            return [self._manual(empty, activity)]
        return [
            {
                "type": "manual",
                "description": f"give these {rules.actuator} rules to {_text(rules.point)}",
                "command_b64": base64.b64encode(text.encode()).decode("ascii"),
                "playbook_activity": activity,
            }
        ]

    def _manual(self, text: str, activity: str) -> Json:
        self._done.add(activity)
        return {"type": "manual", "command": _text(text), "playbook_activity": activity}

    def _person(self, name: str) -> str:
        known = self._id("group", f"group {name}")
        self._agents[known] = {"type": "group", "name": _text(name)}
        return known

    def _agent(self, rules: Rules) -> str:
        if rules.actuator != "openc2":
            return self._person("network operations")
        known = self._id("http-api", f"agent {rules.point}")
        self._agents[known] = {
            "type": "http-api",
            "name": _text(rules.point),
            "address": {"dname": [_text(rules.point)]},
        }
        return known

    def _target(self, rules: Rules) -> str:
        known = self._id("security-category", f"target {rules.point}")
        self._targets[known] = {
            "type": "security-category",
            "name": _text(rules.point),
            "category": [_CATEGORY.get(rules.actuator, "firewall")],
        }
        return known

    def _end(self, key: str) -> str:
        return self._put("end", f"end {key}", {})

    def _put(self, kind: str, key: str, said: Json) -> str:
        known = self._id(kind, key)
        self._steps[known] = {
            "type": kind, **{name: value for name, value in said.items() if value is not None}
        }  # fmt: skip
        return known

    def _id(self, kind: str, key: str) -> str:
        made = uuid.uuid5(uuid.UUID(NAMESPACE), f"{self._plan.hash} {kind} {key}")
        return f"{kind}--{made}"


def _by_level(plan: Plan) -> list[list[Measure | Rules]]:
    """What waits for nothing, then what waits for that; a device is told once, when all may be."""
    level: dict[str, int] = {}
    for measure in plan.measures:  # they stand in the order in which they are due
        level[measure.id] = max((level[each] + 1 for each in measure.after), default=0)
    found: dict[int, list[Measure | Rules]] = {}
    for rules in plan.rules:
        if rules.do:
            told = [m for m in plan.measures
                    if {c.id for c in m.commands} & set(rules.command_ids)]  # fmt: skip
            found.setdefault(max((level[m.id] for m in told), default=0), []).append(rules)
    for measure in plan.measures:
        if not measure.commands and measure.instructions:
            found.setdefault(level[measure.id], []).append(measure)
    return [found[each] for each in sorted(found)]


def _key(branch: Measure | Rules) -> str:
    return branch.point if isinstance(branch, Rules) else branch.id


def _references(measure: Measure) -> list[Mapping[str, str]]:
    named = {
        "MITRE D3FEND": measure.d3fend,
        "RE&CT": measure.react,
        "MITRE ATT&CK": KINDS[measure.kind].mitigation,
    }
    return [{"name": name, "external_id": value} for name, value in named.items() if value]


def _unique(references: Sequence[Mapping[str, str]]) -> list[Mapping[str, str]]:
    return [dict(pairs) for pairs in dict.fromkeys(tuple(each.items()) for each in references)]


def _text(text: str) -> str:
    """Harmless to see, and never the name of a variable."""
    return visible(text, limit=2_000).replace("__", "_ _") or "nothing"
