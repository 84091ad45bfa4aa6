"""A rule that would hit the company as well is refused, and whose work it would stop is said."""

from __future__ import annotations

from lab import world
from lab.contain import border
from lab.contain.scene import Scene, deed

TITLE = "A rule that is too wide is refused, naming the business flow"
PREFIX = 4
"""Holds the drop of the loot, and the provider of the company's backup."""


def play(scene: Scene) -> None:
    """Widen the rule against the drop of the loot until the backup provider is in it."""
    before = border.configuration()
    command = next(
        row["command_id"]
        for row in scene.console.told("status", "contain", "status", scene.plan)["rows"]
        if row["what"] == world.DROP_SITE.ip
    )
    words = ("contain", "rehearse", scene.plan, "--widen", f"{command}={PREFIX}")
    wide = scene.console.netcordon(*words, lines=30)
    scene.check(wide.status == 1, "it would not pass")
    scene.check("VITAL off-site backup" in wide.text, "the flow it would stop is named")
    scene.check("B. Kupfer answers for it" in wide.text, "so is who answers for it: B. Kupfer")
    scene.check(border.configuration() == before, "nothing was changed at any device")
    scene.lives([deed("backup")])
