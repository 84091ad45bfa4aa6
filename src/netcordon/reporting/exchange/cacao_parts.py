"""Parts of a playbook that steps refer to: agents, targets, variables, markings, references."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Mapping
from typing import Any

from netcordon.reporting.exchange import cacao_words as words
from netcordon.reporting.exchange.inspector import UUID, Inspector, names, shown, texts

_VARIABLE = r"__[A-Za-z0-9_-]{1,246}__"
_USE = re.compile(rf"({_VARIABLE}):value", re.A)
_VARIABLE_KEYS = ("type", "description", "value", "constant", "external")
_REFERENCE_KEYS = ("name", "description", "source", "url", "external_id", "reference_id")


def check_agents(inspector: Inspector, value: object, place: str) -> set[str]:
    """Definitions of agents or targets; their ids."""
    if value is None:
        return set()
    table = inspector.table(value, place)
    for name, each in (table or {}).items():
        at = f"{place}.{name}"
        agent = inspector.table(each, at)
        if agent is None:
            continue
        kind = inspector.one_of(agent.get("type"), f"{at}.type", words.AGENTS)
        if kind is None:
            continue
        inspector.matches(name, at, rf"{kind}--{UUID}", f"id of type {kind}")
        needed, more = words.AGENTS[kind]
        inspector.keys(
            agent, at, ("type", "name", *needed), ("description", "agent_target_extensions", *more)
        )
        if "name" in agent:
            inspector.text(agent["name"], f"{at}.name")
        if "address" in agent:
            _address(inspector, agent["address"], f"{at}.address")
        if "category" in agent:
            for n, one in enumerate(inspector.listing(agent["category"], f"{at}.category") or ()):
                inspector.one_of(one, f"{at}.category[{n}]", words.CATEGORIES)
    return set(table or ())


def _address(inspector: Inspector, value: object, place: str) -> None:
    table = inspector.table(value, place)
    if table is None:
        return
    if not table:
        inspector.say(place, "names no address")
    for kind, listed in table.items():
        at = f"{place}.{kind}"
        if inspector.one_of(kind, at, words.ADDRESSES) is None:
            continue
        for number, each in enumerate(inspector.listing(listed, at) or ()):
            text = inspector.text(each, f"{at}[{number}]")
            if text is None or not kind.startswith("ipv") or _USE.search(text):
                continue
            try:
                right = ipaddress.ip_network(text, strict=False).version == int(kind[3])
            except ValueError:
                right = False
            if not right:
                inspector.say(f"{at}[{number}]", f"{shown(text)} is no {kind} address")


def check_variables(inspector: Inspector, value: object, place: str) -> set[str]:
    """Definitions of variables; their names."""
    if value is None:
        return set()
    table = inspector.table(value, place)
    for name, each in (table or {}).items():
        at = f"{place}.{name}"
        inspector.matches(name, at, _VARIABLE, "variable; write __name__")
        variable = inspector.table(each, at)
        if variable is None:
            continue
        inspector.keys(variable, at, ("type",), _VARIABLE_KEYS)
        for key in ("constant", "external"):
            if key in variable and not isinstance(variable[key], bool):
                inspector.say(f"{at}.{key}", "is neither true nor false")
        if variable.get("constant") is True and variable.get("external") is True:
            inspector.say(at, "is constant, and given from outside")
        kind = inspector.one_of(variable.get("type"), f"{at}.type", words.VARIABLES)
        given = variable.get("value")
        if kind and given is not None:
            inspector.matches(given, f"{at}.value", words.VARIABLES[kind], f"text of type {kind}")
    return set(table or ())


def check_uses(
    inspector: Inspector, step: Mapping[str, Any], place: str, variables: Collection[str]
) -> None:
    """Variables that a step reads are defined, for the playbook or for the step."""
    for at, text in texts(step, place):
        for name in dict.fromkeys(_USE.findall(text)):
            if name not in variables:
                inspector.say(at, f"reads the variable {shown(name)}, which nobody defines")


def check_markings(inspector: Inspector, playbook: Mapping[str, Any]) -> None:
    """Markings are defined in the playbook; levels are those of TLP 2.0."""
    defined = playbook.get("data_marking_definitions")
    table = inspector.table(defined, "data_marking_definitions") if defined is not None else {}
    for name, each in (table or {}).items():
        at = f"data_marking_definitions.{name}"
        marking = inspector.table(each, at)
        if marking is None:
            continue
        kind = inspector.one_of(
            marking.get("type"), f"{at}.type", ("marking-tlp", "marking-statement", "marking-iep")
        )
        if kind:
            inspector.matches(name, at, rf"{kind}--{UUID}", f"id of type {kind}")
        if marking.get("id") != name:
            inspector.say(f"{at}.id", "is not the name it is defined under")
        if kind == "marking-tlp":
            inspector.one_of(marking.get("tlpv2_level"), f"{at}.tlpv2_level", words.TLP)
        if kind == "marking-statement":
            inspector.text(marking.get("statement"), f"{at}.statement")
    if "markings" in playbook:
        for number, each in enumerate(inspector.listing(playbook["markings"], "markings") or ()):
            if not names(each, table or {}):
                inspector.say(
                    f"markings[{number}]", f"{shown(each)} is not in data_marking_definitions"
                )


def check_references(inspector: Inspector, value: object, place: str) -> None:
    """External references: a name, and something to find it by."""
    if value is None:
        return
    for number, each in enumerate(inspector.listing(value, place) or ()):
        at = f"{place}[{number}]"
        reference = inspector.table(each, at)
        if reference is None:
            continue
        inspector.keys(reference, at, ("name",), _REFERENCE_KEYS[1:])
        if not set(reference) - {"name"}:
            inspector.say(at, "gives nothing to find it by")
