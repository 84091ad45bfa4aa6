"""Measures end by themselves: by the device's own timer, and by netcordon where it has none."""

from __future__ import annotations

import time

from lab.contain import border
from lab.contain.cast import HOSTILE
from lab.contain.scene import REACHED_S, Scene, deed
from lab.contain.steps.s20_plan import make
from lab.contain.steps.s30_approvals import approve
from lab.contain.steps.s70_undo import same

TITLE = "Expiry: a plan for one minute ends by itself"
LASTS_S = 60.0
_LATE_S = 10.0


def play(scene: Scene) -> None:
    """A second plan, approved and enforced; then nobody does anything at the border."""
    console = scene.console
    make(scene, "--for", "1m", lines=3)
    rehearsed = console.netcordon("contain", "rehearse", scene.plan, lines=1)
    scene.check(rehearsed.status == 0, "rehearsed")
    approve(scene, "it", "haas.pem")
    granted = approve(scene, "business", "brandt.pem")
    scene.check(granted.status == 0, "approved anew: another plan is another plan")
    done = console.netcordon("contain", "enforce", scene.plan, "--yes", lines=8)
    reached = time.monotonic()
    scene.check(done.status == 0, f"in force: {border.timed()} timed elements at the border")
    time.sleep(max(0.0, reached + REACHED_S - time.monotonic()))
    scene.dies([deed("beacon-042"), deed("exfiltration")], reached)
    over = reached + LASTS_S
    time.sleep(max(0.0, over - time.monotonic()))
    while border.timed() and time.monotonic() < over + _LATE_S:
        time.sleep(0.2)
    late = time.monotonic() - over
    scene.check(
        border.timed() == 0, f"the border's kernel ended its rules by itself ({late:+.1f} s)"
    )
    scene.lives([deed("lateral")])
    ended = console.netcordon("contain", "reconcile", lines=16)
    scene.check(ended.status == 0 or "taken back" in ended.text, "netcordon takes back the rest")
    same(scene)
    scene.lives([each for each in HOSTILE if each.name in ("beacon-042", "exfiltration")])
