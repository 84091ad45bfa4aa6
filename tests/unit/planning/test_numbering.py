"""Ids of commands: one command has one id in a case, and no two commands share one."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from netcordon.model.command import Command, Target, Verb
from netcordon.planning.numbering import Numbering

COMMANDS = st.builds(
    lambda host, point, hours: Command(
        id="", verb=Verb.DENY, target=Target(outside=f"203.0.113.{host}/32"), point=point,
        boundary="edge", duration_s=hours * 3600,
    ),
    st.integers(1, 6), st.sampled_from(["fw-1", "fw-2"]), st.sampled_from([1, 24]),
)  # fmt: skip


@given(st.lists(st.lists(COMMANDS, max_size=6), min_size=1, max_size=5))
def test_over_all_plans_of_a_case_an_id_means_one_command(plans):
    case: list[Command] = []
    for plan in plans:
        numbering = Numbering(case)
        case += [numbering.numbered(command) for command in plan]
    meaning = {command.id: command for command in case}
    assert all(meaning[command.id] == command for command in case)
    assert len(meaning) == len({replace(command, id="") for command in case})


def test_numbers_go_on_behind_the_highest_of_earlier_plans():
    old = Command(
        id="cmd-41", verb=Verb.DENY, target=Target(outside="203.0.113.7/32"), point="fw",
        boundary="edge", duration_s=60,
    )  # fmt: skip
    numbering = Numbering([old])
    assert numbering.numbered(replace(old, id="")).id == "cmd-41"
    assert numbering.numbered(replace(old, duration_s=61)).id == "cmd-42"
