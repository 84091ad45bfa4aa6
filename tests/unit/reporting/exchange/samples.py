"""A playbook with every kind of step, a plan as documents, and messages of every profile."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

from netcordon.model.command import Command, Direction, Probe, Target, Verb
from netcordon.model.plan import Measure, Plan, Rules, Way

TIME = datetime(2026, 3, 1, 2, 3, 4, 567_890, tzinfo=UTC)
UUID = "00000000-0000-4000-8000-{:012d}"

Json = dict[str, Any]


def step(kind: str, number: int) -> str:
    return f"{kind}--{UUID.format(number)}"


START, ACT, SIDE, ASK, ROUND, CASE, CHILD = (
    step("start", 1), step("action", 2), step("parallel", 3), step("if-condition", 4),
    step("while-condition", 5), step("switch-condition", 6), step("playbook-action", 7),
)  # fmt: skip
LEFT, RIGHT, ORDER, BACK = (step("action", n) for n in (8, 9, 10, 11))
ENDS = tuple(step("end", n) for n in range(20, 28))
GROUP, HOST = f"group--{UUID.format(30)}", f"http-api--{UUID.format(31)}"
WALL = f"security-category--{UUID.format(32)}"
MARK = f"marking-tlp--{UUID.format(33)}"


def manual(text: str = "look", **more: object) -> Json:
    return {"type": "manual", "command": text, **more}


def action(then: str, *commands: Json, **more: object) -> Json:
    return {"type": "action", "commands": list(commands) or [manual()], "agent": GROUP,
            "on_completion": then, **more}  # fmt: skip


def message(action: str = "deny", **more: Any) -> Json:
    """An OpenC2 message that holds."""
    request: Json = {
        "action": action,
        "target": {"ipv4_connection": {"protocol": "tcp", "dst_addr": "203.0.113.7/32",
                                       "dst_port": 443}},
        "args": {"response_requested": "complete", "duration": 3_600_000,
                 "pf": {"drop_process": "none", "direction": "both", "insert_rule": 7}},
        "profile": "pf",
        "command_id": "NC-1.cmd-1.1",
        **more,
    }  # fmt: skip
    return {
        "headers": {"request_id": UUID.format(40), "created": 1_700_000_000_000,
                    "from": "netcordon", "to": ["fw"]},
        "body": {"openc2": {"request": request}},
    }  # fmt: skip


def encoded(document: object) -> str:
    return base64.b64encode(json.dumps(document).encode()).decode()


def playbook() -> Json:
    """One that holds and has every type of step."""
    workflow = {
        START: {"type": "start", "on_completion": ACT},
        ACT: {**action(SIDE, manual("do it", playbook_activity="restrict-access")),
              "name": "first", "targets": [WALL], "delay": 0, "timeout": 60_000,
              "external_references": [{"name": "MITRE D3FEND", "external_id": "D3-NI"}]},
        SIDE: {"type": "parallel", "next_steps": [LEFT, RIGHT], "on_completion": ASK},
        LEFT: action(ENDS[0], manual("with __hours__:value hours")),
        RIGHT: {**action(ENDS[1]), "on_success": ENDS[1], "on_failure": BACK},
        BACK: action(ENDS[7], {"type": "bash", "command_b64": "ZWNobw=="}),
        ASK: {"type": "if-condition", "condition": "__done__:value = true", "on_true": ENDS[2],
              "on_false": ROUND, "on_completion": CASE},
        ROUND: {"type": "while-condition", "condition": "__done__:value = false",
                "on_true": ORDER, "on_completion": ENDS[3]},
        ORDER: {**action(ENDS[4], {
            "type": "openc2-http", "command": "POST /.well-known/openc2 HTTP/1.1",
            "content_b64": encoded(message()), "headers": {"Content-Type": ["application/openc2"]},
        }), "agent": HOST, "in_args": ["__hours__"], "out_args": ["__done__"]},
        CASE: {"type": "switch-condition", "switch": "__hours__:value",
               "cases": {"1": ENDS[5], "default": CHILD}, "on_completion": ENDS[6]},
        CHILD: {"type": "playbook-action", "playbook_id": f"playbook--{UUID.format(50)}",
                "on_completion": ENDS[7]},
        **{end: {"type": "end"} for end in ENDS},
    }  # fmt: skip
    del workflow[RIGHT]["on_completion"]
    return {
        "type": "playbook", "spec_version": "cacao-2.0", "id": f"playbook--{UUID.format(60)}",
        "name": "sample", "description": "holds", "playbook_types": ["mitigation"],
        "playbook_activities": ["restrict-access"], "created_by": f"identity--{UUID.format(61)}",
        "created": "2026-03-01T02:03:04.567Z", "modified": "2026-03-01T02:03:04.567Z",
        "valid_from": "2026-03-01T00:00:00.000Z", "valid_until": "2026-04-01T00:00:00.000Z",
        "priority": 10, "impact": 0, "revoked": False, "markings": [MARK],
        "playbook_processing_summary": {
            "parallel_processing": True, "if_logic": True, "while_logic": True,
            "switch_logic": True, "external_playbooks": True, "data_markings": True,
            "manual_playbook": True, "temporal_logic": True},
        "playbook_variables": {
            "__done__": {"type": "bool", "value": "false", "constant": False},
            "__hours__": {"type": "integer", "value": "24", "external": True}},
        "workflow_start": START, "workflow": workflow,
        "agent_definitions": {
            GROUP: {"type": "group", "name": "operators"},
            HOST: {"type": "http-api", "name": "fw", "address": {"ipv4": ["192.0.2.1"]}}},
        "target_definitions": {
            WALL: {"type": "security-category", "name": "fw", "category": ["firewall"]}},
        "data_marking_definitions": {
            MARK: {"type": "marking-tlp", "id": MARK, "tlpv2_level": "TLP:AMBER"}},
    }  # fmt: skip


def plan(hostile: str = "plain") -> Plan:
    """A plan with commands of every kind and a person's task; ``hostile`` stands wherever it may.

    It is not sealed: documents are written of what it says, not judged.
    """

    def order(number: int, target: Target, verb: Verb = Verb.DENY, **more: Any) -> Command:
        return Command(id=f"cmd-{number}", verb=verb, target=target, point="fw", boundary="edge",
                       duration_s=3600, **more)  # fmt: skip

    commands = (
        order(1, Target(outside="203.0.113.7/32")),
        order(2, Target(outside="203.0.113.0/24", except_for=("203.0.113.9/32",))),
        order(3, Target(inside="10.1.0.5/32", outside="198.51.100.9/32", port=443,
                        protocol="tcp")),
        order(4, Target(domain="c2.bad.example")),
        order(5, Target(inside="10.1.0.5/32", except_for=("10.9.0.0/24", "fd00::/8")),
              Verb.CONTAIN),
        order(6, Target(inside="10.1.0.5/32", outside="198.51.100.9/32"), Verb.SET,
              packets_per_s=20),
        order(7, Target(outside="2001:db8:bad::/48"), direction=Direction.EGRESS),
    )  # fmt: skip
    probe = Probe(src="10.1.0.5", dst="203.0.113.7", port=443, protocol="tcp", must_work=False,
                  why=hostile)  # fmt: skip
    return Plan(
        id="plan-0123456789", hash="ab" * 32, case_id="NC-2026-0001",
        incident_ids=("inc-0123456789",), author=hostile, created_time=TIME,
        register_hash="cd" * 32, evidence_ids=("ev-1",), optimal=True, notes=(hostile,),
        ways=(Way(id="way-1", src="10.1.0.5", dst="203.0.113.7", name=hostile, port=443,
                  protocol="tcp", ja4="", purpose=hostile, certain=True, reason=hostile,
                  boundaries=("edge",), first_seen_time=TIME, last_seen_time=TIME),),
        measures=(
            Measure(id="msr-1", kind="address", title=hostile, d3fend="D3-OTF", react="RA3101",
                    commands=commands, covers=("way-1",), duration_s=3600,
                    negative_probes=(probe,)),
            Measure(id="msr-2", kind="capture_memory", title=hostile, d3fend="", react="",
                    instructions=(hostile, "second"), undo_instructions=(hostile,),
                    duration_s=3600, owner=hostile),
            Measure(id="msr-3", kind="isolate_host", title=hostile, d3fend="D3-NI", react="",
                    instructions=("pull it",), undo_instructions=("put it back",),
                    duration_s=3600, after=("msr-2",)),
        ),
        gaps=(),
        rules=(Rules(point="fw", actuator="nftables", do="add rule x\n", undo="delete rule x\n",
                     command_ids=tuple(c.id for c in commands)),
               Rules(point="c2", actuator="openc2", do=f"{json.dumps(message())}\n",
                     undo=json.dumps(message("delete", target={"pf:rule_number": 7},
                                             args={"response_requested": "complete"})) + "\n",
                     command_ids=("cmd-1",)),
               Rules(point="ban", actuator="block_list", do="10.1.0.5\n", undo="",
                     command_ids=("cmd-5",))),
    )  # fmt: skip
