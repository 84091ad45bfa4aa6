"""Something that must work stops while the plan waits for its confirmation."""

from __future__ import annotations

import time

from lab import world
from lab.contain import border
from lab.contain.scene import Scene
from lab.contain.steps.s70_undo import same

TITLE = "A vital flow stops before anybody confirmed: the guard takes everything back"
ACCIDENT = "accident"
_GUARD_S = 40.0


def play(scene: Scene) -> None:
    """Enforce, break by hand what the guard probes, wait for what it does."""
    words = ("contain", "enforce", scene.plan, "--window", "5m")
    done = scene.console.netcordon(*words, lines=4)
    scene.check(done.status == 0, "in force, waiting for its confirmation")
    began = time.monotonic()
    flow = f"ip saddr {world.ADMIN.ip} ip daddr {world.SECOND_VICTIM.ip} tcp dport 22"
    border.nft("add", "table", "inet", ACCIDENT)
    hook = "{ type filter hook forward priority 0; }"
    border.nft("add", "chain", "inet", ACCIDENT, "forward", hook)
    border.nft("add", "rule", "inet", ACCIDENT, "forward", flow, "drop")
    print(f"  by hand at the border: {flow} drop", flush=True)
    while not border.configuration().is_bare and time.monotonic() < began + _GUARD_S:
        time.sleep(0.1)
    border.nft("delete", "table", "inet", ACCIDENT)
    scene.check(border.configuration().is_bare,
                f"nothing stands any more {time.monotonic() - began:.1f} s later")  # fmt: skip
    same(scene)
    status = scene.console.told("status", "contain", "status", scene.plan)
    whys = {row["why"] for row in status["rows"]}
    scene.check(
        any("administration of the servers stopped working" in why for why in whys),
        f"the journal says why: {next(iter(sorted(whys)))}",
    )
