"""Everything is taken back, and the border is what it was."""

from __future__ import annotations

from lab.contain import border
from lab.contain.scene import Scene, deed

TITLE = "Undo: the ruleset is what it was, byte for byte"


def play(scene: Scene) -> None:
    """Undo, compare; the intruder's beacon shows that it was the rules that stopped it."""
    done = scene.console.netcordon(
        "contain", "undo", scene.plan, "--reason", "the hosts were rebuilt", lines=20
    )
    scene.check(done.status == 0, f"taken back after {done.seconds:.1f} s")
    same(scene)
    scene.lives([deed("beacon-042"), deed("beacon-app"), deed("exfiltration")])
    verified = scene.console.netcordon("verify", lines=4)
    scene.check(verified.status == 0, "evidence, tables and journal are unchanged")


def same(scene: Scene) -> None:
    """Compare all three devices with what they were before anything was done."""
    now = border.configuration()
    size = len(now.ruleset.encode())
    scene.check(now.ruleset == scene.before.ruleset,
                f"nft list ruleset: {size:,} bytes, identical but for counters")  # fmt: skip
    scene.check(now.rules == scene.before.rules, "Suricata's rule file: identical")
    scene.check(now.zone == scene.before.zone, "the policy zone: identical but for its serial")
