"""What afterwards proved, and what probes said, on a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from netcordon.model.enforced import Attempted
from netcordon.model.proof import CommandProof, Judgement, Place, PlanProof
from netcordon.model.quantity import count_text, time_text
from netcordon.reporting.page import Page
from netcordon.reporting.visible import visible

_TRYING = 8
_ORDER = (Judgement.FAILED, Judgement.UNPROVEN, Judgement.HOLDS, Judgement.SILENT)


def proof_text(found: PlanProof, *, width: int = 100) -> str:
    """What came of ``contain verify``: failures first, then who still tries."""
    page = Page(width)
    counts = {j: sum(c.judgement is j for c in found.commands) for j in _ORDER}
    said = ", ".join(f"{n} {j}" for j, n in counts.items() if n)
    page.say("Verified" if found.holds else "NOT PROVEN", f"{found.plan_id}: {said}")
    page.say(
        "Recorded", f"{count_text(len(found.evidence_ids), 'capture')} on "
        f"{'our side of' if found.sensor == 'near' else 'the far side of'} the devices, until "
        f"{time_text(found.until)} UTC",
    )  # fmt: skip
    page.gap()
    commands = sorted(found.commands, key=lambda c: _ORDER.index(c.judgement))
    for number, each in enumerate(commands):
        _command(page, "Commands" if not number else "", each)
    _trying(page, found.commands)
    return page.text()


def _command(page: Page, label: str, each: CommandProof) -> None:
    page.say(
        label, f"{each.judgement.upper() if each.judgement == 'failed' else each.judgement}  "
        f"{each.command_id} at {visible(each.point)}, {visible(each.what, limit=80)}: {each.said}",
    )  # fmt: skip
    if each.first is not None and each.last is not None:
        page.row(f"first {_place(each.first)}")
        page.row(f"last  {_place(each.last)}")
    if each.connections:
        page.row(f"{count_text(each.connections, 'connection')} begun afterwards and answered")


def _place(place: Place) -> str:
    return f"{time_text(place.time)} UTC, {place.evidence_id} frame {place.frame:,}"


def _trying(page: Page, commands: Sequence[CommandProof]) -> None:
    tries: dict[str, list[tuple[int, str]]] = {}
    for each in commands:
        for one in each.trying:
            tries.setdefault(one.src_ip, []).append((one.attempts, each.command_id))
    hosts = sorted(tries, key=lambda ip: (-sum(n for n, _ in tries[ip]), ip))
    if hosts:
        page.gap()
    for number, host in enumerate(hosts[:_TRYING]):
        total = sum(n for n, _ in tries[host])
        ids = ", ".join(dict.fromkeys(command for _, command in tries[host]))
        page.say(
            "Still tries" if not number else "",
            f"{host}: {count_text(total, 'attempt')} ({ids}); it is most likely still infected",
        )
    if len(hosts) > _TRYING:
        page.row(f"and {count_text(len(hosts) - _TRYING, 'more host')} (--json)")


def probes_text(made: Sequence[Attempted], *, width: int = 100) -> str:
    """What came of ``contain probe``."""
    page = Page(width)
    if not made:
        page.say("Probes", "the plan has none")
    words = {True: "good", False: "WRONG", None: "not made"}
    for number, each in enumerate(made):
        probe = each.probe
        port = f" {probe.protocol}/{probe.port}" if probe.port is not None else ""
        must = "must work" if probe.must_work else "must fail"
        said = each.said.removeprefix("not made: ")
        page.say(
            "Probes" if not number else "",
            f"{words[each.good]}  {visible(probe.src)} to {visible(probe.dst)}{port}, {must}: "
            f"{visible(said, limit=200)} ({visible(probe.why, limit=100)})",
        )
    return page.text()
