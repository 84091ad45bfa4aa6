"""The recording of afterwards is judged: what got through, and who keeps trying."""

from __future__ import annotations

import time

from lab import world
from lab.contain import sensor
from lab.contain.scene import Scene

TITLE = "After-traffic, recorded at the sensor, proves every command"
LASTS_S = 8.0


def play(scene: Scene) -> None:
    """Record some seconds, have them judged."""
    path = scene.console.folder / "after.pcap"
    sensor.record(scene.crew, path)
    time.sleep(LASTS_S)
    sensor.end(scene.crew)
    frames = path.stat().st_size
    scene.check(frames > 10_000, f"tcpdump wrote {frames:,} bytes at the sensor")
    proof = scene.console.netcordon("contain", "verify", scene.plan, "--after", path.name, lines=40)
    scene.check(proof.status == 0, "nothing got past any command")
    fallen = [
        each.ip for each in (world.PATIENT_ZERO, world.SECOND_VICTIM) if each.ip in proof.text
    ]
    scene.check(len(fallen) == 2, f"who keeps trying is named: {', '.join(fallen)}")
