"""What would hit the company as well is refused, and whose work it would stop is said."""

from __future__ import annotations

from lab import world
from lab.contain import border
from lab.contain.cast import ORDINARY
from lab.contain.scene import Scene
from lab.contain.steps.s20_plan import make
from lab.contain.steps.s30_approvals import approve

TITLE = "Too wide: refused, naming the business flow and who answers for it"
PREFIX = 4
"""Holds the drop of the loot, and the provider of the company's backup."""


def play(scene: Scene) -> None:
    """A wider prefix is tried out; a whole zone is planned, rehearsed and not approved."""
    before, good = border.configuration(), scene.plan
    _widened(scene)
    make(scene, "--isolate-zone", "servers", lines=2)
    judged = scene.console.netcordon("contain", "rehearse", scene.plan, lines=4)
    scene.check(judged.status == 1, "the whole server zone cut off: the rehearsal does not pass")
    named = "would stop the vital flow off-site backup" in judged.text
    scene.check(named, "because it would stop the off-site backup")
    refused = approve(scene, "it", "haas.pem")
    scene.check("NC-835" in refused.text, "nobody can approve it: NC-835")
    enforced = scene.console.netcordon("contain", "enforce", scene.plan, lines=6)
    scene.check("NC-840" in enforced.text, "nor put it in force: NC-840")
    scene.plan = good
    scene.check(border.configuration() == before, "nothing was changed at any device")
    scene.lives(ORDINARY)


def _widened(scene: Scene) -> None:
    """The rule against the drop of the loot, until the backup provider is in it."""
    command = next(
        row["command_id"]
        for row in scene.console.told("status", "contain", "status", scene.plan)["rows"]
        if row["what"] == world.DROP_SITE.ip
    )
    words = ("contain", "rehearse", scene.plan, "--widen", f"{command}={PREFIX}")
    wide = scene.console.netcordon(*words, lines=8)
    scene.check(wide.status == 1, "it would not pass")
    scene.check("VITAL off-site backup" in wide.text, "the flow it would stop is named")
    scene.check("B. Kupfer answers for it" in wide.text, "so is who answers for it: B. Kupfer")
