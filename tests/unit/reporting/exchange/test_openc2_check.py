"""Every kind of fault in OpenC2 messages is refused with its place; what holds is not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netcordon.reporting.exchange.check import check_text
from tests.unit.reporting.exchange.samples import message
from tests.unit.reporting.exchange.test_cacao_check import GONE, JSON, places, put

R = ("body", "openc2", "request")
P = "body.openc2.request"
CONNECTION = (*R, "target", "ipv4_connection")
ARGS = (*R, "args")

FAULTS: tuple[tuple[str, tuple[Any, ...], object, str, str], ...] = (
    ("no action", (*R, "action"), GONE, P, "lacks action"),
    ("unknown action", (*R, "action"), "block", f"{P}.action", "is none of"),
    ("action of no such profile", (*R, "action"), "contain", f"{P}.action", "has no action"),
    ("no target", (*R, "target"), {}, f"{P}.target", "exactly one key, has 0"),
    ("two targets", (*R, "target", "domain_name"), "bad.example", f"{P}.target",
     "exactly one key, has 2"),
    ("unknown target", (*R, "target"), {"ip": "203.0.113.7"}, f"{P}.target", "no target"),
    ("target of another action", (*R, "target"), {"pf:rule_number": 3}, f"{P}.target",
     "cannot deny"),
    ("empty connection", (*R, "target"), {"ipv4_connection": {}}, f"{P}.target.ipv4_connection",
     "would mean everything"),
    ("unknown field", (*CONNECTION, "vlan"), 3, f"{P}.target.ipv4_connection.vlan",
     "is no property"),
    ("address of the other family", (*CONNECTION, "dst_addr"), "2001:db8::/32",
     f"{P}.target.ipv4_connection.dst_addr", "is IPv6"),
    ("host bits in a network", (*CONNECTION, "dst_addr"), "203.0.113.7/24",
     f"{P}.target.ipv4_connection.dst_addr", "host bits"),
    ("unknown protocol", (*CONNECTION, "protocol"), "gre",
     f"{P}.target.ipv4_connection.protocol", "is none of"),
    ("port out of range", (*CONNECTION, "dst_port"), 70_000,
     f"{P}.target.ipv4_connection.dst_port", "from 0 to 65535"),
    ("port without protocol", (*CONNECTION, "protocol"), GONE,
     f"{P}.target.ipv4_connection.dst_port", "needs a protocol"),
    ("no domain", (*R, "target"), {"domain_name": "bad example"}, f"{P}.target.domain_name",
     "no domain name"),
    ("no network", (*R, "target"), {"ipv6_net": "203.0.113.0/24"}, f"{P}.target.ipv6_net",
     "is IPv4"),
    ("unknown feature", (*R,), {"action": "query", "target": {"features": ["all"]}},
     f"{P}.target.features[0]", "is none of"),
    ("device that is none", (*R,), {"action": "contain", "target": {"device": {}},
     "profile": "er"}, f"{P}.target.device", "would mean everything"),
    ("three times", ARGS, {"start_time": 1, "stop_time": 2, "duration": 1}, f"{P}.args",
     "only two of"),
    ("stops before it starts", ARGS, {"start_time": 2, "stop_time": 1}, f"{P}.args.stop_time",
     "not after start_time"),
    ("negative duration", (*ARGS, "duration"), -1, f"{P}.args.duration", "whole number"),
    ("unknown response", (*ARGS, "response_requested"), "please",
     f"{P}.args.response_requested", "is none of"),
    ("unknown argument", (*ARGS, "colour"), 1, f"{P}.args.colour", "is no argument"),
    ("argument of another profile", (*ARGS, "slpf"), {"direction": "both"}, f"{P}.args.slpf",
     "another profile"),
    ("unknown argument of the profile", (*ARGS, "pf", "colour"), 1, f"{P}.args.pf.colour",
     "is no property"),
    ("unknown way to drop", (*ARGS, "pf", "drop_process"), "loudly",
     f"{P}.args.pf.drop_process", "is none of"),
    ("unknown direction", (*ARGS, "pf", "direction"), "out", f"{P}.args.pf.direction",
     "is none of"),
    ("direction that pf would guess", (*ARGS, "pf", "direction"), GONE, f"{P}.args.pf",
     "incoming traffic only"),
    ("rule number zero", (*ARGS, "pf", "insert_rule"), 0, f"{P}.args.pf.insert_rule",
     "whole number"),
    ("rule number without an answer", (*ARGS, "response_requested"), "none",
     f"{P}.args.pf.insert_rule", "needs response_requested"),
    ("how to drop what is allowed", (*R, "action"), "allow", f"{P}.args.pf.drop_process",
     "this is allow"),
    ("logged in words", (*ARGS, "pf", "logged"), "yes", f"{P}.args.pf.logged", "neither true"),
    ("delete with a duration", (*R,), {"action": "delete", "target": {"pf:rule_number": 3},
     "profile": "pf", "args": {"duration": 5}}, f"{P}.args", "delete takes no argument"),
    ("rule number of no number", (*R,), {"action": "delete", "target": {"pf:rule_number": "3"},
     "profile": "pf"}, f"{P}.target.pf:rule_number", "whole number"),
    ("query with a duration", (*R,), {"action": "query", "target": {"features": []},
     "args": {"duration": 5}}, f"{P}.args", "a query takes no argument"),
    ("profile and actuator", (*R, "actuator"), {"pf": {}}, P, "both profile and actuator"),
    ("actuator of two profiles", (*R,), {"action": "deny", "target": {"ipv4_net": "192.0.2.0/24"},
     "actuator": {"pf": {}, "slpf": {}}}, f"{P}.actuator", "exactly one key"),
    ("containment without a word for it", (*R,), {"action": "contain", "profile": "er",
     "target": {"device": {"hostname": "pc"}}, "args": {"er": {"device_containment": "off"}}},
     f"{P}.args.er.device_containment", "is none of"),
    ("addresses that nothing permits", (*R,), {"action": "contain", "profile": "er",
     "target": {"device": {"hostname": "pc"}},
     "args": {"er": {"permitted_addresses": {"ipv4_net": ["192.0.2.1"]}}}},
     f"{P}.args.er.permitted_addresses", "only network_isolation"),
    ("long id", (*R, "command_id"), "x" * 37, f"{P}.command_id", "at most 36"),
    ("no request id", ("headers", "request_id"), GONE, "headers", "lacks request_id"),
    ("request id that is none", ("headers", "request_id"), "1", "headers.request_id",
     "is no UUID"),
    ("time in words", ("headers", "created"), "today", "headers.created", "whole number"),
    ("to nobody", ("headers", "to"), [], "headers.to", "empty list"),
    ("no body", ("body",), GONE, "", "lacks body"),
    ("another body", ("body",), {"stix": {}}, "body", "lacks openc2"),
    ("unknown header", ("headers", "priority"), 1, "headers.priority", "is no property"),
)  # fmt: skip


@pytest.mark.parametrize(
    "document",
    [
        message(),
        message()["body"]["openc2"]["request"],
        message("query", target={"features": []}, args={"response_requested": "complete"}),
        message("delete", target={"pf:rule_number": 7}, args={"response_requested": "complete"}),
        message(target={"domain_name": "bad.example"}, args={"pf": {"direction": "egress"}}),
        message(profile="slpf", target={"ipv6_net": "2001:db8::/32"}, args={"slpf": {}}),
        message("contain", profile="er", target={"device": {"device_id": "10.1.0.5"}}, args={
            "er": {"device_containment": "network_isolation",
                   "permitted_addresses": {"ipv4_net": ["10.9.0.0/24"]}}}),
        message("deny", profile="x-acme", target={"x-acme:thing": {"a": 1}}, args={}),
    ],
)  # fmt: skip
def test_what_holds_is_taken(document):
    assert check_text(json.dumps(document)).remarks == ()


@pytest.mark.parametrize(
    ("path", "value", "place", "said"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS]
)
def test_each_kind_of_fault_is_refused_with_its_place(path, value, place, said):
    document = message()
    put(document, path, value)
    checked = check_text(json.dumps(document))
    assert [r for r in checked.remarks if said in r.text and r.place == place], checked.remarks


def test_the_same_id_twice_is_refused_and_lines_are_messages():
    text = f"{json.dumps(message())}\n{json.dumps(message())}\n"
    said = [(r.place, r.text) for r in check_text(text).remarks]
    assert [place for place, text in said if "stands at [0] already" in text] == ["[1]", "[1]"]


@settings(max_examples=150, deadline=None)
@given(place=st.sampled_from(places(message())), value=JSON)
def test_anything_anywhere_is_judged_and_never_raises(place, value):
    document = message()
    put(document, place, value)
    assert check_text(json.dumps([document])).kind in ("OpenC2", "unknown")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[" * 50_000, "nested too deeply"),
        ('{"a": ' + "9" * 5000 + "}", "a number in it has thousands of digits"),
        ('{"a": 1, "a": 2}', "stands twice in one object"),
        ("{", "Expecting property name"),
    ],
)
def test_what_cannot_be_read_is_said_in_words_for_people(text, why):
    (remark,) = check_text(text).remarks
    assert why in remark.text
    assert "sys." not in remark.text
