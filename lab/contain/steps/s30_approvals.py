"""Two sides, two people, and nobody else."""

from __future__ import annotations

from lab.contain.console import Answer
from lab.contain.scene import Scene

TITLE = "One approval is refused, two are given"
PEOPLE = (
    ("R. Haas", "haas.pem", ("--role", "it", "--user", "r.haas")),
    ("S. Brandt", "brandt.pem", ("--role", "business", "--line", "sales", "--user", "s.brandt")),
    ("B. Kupfer", "kupfer.pem", ("--role", "business", "--line", "operations")),
)


def play(scene: Scene) -> None:
    """People with keys; then the gate, shut, half open, open."""
    for name, key, says in PEOPLE:
        vouched = ("--vouched-by", PEOPLE[0][1]) if key != PEOPLE[0][1] else ()
        words = (*says, "--key-out", key, "--no-passphrase", *vouched)
        scene.console.netcordon("person", "add", name, *words, lines=2)
    early = scene.console.netcordon("contain", "enforce", scene.plan, lines=4)
    scene.check(early.status not in (0, 1) and "NC-840" in early.text, "without approvals: NC-840")
    other = approve(scene, "business", "kupfer.pem")
    refused = "NC-835" in other.text and "sales" in other.text
    scene.check(refused, "the business of another line is refused: NC-835, sales decides")
    first = approve(scene, "it", "haas.pem")
    scene.check(first.status == 1, "IT alone does not suffice")
    second = approve(scene, "business", "brandt.pem")
    scene.check(second.status == 0, "with the business of the affected line it may be put in force")


def approve(scene: Scene, role: str, key: str) -> Answer:
    """One person's yes to the plan."""
    return scene.console.netcordon(
        "contain", "approve", scene.plan, "--as", role, "--key", key, lines=6
    )
