"""In force at three real devices; the intruder is out, the company works on."""

from __future__ import annotations

import time

from lab.contain import border
from lab.contain.cast import HOSTILE
from lab.contain.scene import REACHED_S, Scene

TITLE = "In force: beacon, open session, tunnel, exfiltration die; the company goes on"


def play(scene: Scene) -> None:
    """Enforce, measure both sides, confirm."""
    began = time.monotonic()
    done = scene.console.netcordon("contain", "enforce", scene.plan, "--window", "5m", lines=30)
    reached = time.monotonic()
    scene.check(done.status == 0, f"in force and read back after {done.seconds:.1f} s")
    now = border.configuration()
    scene.check(bool(border.TABLE.search(now.ruleset)), "nft on the border lists netcordon's table")
    drops = sum(line.startswith("drop ") for line in now.rules.splitlines())
    scene.check(drops > 0, f"Suricata has {drops} drop rules of netcordon's")
    names = sum(" CNAME ." in line for line in now.zone.splitlines())
    scene.check(names > 0, f"the resolver's policy zone denies {names} names")
    time.sleep(max(0.0, reached + REACHED_S - time.monotonic()))
    scene.dies(HOSTILE, reached)
    scene.goes_on(began)
    confirmed = scene.console.netcordon("contain", "confirm", scene.plan)
    scene.check(confirmed.status == 0, "confirmed within the window: it stands")
    status = scene.console.netcordon("contain", "status", scene.plan, lines=24)
    scene.check(status.status == 0, "every command stands as it should")
