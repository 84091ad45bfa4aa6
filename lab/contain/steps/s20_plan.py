"""From the recording to a plan that a real kernel, Suricata and name servers agree with."""

from __future__ import annotations

import re
from pathlib import Path

from lab.contain.console import Answer
from lab.contain.scene import Scene

TITLE = "Investigate the recording, plan, rehearse"
RECORDING = Path(__file__).resolve().parents[2] / "demo" / "demo.pcapng.gz"


def play(scene: Scene) -> None:
    """Verdict, register, plan, rehearsal."""
    console = scene.console
    found = console.netcordon("investigate", str(RECORDING), lines=14)
    scene.check(found.status == 1 and "CRITICAL" in found.text, "the incident is found, critical")
    checked = console.netcordon("contain", "check")
    scene.check(checked.status == 0, "netcordon.toml lacks nothing that containment needs")
    planned = make(scene, lines=48)
    devices = [
        name for name in ("border-fw", "border-ips", "resolver") if f"{name} (" in planned.text
    ]
    scene.check(len(devices) == 3, f"the plan has rules for {', '.join(devices)}")
    scene.check("100 %" in planned.text, "every way of the attacker is closed or somebody's task")
    rehearsed = console.netcordon("contain", "rehearse", scene.plan, lines=6)
    engines = rehearsed.text.count("agrees with the model on every one")
    scene.check(
        rehearsed.status == 0, f"the rehearsal passed; {engines} engines agree with the model"
    )
    scene.check(scene.before.is_bare, "nothing was touched")


def make(scene: Scene, *options: str, lines: int) -> Answer:
    """A new plan, which is the one to work with from now on."""
    planned = scene.console.netcordon("contain", "plan", *options, lines=lines)
    scene.plan = re.findall(r"\bplan-[0-9a-f]+", planned.text)[0]
    return planned
