"""Everything works, also what should not."""

from __future__ import annotations

import time

from lab.contain.cast import DEEDS
from lab.contain.scene import Scene
from lab.contain.tally import await_all

TITLE = "Before: the intruder and the company both go about their business"


def play(scene: Scene) -> None:
    """Each deed works twice."""
    began = time.monotonic()
    for tally in await_all(DEEDS, lambda t: t.worked >= 2, since_s=0.0, patience_s=30.0):
        scene.check(tally.worked >= 2, f"{tally.deed.says:<40} worked {tally.worked} times")
    print(f"  all within {time.monotonic() - began:.1f} s")
    scene.check(scene.before.is_bare, "nothing of netcordon's stands at any device")
