"""The performance itself, as process 1 of the cage: build, play every step, say what passed."""

from __future__ import annotations

import importlib
import pkgutil
import random
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from lab import cage, templates
from lab.contain import actors, border, inline, resolver, stage, steps
from lab.contain.cast import MACHINES
from lab.contain.console import Console
from lab.contain.scene import Scene
from lab.crew import Crew, python

MORTAL = {"iodine"}
"""A tunnel that gets no answers for a minute gives up by itself."""


def perform(seed: int, keep: Path | None) -> int:
    """Play it; 0 when every check of every step passed.

    Args:
        seed: chooses what documents and pages say.
        keep: folder for the workspace and the programs' logs; `None` to keep nothing.
    """
    cage.furnish()
    crew, began = Crew(), time.monotonic()
    try:
        stage.build(crew, random.Random(seed))
        actors.TRIES.mkdir()
        for machine in MACHINES:
            crew.start(f"actors-{machine}", machine, python("lab.contain.actors", machine))
        print(f"The company stands and works after {time.monotonic() - began:.1f} s.", flush=True)
        scene = Scene(crew=crew, console=Console(_desk()), before=border.configuration())
        return int(not play(scene, _steps()))
    finally:
        if keep is not None:
            shutil.copytree(cage.STATE / "desk", keep, dirs_exist_ok=True)
            shutil.copytree(crew.logs, keep / "logs", dirs_exist_ok=True)
            shutil.copytree(actors.TRIES, keep / "tries", dirs_exist_ok=True)
        crew.end()


def play(scene: Scene, chosen: Sequence[ModuleType]) -> bool:
    """All steps in order, also after one that failed; whether all passed."""
    results: list[tuple[str, int, int, float]] = []
    for number, step in enumerate(chosen, 1):
        print(f"\n== {number}. {step.TITLE} ".ljust(100, "="), flush=True)
        scene.checks, began = [], time.monotonic()
        try:
            step.play(scene)
        except Exception as problem:  # noqa: BLE001 - a step that breaks has failed; others follow
            scene.check(False, f"it broke: {problem!r}")
        if dead := scene.crew.dead().keys() - MORTAL:
            scene.check(False, f"programs of the lab died: {sorted(dead)}")
        results.append((step.TITLE, sum(scene.checks), len(scene.checks), time.monotonic() - began))
    print("\n" + "=" * 100)
    for title, passed, made, seconds in results:
        verdict = "PASS" if passed == made else "FAIL"
        print(f"{verdict} {passed:3}/{made:<3}{seconds:6.1f} s  {title}")
    good, checks = sum(each[1] for each in results), sum(each[2] for each in results)
    print(f"{good} of {checks} checks passed, {sum(each[3] for each in results):.0f} s")
    return all(passed == made for _, passed, made, _ in results)


def _steps() -> list[ModuleType]:
    names = sorted(found.name for found in pkgutil.iter_modules(steps.__path__))
    return [importlib.import_module(f"{steps.__name__}.{name}") for name in names]


def _desk() -> Path:
    """Where netcordon is used: a folder with a workspace that knows the company."""
    folder = cage.STATE / "desk"
    workspace = folder / "netcordon-case"
    workspace.mkdir(parents=True)
    text = templates.text("netcordon.toml", rules=inline.RULES, policy=resolver.POLICY)
    (workspace / "netcordon.toml").write_text(text)
    return folder
