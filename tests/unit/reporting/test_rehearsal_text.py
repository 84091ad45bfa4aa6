"""What judged what stands in the text, faults are named with flow and host, nothing is raw."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

from netcordon.model.command import Command, Target, Verb
from netcordon.model.plan import Harm, Measure, Plan
from netcordon.model.rehearsal import (
    CommandVerdict,
    Effect,
    EngineVerdict,
    Judged,
    Missed,
    ModelVerdict,
    Rehearsal,
    WhatIf,
)
from netcordon.model.signature import How, Mark, Signature, Trait
from netcordon.reporting.rehearsal_text import rehearsal_json, rehearsal_text
from netcordon.reporting.rules_text import rules_json, rules_text
from netcordon.reporting.what_if_text import what_if_json, what_if_text

NOW = datetime(2026, 9, 21, tzinfo=UTC)
HOSTILE = "bad\x1b[31m\u202e.example"
PLAN = Plan(
    id="plan-1", hash="1" * 64, case_id="NC-2026-0001", incident_ids=(), author="root",
    created_time=NOW, register_hash="", evidence_ids=("ev-1",), ways=(), measures=(), gaps=(),
    rules=(), optimal=True,
)  # fmt: skip
HARM = Harm(
    what="pay", critical="pay", owner=HOSTILE, business_line="", flows=40, bytes=4000, hosts=1,
    src_ips=("10.1.0.6",), first_seen_time=NOW, last_seen_time=NOW,
)  # fmt: skip


def flow(*, model: bool, engine: bool) -> Judged:
    return Judged(
        evidence_id="ev-1", uid="C42", src_ip="10.1.0.6", dst_ip="203.0.113.90", dst_port=443,
        protocol="tcp", name=HOSTILE, model_stops=model, engine_stops=engine,
    )  # fmt: skip


def rehearsal(*engines: EngineVerdict) -> Rehearsal:
    return Rehearsal(
        plan_id="plan-1", plan_hash="1" * 64, time=NOW, evidence_ids=("ev-1",), flows=10,
        commands=(), missed=(), engines=engines, passed=not engines, reasons=(),
    )  # fmt: skip


def text(*engines: EngineVerdict) -> str:
    shown = rehearsal_text(rehearsal(*engines), PLAN)
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert all(len(line) <= 100 for line in shown.splitlines() if "⟨" not in line)
    return " ".join(shown.split())


VERDICT = EngineVerdict(engine="Suricata", point="ips", boundary="edge", judged=30, stopped=3)


def test_a_disagreement_is_named_with_its_flow_and_who_would_stop_it():
    wrong = (flow(model=True, engine=False),)
    shown = text(replace(VERDICT, disagreeing=7, disagreements=wrong))
    assert "DISAGREES with the model on 7 flows" in shown
    assert "10.1.0.6 to 203.0.113.90" in shown
    assert "flow C42: only the model stops it" in shown


def test_a_harm_that_the_model_knows_is_named_once():
    shown = text(replace(VERDICT, harmed=1, harms=(flow(model=True, engine=True),)))
    assert "1 ordinary" in shown
    assert "agrees with the model on every one" in shown
    assert shown.count("C42") == 1


def test_an_engine_that_did_not_run_says_why_and_what_to_try():
    shown = text(replace(VERDICT, why_not=f"not {HOSTILE}", what_to_try="run it as root"))
    assert "Suricata, ips at edge: model only, not bad⟨U+001B⟩" in shown
    assert "try: run it as root" in shown
    assert "judged in" not in shown


def test_json_has_every_judge():
    told = json.loads(rehearsal_json(rehearsal(VERDICT), None))
    (engine,) = told["rehearsal"]["engines"]
    assert (engine["engine"], engine["of"], engine["judged"]) == ("Suricata", "flow", 30)
    assert told["recorded"] is True


def model(*, harmed: bool, missed: bool) -> ModelVerdict:
    return ModelVerdict(
        commands=(CommandVerdict(
            command_id="cmd-1", flows_stopped=30, lookups_stopped=0, ways=("way-1",),
            harms=(HARM,) if harmed else (), verdict="harms" if harmed else "good",
        ),),
        missed=(Missed(way_id="way-2", boundary="core", flows=2, rows=()),) if missed else (),
        flows=10, effect=Effect(stopped=32 - 2 * missed, harmed=40 * harmed, hosts_harmed=harmed),
    )  # fmt: skip


def test_what_if_tells_what_is_new_and_that_nobody_approved_it():
    found = WhatIf(
        plan_id="plan-1", changed_id="plan-2", changed_hash="2" * 64, changes=("without msr-2",),
        before=model(harmed=False, missed=False), after=model(harmed=True, missed=True),
        reasons=("way-2 goes on",),
    )  # fmt: skip
    order = Command(
        id="cmd-1", verb=Verb.DENY, target=Target(outside="203.0.113.7/32"), point="fw",
        boundary="edge", duration_s=3600,
    )  # fmt: skip
    wider = replace(order, target=Target(outside="203.0.113.0/24"))
    before, after = (
        replace(PLAN, measures=(Measure(
            id="msr-1", kind="block_egress", title="", d3fend="", react="", duration_s=3600,
            commands=(each,),
        ),))
        for each in (order, wider)
    )  # fmt: skip
    shown = what_if_text(found, before, replace(after, id="plan-2"))
    assert "\x1b" not in shown
    words = " ".join(shown.split())
    assert "another plan, plan-2: it is not recorded, and nobody has approved it" in words
    assert "32 -> 30 flows of the attacker's" in words
    assert "0 -> 40 ordinary flows; hosts 0 -> 1" in words
    assert "cmd-1 harms 203.0.113.7 -> 203.0.113.0/24: stops 30, harms 0 -> stops 30" in words
    assert "+ VITAL pay by cmd-1: 40 flows" in words
    assert "+ way-2 goes on at core: 2 flows, 0 before" in words
    assert "would not pass: way-2 goes on" in words
    assert json.loads(what_if_json(found))["recorded"] is False


def test_rules_are_told_by_mark_with_what_each_language_hit():
    mark = Mark(kind="dns name", title=f"look-up of {HOSTILE}", table="dns_activity",
                traits=(Trait(column="query", how=How.UNDER, value=HOSTILE),))  # fmt: skip
    good = Signature(language="suricata", mark=mark, sid=7, rev=1, text="x", expected=9, hits=9)
    other = replace(good, language="sigma", hits=8)
    wide = replace(
        good, sid=8, others=3, why_not="it speaks of 3 ordinary flows of the same evidence",
        examples=(flow(model=False, engine=True),), elsewhere={HOSTILE: 4},
    )  # fmt: skip
    shown = rules_text(HOSTILE, "out", (good, other, wide), (good, other), (HOSTILE,))
    assert "\x1b" not in shown
    words = " ".join(shown.split())
    assert "1 Suricata rule and 1 Sigma rule" in words
    assert "Suricata 9 of 9, Sigma 8 of 9" in words
    assert "Left out 1 mark" in words
    assert "10.1.0.6 to 203.0.113.90 tcp/443" in words
    told = json.loads(
        rules_json("inc-1", "out", (good, wide), (good,), {"a": "b"}, (), recorded=True)
    )
    assert [rule["written"] for rule in told["rules"]] == [True, False]
    assert told["rules"][1]["elsewhere"] == {HOSTILE: 4}
