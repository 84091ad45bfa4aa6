"""Every kind of fault in a playbook is refused with its place; what holds is not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netcordon.reporting.exchange.check import check_text
from tests.unit.reporting.exchange.samples import (
    ACT,
    ASK,
    CASE,
    ENDS,
    GROUP,
    HOST,
    LEFT,
    MARK,
    ORDER,
    RIGHT,
    ROUND,
    SIDE,
    START,
    UUID,
    WALL,
    encoded,
    manual,
    message,
    playbook,
    step,
)

GONE = object()
LOST = step("action", 99)


def put(document: Any, path: tuple[Any, ...], value: object) -> None:
    for key in path[:-1]:
        document = document[key]
    if value is GONE:
        del document[path[-1]]
    else:
        document[path[-1]] = value


W = "workflow"
FAULTS: tuple[tuple[str, tuple[Any, ...], object, str, str], ...] = (
    ("another type", ("type",), "report", "type", "must be playbook"),
    ("another version", ("spec_version",), "1.1", "spec_version", "must be cacao-2.0"),
    ("no name", ("name",), GONE, "", "lacks name"),
    ("empty name", ("name",), " ", "name", "must be a text"),
    ("unknown property", ("colour",), "red", "colour", "is no property"),
    ("id of another type", ("id",), f"action--{UUID.format(1)}", "id", "is no playbook--"),
    ("id without UUID", ("id",), "playbook--1", "id", "is no playbook--"),
    ("made by nobody", ("created_by",), "me", "created_by", "is no identity--"),
    ("no milliseconds", ("created",), "2026-03-01T02:03:04Z", "created", "three digits"),
    ("another time zone", ("created",), "2026-03-01T02:03:04.567+01:00", "created", "UTC"),
    ("no such day", ("created",), "2026-02-30T02:03:04.567Z", "created", "no day or time"),
    ("changed before it was made", ("modified",), "2025-03-01T02:03:04.567Z", "modified",
     "is before created"),
    ("ends before it begins", ("valid_until",), "2026-02-01T00:00:00.000Z", "valid_until",
     "is before valid_from"),
    ("priority out of range", ("priority",), 101, "priority", "from 0 to 100"),
    ("impact is no number", ("impact",), True, "impact", "from 0 to 100"),
    ("revoked is no yes or no", ("revoked",), "no", "revoked", "neither true nor false"),
    ("unknown kind of playbook", ("playbook_types",), ["containment"], "playbook_types[0]",
     "is none of"),
    ("kind without activities", ("playbook_activities",), GONE, "playbook_activities",
     "is needed"),
    ("activity nobody does", ("playbook_activities",), ["restrict-access", "map-network"],
     "playbook_activities", "no command does map-network"),
    ("start that is not there", ("workflow_start",), step("start", 98), "workflow_start",
     "is no step"),
    ("start at an action", ("workflow_start",), ACT, "workflow_start", "is no start step"),
    ("nothing to do", (W,), {}, "workflow", "has no step"),
    ("unknown type of step", (W, ACT, "type"), "task", f"{W}.{ACT}.type", "is none of"),
    ("key and type differ", (W, ACT, "type"), "end", f"{W}.{ACT}", "id of a step of type end"),
    ("key without UUID", (W, "action--bad"), {"type": "end"}, f"{W}.action--bad",
     "is no id of a step"),
    ("leads nowhere", (W, ACT, "on_completion"), GONE, f"{W}.{ACT}", "leads nowhere"),
    ("leads to what is not there", (W, ACT, "on_completion"), LOST, f"{W}.{ACT}.on_completion",
     "is no step of the workflow"),
    ("leads to itself", (W, ACT, "on_completion"), ACT, f"{W}.{ACT}.on_completion",
     "leads to itself"),
    ("leads back to the start", (W, ACT, "on_completion"), START, f"{W}.{ACT}.on_completion",
     "leads back to the start"),
    ("goes round in circles", (W, LEFT, "on_completion"), ACT, "", "goes round in a circle"),
    ("two ways to go on", (W, ACT, "on_success"), SIDE, f"{W}.{ACT}", "beside on_success"),
    ("failure without success", (W, RIGHT, "on_success"), GONE, f"{W}.{RIGHT}",
     "without on_success"),
    ("an end that goes on", (W, ENDS[0], "on_completion"), ACT, f"{W}.{ENDS[0]}.on_completion",
     "is no property"),
    ("a step nobody reaches", (W, LOST), {"type": "action", "commands": [manual()],
     "agent": GROUP, "on_completion": ENDS[0]}, f"{W}.{LOST}", "is reached from nowhere"),
    ("a second start", (W, step("start", 97)), {"type": "start", "on_completion": ACT},
     f"{W}.{step('start', 97)}", "second start"),
    ("side by side with nothing", (W, SIDE, "next_steps"), [], f"{W}.{SIDE}.next_steps",
     "empty list"),
    ("the same branch twice", (W, SIDE, "next_steps"), [LEFT, LEFT], f"{W}.{SIDE}.next_steps",
     "twice"),
    ("a branch that is not there", (W, SIDE, "next_steps"), [LEFT, LOST],
     f"{W}.{SIDE}.next_steps[1]", "is no step"),
    ("if without condition", (W, ASK, "condition"), GONE, f"{W}.{ASK}", "lacks condition"),
    ("if without then", (W, ASK, "on_true"), GONE, f"{W}.{ASK}", "lacks on_true"),
    ("empty condition", (W, ROUND, "condition"), "", f"{W}.{ROUND}.condition", "must be a text"),
    ("condition on an unknown variable", (W, ASK, "condition"), "__open__:value = true",
     f"{W}.{ASK}.condition", "which nobody defines"),
    ("case that is not there", (W, CASE, "cases", "1"), LOST, f"{W}.{CASE}.cases.1", "is no step"),
    ("no case", (W, CASE, "cases"), {}, f"{W}.{CASE}.cases", "has no case"),
    ("negative delay", (W, ACT, "delay"), -1, f"{W}.{ACT}.delay", "from 0"),
    ("timeout in words", (W, ACT, "timeout"), "1h", f"{W}.{ACT}.timeout", "whole number"),
    ("property of another step", (W, ACT, "next_steps"), [LEFT], f"{W}.{ACT}.next_steps",
     "is no property"),
    ("owner is no identity", (W, ACT, "owner"), GROUP, f"{W}.{ACT}.owner", "is no identity--"),
    ("nobody does it", (W, ACT, "agent"), GONE, f"{W}.{ACT}", "lacks agent"),
    ("unknown agent", (W, ACT, "agent"), f"group--{UUID.format(96)}", f"{W}.{ACT}.agent",
     "agent_definitions"),
    ("target taken for an agent", (W, ACT, "agent"), WALL, f"{W}.{ACT}.agent",
     "agent_definitions"),
    ("unknown target", (W, ACT, "targets"), [GROUP], f"{W}.{ACT}.targets[0]",
     "target_definitions"),
    ("unknown argument", (W, ORDER, "in_args"), ["__x__"], f"{W}.{ORDER}.in_args[0]",
     "no variable"),
    ("no command", (W, ACT, "commands"), [], f"{W}.{ACT}.commands", "empty list"),
    ("unknown type of command", (W, ACT, "commands"), [{"type": "frobnicate", "command": "x"}],
     f"{W}.{ACT}.commands[0].type", "is none of"),
    ("command that says nothing", (W, ACT, "commands"), [{"type": "manual"}],
     f"{W}.{ACT}.commands[0]", "exactly one of"),
    ("command that says it twice", (W, ACT, "commands", 0, "command_b64"), "eA==",
     f"{W}.{ACT}.commands[0]", "exactly one of"),
    ("no base64", (W, LEFT, "commands"), [{"type": "bash", "command_b64": "@@"}],
     f"{W}.{LEFT}.commands[0].command_b64", "no base64"),
    ("unknown activity", (W, ACT, "commands", 0, "playbook_activity"), "dance",
     f"{W}.{ACT}.commands[0].playbook_activity", "is none of"),
    ("text with an unknown variable", (W, LEFT, "commands", 0, "command"), "do __y__:value",
     f"{W}.{LEFT}.commands[0].command", "which nobody defines"),
    ("OpenC2 without content", (W, ORDER, "commands", 0, "content_b64"), GONE,
     f"{W}.{ORDER}.commands[0]", "lacks content_b64"),
    ("OpenC2 that is no JSON", (W, ORDER, "commands", 0, "content_b64"), "eA==",
     f"{W}.{ORDER}.commands[0].content_b64", "holds no OpenC2"),
    ("OpenC2 that its profile does not know", (W, ORDER, "commands", 0, "content_b64"),
     encoded(message(profile="slpf", target={"domain_name": "bad.example"}, args={})),
     f"{W}.{ORDER}.commands[0].content_b64 > body.openc2.request.target", "slpf cannot deny"),
    ("no request line", (W, ORDER, "commands", 0, "command"), "send it",
     f"{W}.{ORDER}.commands[0].command", "HTTP request line"),
    ("headers as text", (W, ORDER, "commands", 0, "headers"), "Content-Type: x",
     f"{W}.{ORDER}.commands[0].headers", "must be an object"),
    ("header that is no list", (W, ORDER, "commands", 0, "headers", "Content-Type"), "x",
     f"{W}.{ORDER}.commands[0].headers.Content-Type", "must be a list"),
    ("header that begins another", (W, ORDER, "commands", 0, "headers", "X"), ["a\r\nB: c"],
     f"{W}.{ORDER}.commands[0].headers.X[0]", "value of a header"),
    ("agent of unknown type", ("agent_definitions", GROUP, "type"), "robot",
     f"agent_definitions.{GROUP}.type", "is none of"),
    ("agent without name", ("agent_definitions", GROUP, "name"), GONE,
     f"agent_definitions.{GROUP}", "lacks name"),
    ("agent under a name of another type", ("agent_definitions", GROUP, "type"), "individual",
     f"agent_definitions.{GROUP}", "id of type individual"),
    ("host without address", ("agent_definitions", HOST, "address"), GONE,
     f"agent_definitions.{HOST}", "lacks address"),
    ("address of unknown kind", ("agent_definitions", HOST, "address"), {"mail": ["x"]},
     f"agent_definitions.{HOST}.address.mail", "is none of"),
    ("no address", ("agent_definitions", HOST, "address"), {"ipv4": ["999.1.1.1"]},
     f"agent_definitions.{HOST}.address.ipv4[0]", "no ipv4 address"),
    ("unknown category", ("target_definitions", WALL, "category"), ["wall"],
     f"target_definitions.{WALL}.category[0]", "is none of"),
    ("variable without underscores", ("playbook_variables", "done"), {"type": "bool"},
     "playbook_variables.done", "variable; write"),
    ("variable of unknown type", ("playbook_variables", "__done__", "type"), "boolean",
     "playbook_variables.__done__.type", "is none of"),
    ("value of another type", ("playbook_variables", "__done__", "value"), "maybe",
     "playbook_variables.__done__.value", "text of type bool"),
    ("value that is no text", ("playbook_variables", "__hours__", "value"), 24,
     "playbook_variables.__hours__.value", "text of type integer"),
    ("constant from outside", ("playbook_variables", "__hours__", "constant"), True,
     "playbook_variables.__hours__", "given from outside"),
    ("unknown marking", ("markings",), [f"marking-tlp--{UUID.format(95)}"], "markings[0]",
     "data_marking_definitions"),
    ("marking of TLP 1", ("data_marking_definitions", MARK, "tlpv2_level"), "TLP:WHITE",
     f"data_marking_definitions.{MARK}.tlpv2_level", "is none of"),
    ("marking under another name", ("data_marking_definitions", MARK, "id"), "x",
     f"data_marking_definitions.{MARK}.id", "is not the name"),
    ("reference without a way to it", (W, ACT, "external_references"), [{"name": "D3FEND"}],
     f"{W}.{ACT}.external_references[0]", "nothing to find it by"),
    ("summary that promises more", ("playbook_processing_summary", "digital_signatures"), True,
     "playbook_processing_summary.digital_signatures", "is not"),
    ("summary that hides something", ("playbook_processing_summary", "if_logic"), False,
     "playbook_processing_summary.if_logic", "said not to be"),
    ("summary in words", ("playbook_processing_summary", "if_logic"), "yes",
     "playbook_processing_summary.if_logic", "neither true nor false"),
)  # fmt: skip
"""What is wrong, where it is put, what is put there, the place named, what is said of it."""


def test_a_playbook_with_every_type_of_step_holds():
    assert check_text(json.dumps(playbook())).remarks == ()


@pytest.mark.parametrize(
    ("path", "value", "place", "said"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS]
)
def test_each_kind_of_fault_is_refused_with_its_place(path, value, place, said):
    document = playbook()
    put(document, path, value)
    checked = check_text(json.dumps(document))
    found = [r for r in checked.remarks if said in r.text and (not place or r.place == place)]
    assert found, checked.remarks


def test_a_key_that_stands_twice_is_refused():
    text = json.dumps(playbook()).replace('"priority": 10', '"priority": 10, "priority": 20')
    (remark,) = check_text(text).remarks
    assert "'priority' stands twice" in remark.text


def test_a_branch_without_end_is_named():
    document = playbook()
    other = step("action", 94)
    document["workflow"][LEFT]["on_completion"] = other
    document["workflow"][other] = {
        "type": "action", "commands": [manual()], "agent": GROUP, "on_completion": LEFT,
    }  # fmt: skip
    said = [r.text for r in check_text(json.dumps(document)).remarks]
    assert any("goes round in a circle" in text for text in said)
    assert any("never comes to an end" in text for text in said)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner,
                                                                max_size=3),
    max_leaves=8,
)  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(
        value, list) else ()  # fmt: skip
    return [found for key in keys for found in [(*path, key), *places(value[key], (*path, key))]]


@settings(max_examples=200, deadline=None)
@given(place=st.sampled_from(places(playbook())), value=JSON)
def test_anything_anywhere_is_judged_and_never_raises(place, value):
    document = playbook()
    put(document, place, value)
    assert check_text(json.dumps(document)).kind in ("CACAO 2.0", "unknown")


@given(text=st.text())
def test_any_text_is_judged(text):
    assert check_text(text).remarks or text == ""
