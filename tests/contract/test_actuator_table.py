"""docs/actuators.md is what the actuators answer; ``python -m`` this module writes it anew."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from netcordon.model.actuator import Actuator
from netcordon.model.command import Direction, Refusal, Target, Verb
from netcordon.registry import Plugin, load
from tests.unit.plugins.actuators.orders import ACTUATORS, OTHER_OPTIONS, command, site

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs" / "actuators.md"
PLUGINS = load("actuators")[0]
HEAD = """\
# Actuators

What each kind of device can be told; each was asked. What it cannot be told is refused in words
when a plan is made. The docstring of its file in `src/netcordon/plugins/actuators/` says how it
stops traffic, what must be prepared, and its options (`[[device]]` in `netcordon.toml`, `options`).

- *ours*: one host of ours with an address. *serves*: towards a service of ours. *one way*: only
  what one side begins. *except*: a host isolated but for some networks. *refuse*: the sender is
  told.
- *open*: connections that are open are ended by calls of their own; elsewhere the rules stop them,
  or the docstring says that they go on.
- *expires*: by the device's own timer; otherwise netcordon takes rules back. *counts*: how often
  rules matched.

"""
ADDRESS = Target(outside="203.0.113.7/32")
ASKED = {
    "IPv4": command(1, ADDRESS),
    "IPv6": command(1, Target(outside="2001:db8:bad::1/128")),
    "port": command(1, replace(ADDRESS, port=443, protocol="tcp")),
    "ours": command(1, replace(ADDRESS, inside="10.1.2.4/32")),
    "serves": command(
        1, replace(ADDRESS, inside="10.1.2.4/32", port=22, protocol="tcp", serves_inside=True)
    ),
    "one way": command(1, ADDRESS, direction=Direction.EGRESS),
    "isolate": command(1, Target(inside="10.1.2.4/32"), Verb.CONTAIN),
    "except": command(
        1, Target(inside="10.1.2.4/32", except_for=("10.1.9.9/32",)), Verb.CONTAIN
    ),
    "name": command(1, Target(domain="c2.bad.example")),
    "sinkhole": command(1, Target(domain="c2.bad.example"), Verb.REDIRECT),
    "JA4": command(1, replace(ADDRESS, ja4="t13d1516h2_8daaf6152771_b186095e22b6")),
    "slow": command(1, ADDRESS, Verb.SET, packets_per_s=10),
}  # fmt: skip
REFUSED = [
    command(1, ADDRESS, refusal=Refusal.REJECT),
    command(1, Target(domain="c2.bad.example"), refusal=Refusal.REJECT),
]


def row(name: str, actuator: Actuator) -> list[str]:
    places = [site(name)]
    if name in OTHER_OPTIONS:
        point = replace(places[0].point, options=OTHER_OPTIONS[name])
        places.append(replace(places[0], point=point))

    def able(*orders: object) -> bool:
        return any(actuator.refusal(o, place) is None for o in orders for place in places)  # type: ignore[arg-type]

    marks = [*(able(order) for order in ASKED.values()), able(*REFUSED)]
    marks += [bool(actuator.cut([ASKED["ours"]], places[0])) if marks[3] else False]
    marks += [actuator.keeps_time, actuator.ability.counts]
    checkers = ", ".join(f"`{check.program}`" for check in actuator.checks)
    return [f"`{name}`", actuator.title, *("x" if mark else "" for mark in marks), checkers]


def written() -> str:
    columns = ["actuator", "device", *ASKED, "refuse", "open", "expires", "counts", "checked by"]
    rows = [row(name, actuator) for name, actuator in ACTUATORS.items()]
    lines = [columns, ["---"] * len(columns), *rows]
    return HEAD + "".join(f"| {' | '.join(line)} |\n" for line in lines)


def test_the_document_says_what_the_actuators_answer() -> None:
    assert TABLE.read_text(encoding="utf-8") == written()


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda plugin: plugin.id)
def test_every_actuator_says_how_it_works_and_what_it_cannot(plugin: Plugin) -> None:
    assert isinstance(plugin.content, Actuator)
    assert re.search(r"^How it stops traffic  ", plugin.doc, re.MULTILINE)
    assert re.search(r"^Cannot  ", plugin.doc, re.MULTILINE)
    source = (ROOT / "src/netcordon/plugins/actuators" / f"{plugin.id}.py").read_text("utf-8")
    asked = set(re.findall(r"site\.option\(\"(\w+)\"", source))
    assert not [option for option in asked if f"`{option}`" not in plugin.doc], (
        "undocumented option"
    )


if __name__ == "__main__":
    TABLE.write_text(written(), encoding="utf-8")
