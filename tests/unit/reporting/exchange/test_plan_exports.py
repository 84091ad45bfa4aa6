"""Plans as documents hold by their own checkers, whatever the attacker wrote, and do not change."""

from __future__ import annotations

import base64
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from netcordon.model.handling import TLP
from netcordon.reporting.exchange.cacao import cacao_playbook, cacao_text
from netcordon.reporting.exchange.check import check_text
from netcordon.reporting.exchange.openc2 import openc2_messages, openc2_text
from netcordon.reporting.plan_markdown import plan_markdown
from tests.unit.reporting.exchange.samples import plan

HOSTILE = st.text(min_size=1, max_size=60) | st.sampled_from(
    ["__x__:value", "\x1b[31m", "](javascript:x)", "|", "`", "</td>", "# h", "\n\n- x", "```",
     "‮gpj.exe"]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(hostile=HOSTILE)
def test_a_playbook_of_any_plan_holds(hostile):
    text = cacao_text(plan(hostile), TLP.AMBER)
    assert check_text(text).remarks == ()
    assert text.isascii()
    assert text == cacao_text(plan(hostile), TLP.AMBER)


def steps(document, kind):
    return {k: v for k, v in document["workflow"].items() if v["type"] == kind}


def test_a_playbook_does_each_device_and_task_and_takes_back_what_fails():
    made = plan()
    document = cacao_playbook(made, TLP.GREEN)
    named = [step["name"] for step in steps(document, "action").values()]
    assert any(name.startswith("Rules of fw") for name in named)
    assert {"msr-2: plain", "msr-3: plain", "Prove it"} <= set(named)
    # Undone when it fails, and when the probes say so.
    assert named.count("Take back the rules of fw") == 2
    (failing,) = [s for s in steps(document, "action").values()
                  if s["name"].startswith("Rules of fw")]  # fmt: skip
    back = document["workflow"][failing["on_failure"]]
    assert base64.b64decode(back["commands"][0]["command_b64"]) == b"delete rule x\n"
    assert document["data_marking_definitions"][document["markings"][0]]["tlpv2_level"] == (
        "TLP:GREEN"
    )


def test_what_waits_for_another_measure_comes_behind_it():
    document = cacao_playbook(plan(), TLP.AMBER)
    workflow = document["workflow"]

    def behind(name, seen=()):
        step = workflow[name]
        found = {step.get("name", "")}
        for key in ("on_completion", "on_success", "on_true"):
            if key in step and name not in seen:
                found |= behind(step[key], (*seen, name))
        return found

    (side,) = steps(document, "parallel")
    first = {workflow[head]["name"] for head in workflow[side]["next_steps"]}
    assert "msr-2: plain" in first
    assert "msr-3: plain" not in first
    assert "msr-3: plain" in behind(side)


def test_rules_for_an_openc2_consumer_are_sent_as_they_are():
    document = cacao_playbook(plan(), TLP.AMBER)
    sent = [c for s in steps(document, "action").values() for c in s["commands"]
            if c["type"] == "openc2-http"]  # fmt: skip
    actions = {
        json.loads(base64.b64decode(c["content_b64"]))["body"]["openc2"]["request"]["action"]
        for c in sent
    }
    assert actions == {"deny", "delete"}


def test_another_plan_has_other_ids():
    one, other = (cacao_playbook(replace(plan(), hash=h * 32), TLP.AMBER) for h in ("ab", "cd"))
    assert not set(one["workflow"]) & set(other["workflow"])


def test_messages_of_a_plan_hold_and_what_cannot_be_said_is_named():
    messages, left_out = openc2_messages(plan())
    assert check_text(openc2_text(messages)).remarks == ()
    assert left_out == {"cmd-6": "no profile knows set for this"}
    said = [m["body"]["openc2"]["request"] for m in messages]
    assert {r["command_id"].split(".")[1] for r in said} == {f"cmd-{n}" for n in (1, 2, 3, 4, 5, 7)}
    (contain,) = [r for r in said if r["action"] == "contain"]
    assert contain["args"]["er"]["permitted_addresses"] == {
        "ipv4_net": ["10.9.0.0/24"], "ipv6_net": ["fd00::/8"],
    }  # fmt: skip
    nets = [r["target"]["ipv4_net"] for r in said if ".cmd-2." in r["command_id"]]
    assert "203.0.113.9/32" not in nets
    assert len(nets) == 8


@pytest.mark.parametrize("hostile", ["__x__", "<script>x</script>", "![x](http://a)", "a|b\n# c"])
def test_markdown_keeps_what_the_attacker_wrote_inert(hostile):
    text = plan_markdown(plan(hostile), TLP.RED)
    assert text.startswith("**TLP:RED**")
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
    assert "<script" not in html
    assert "<img" not in html
    assert "<a " not in html
    assert html.count("<h1>") == 1


@settings(max_examples=40, deadline=None)
@given(hostile=HOSTILE)
def test_the_attacker_changes_no_structure(hostile):
    def structure(text):
        return [t.type for t in MarkdownIt("commonmark").enable("table").parse(text)
                if t.type not in ("inline", "hardbreak")]  # fmt: skip

    assert structure(plan_markdown(plan(hostile), TLP.RED)) == structure(
        plan_markdown(plan("plain"), TLP.RED)
    )
