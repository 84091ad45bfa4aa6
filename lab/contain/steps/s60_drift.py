"""Somebody deletes a rule by hand; it is found, and put back."""

from __future__ import annotations

import time

from lab import topology, world
from lab.contain import border
from lab.contain.scene import REACHED_S, Scene, deed
from lab.crew import inside, run

TITLE = "Somebody deletes a rule: drift is found and repaired"


def play(scene: Scene) -> None:
    """Delete what keeps the two fallen hosts apart, look, repair."""
    gone = remove(world.SECOND_VICTIM.ip)
    scene.check(gone > 0, f"deleted at the border: {gone} elements for {world.SECOND_VICTIM.ip}")
    scene.lives([deed("lateral")])
    found = scene.console.netcordon("contain", "reconcile")
    scene.check(found.status == 1, "ledger and device do not agree, and it is said which command")
    mended = scene.console.netcordon("contain", "reconcile", "--repair")
    scene.check("repaired" in mended.text, "it is put back")
    reached = time.monotonic()
    again = scene.console.netcordon("contain", "reconcile")
    scene.check(again.status == 0, "ledger and devices agree again")
    time.sleep(max(0.0, reached + REACHED_S - time.monotonic()))
    scene.dies([deed("lateral")], reached)


def remove(address: str) -> int:
    """Delete every element of netcordon's sets that a packet to this address meets; how many."""
    listed = run(*inside(topology.BORDER, ["nft", "-j", "list", "ruleset"]))
    found = list(border.elements(listed, address))
    for family, table, name, key in found:
        border.nft("delete", "element", family, table, name, f"{{ {key} }}")
    return len(found)
