"""An option that nothing reads is a slip of the pen, and a command must not rest on it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from netcordon.model.actuator import Site
from netcordon.model.command import Command, Target, Verb
from netcordon.model.register import EnforcementPoint, transport_options
from tests.unit.plugins.actuators.orders import ACTUATORS

SOURCES = Path(__file__).parents[4] / "src" / "netcordon" / "plugins" / "actuators"


@pytest.mark.parametrize("name", sorted(ACTUATORS))
def test_what_an_actuator_reads_it_declares_and_what_it_declares_it_explains(name: str):
    text = (SOURCES / f"{name}.py").read_text("utf-8")
    declared = set(ACTUATORS[name].options)
    assert set(re.findall(r"option\(\"(\w+)\"", text)) <= declared
    page = text.split('"""')[1].partition("\nOptions ")[2].partition("\nCannot ")[0]
    assert declared <= set(re.findall(r"`(\w+)`", page))


@pytest.mark.parametrize("name", sorted(ACTUATORS))
def test_an_option_that_nothing_reads_refuses_every_command(name: str):
    point = EnforcementPoint(name="edge", actuator=name, options={"fille": "x"})
    command = Command(
        id="cmd-1", verb=Verb.DENY, target=Target(outside="203.0.113.1/32"), point="edge",
        boundary="b", duration_s=60,
    )  # fmt: skip
    site = Site(point=point, boundaries=(), case_id="NC-2026-0001")
    said = ACTUATORS[name].refusal(command, site) or ""
    assert said.startswith("edge has an option 'fille' that nothing reads; known: ")


def test_options_of_transports_are_those_of_the_documentation():
    page = (SOURCES.parents[3] / "docs" / "enforcement.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+):?[^`]*` \|([^|]*)\|", page, re.MULTILINE)
    assert [row[0] for row in rows] == ["local", "ssh", "https", "file", "double"]
    for transport, said in rows:
        point = EnforcementPoint(name="x", actuator="x", transport=f"{transport}:")
        assert {each.partition(" ")[0] for each in re.findall(r"`([^`]+)`", said)} <= set(
            transport_options(point)
        )
