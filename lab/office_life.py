"""Some minutes at one PC: `python -m lab.office_life pc-017 SEED SECONDS day|late|away`.

By day and late somebody works there; at night the PC fetches its updates, and with nobody in front
of it it does its chores only.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable

from lab import clients, world
from lab.rhythm import Rhythm, guarded, hands

NEWS = ("www.daily-harbour.example", "www.findit.example", "docs.instrumentwiki.example")


def main() -> None:
    """Live until the time is over."""
    pc, seed, lasts_s = world.BY_NAME[sys.argv[1]], int(sys.argv[2]), float(sys.argv[3])
    hours, rng = sys.argv[4], random.Random(seed)
    rhythm = Rhythm(lasts_s, rng)
    rhythm.every(world.UPDATE_PERIOD_S, ask_for_updates)
    rhythm.every(80.0, held(pc, lambda: clients.check_mail(pc.user)), wobble=0.2)
    rhythm.every(200.0, held(pc, lambda: clients.reputation(rng)), wobble=0.8)
    if pc.name in world.TASKBOARD_USERS:
        rhythm.every(world.TASKBOARD_PERIOD_S, refresh_board)
    if hours != "day":
        rhythm.at(rng.uniform(0.15, 0.6), fetch_update)
    elif pc.name == "pc-021":
        rhythm.at(0.33, fetch_update)
    if pc is world.ADMIN and hours != "away":
        rhythm.every(150.0, held(pc, lambda: administer(rng)), wobble=0.6)
        rhythm.at(
            0.5, held(pc, lambda: clients.ssh(pc.user, "Granite-58-Tren", "app-01", "uptime"))
        )
    deeds = weights(pc, rng)
    while rhythm.left_s > 5:
        time.sleep(min(rng.lognormvariate(3.75, 0.7), max(0.0, rhythm.left_s - 1)))
        if hours != "away":
            guarded(rng.choices(list(deeds), list(deeds.values()))[0])


def weights(pc: world.Machine, rng: random.Random) -> dict[Callable[[], None], int]:
    """What this person does, and how often."""
    return {
        lambda: clients.read_page(rng, rng.choice(NEWS)): 50,
        lambda: clients.read_page(rng, "www.tidetables.example", scheme="http"): 10,
        held(pc, lambda: clients.share(rng, pc.name, pc.user)): 18,
        held(pc, lambda: clients.intranet(rng, pc.user)): 12,
        held(pc, lambda: write_mail(pc, rng)): 10,
    }


def held(pc: world.Machine, deed: Callable[[], object]) -> Callable[[], None]:
    """The same deed, but only when nothing else of this machine is under way."""

    def gently() -> None:
        with hands(pc.name):
            deed()

    return gently


def write_mail(pc: world.Machine, rng: random.Random) -> None:
    """Mostly to colleagues, sometimes to the partner."""
    colleague = rng.choice(
        [user for user in world.PASSWORDS if user not in {pc.user, "svc-deploy"}]
    )
    outside = rng.random() < 0.35
    clients.send_mail(
        rng, pc, f"orders@{world.PARTNER_DOMAIN}" if outside else f"{colleague}@{world.DOMAIN}"
    )


def ask_for_updates() -> None:
    """The update agent of every PC, once a minute: regular as a beacon, and harmless."""
    clients.fetch(
        "http://update.osvendor.example/status.html?os=10.0.19045", agent="Update-Agent/10.0"
    )


def fetch_update() -> None:
    """The update itself."""
    clients.fetch("http://update.osvendor.example/kb5031.cab", agent="Update-Agent/10.0")


def refresh_board() -> None:
    """A browser tab left open on the task board."""
    clients.fetch(f"https://{world.TASKBOARD.name}/api/v2/changes?since=41")


def administer(rng: random.Random) -> None:
    """The administrator looks after a server."""
    clients.ssh(
        world.ADMIN.user,
        world.PASSWORDS[world.ADMIN.user],
        rng.choice(["app-01", "fs-01", "bk-01"]),
        "uptime; ls -l /usr/share | head -40",
    )


if __name__ == "__main__":
    main()
