"""netcordon is killed while it is putting the plan in force."""

from __future__ import annotations

import os
import signal
import time

from lab.contain import border
from lab.contain.cast import ORDINARY
from lab.contain.scene import Scene
from lab.contain.steps.s70_undo import same

TITLE = "netcordon is killed in the middle of it: the guard takes everything back"
_APPEARS_S, _GUARD_S = 30.0, 30.0


def play(scene: Scene) -> None:
    """Kill -9 as soon as the first rule stands; wait for what its guard does."""
    began = time.monotonic()
    print(f"\n$ netcordon contain enforce {scene.plan} --yes", flush=True)
    print("  (kill -9 as soon as a rule stands)", flush=True)
    process = scene.console.begin("contain", "enforce", scene.plan, "--yes")
    deadline = began + _APPEARS_S
    while process.poll() is None and time.monotonic() < deadline:
        if border.TABLE.search(border.ruleset()):
            break
    stood = process.poll() is None
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    killed = time.monotonic()
    scene.check(stood, f"killed {killed - began:.1f} s after the start, with rules at the border")
    while border.configuration() != scene.before and time.monotonic() < killed + _GUARD_S:
        time.sleep(0.1)
    scene.check(border.configuration().is_bare,
                f"nothing stands any more {time.monotonic() - killed:.1f} s later")  # fmt: skip
    same(scene)
    status = scene.console.netcordon("contain", "status", scene.plan, lines=6)
    scene.check("rolled" in status.text, "the journal says that it was rolled back")
    scene.goes_on(began, ORDINARY)
