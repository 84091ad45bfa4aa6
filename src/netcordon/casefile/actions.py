"""What became of a plan's commands, in the journal: every change of state, once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from netcordon.casefile.canonical import instant
from netcordon.casefile.journal import Draft, Journal
from netcordon.model.enforced import ActionState, Change
from netcordon.model.proof import PlanProof

CHANGED = "action.changed"
BEGUN = "plan.enforcement_begun"
DONE = "measure.done"
PROVEN = "plan.proven"


def record_begun(journal: Journal, plan_id: str, facts: Mapping[str, Any]) -> None:
    """Put into the journal that a plan is going to be put in force, by whose leave.

    Raises:
        WorkspaceError: when it cannot be written.
    """
    journal.append([Draft(BEGUN, plan_id, facts)])


def record_changes(journal: Journal, changes: Sequence[Change]) -> None:
    """Put changes into the journal; those that it knows already are passed over.

    Raises:
        WorkspaceError: when they cannot be written; then none was.
    """
    with journal.alone():
        known: set[str] = set()
        for plan_id in dict.fromkeys(change.plan_id for change in changes):
            known |= {str(e.payload["id"]) for e in journal.entries((CHANGED,), plan_id)}
        new = {change.id: change for change in changes if change.id not in known}
        journal.append([Draft(CHANGED, change.plan_id, change) for change in new.values()])


def record_done(journal: Journal, plan_id: str, measure_id: str, note: str) -> None:
    """Put into the journal that a person did a measure, in that person's words.

    Raises:
        WorkspaceError: when it cannot be written.
    """
    journal.append([Draft(DONE, plan_id, {"measure_id": measure_id, "note": note})])


def done(journal: Journal, plan_id: str) -> dict[str, str]:
    """Measure -> who said that it is done, and when."""
    return {
        str(entry.payload["measure_id"]): f"{entry.author} at {entry.time:%Y-%m-%d %H:%M} UTC"
        for entry in journal.entries((DONE,), plan_id)
    }


def record_proof(journal: Journal, proof: PlanProof) -> None:
    """Put into the journal what traffic of afterwards said of a plan.

    Raises:
        WorkspaceError: when it cannot be written.
    """
    journal.append([Draft(PROVEN, proof.plan_id, proof)])


def still_trying(journal: Journal, plan_id: str) -> dict[str, tuple[str, ...]]:
    """Command -> hosts that still tried when traffic was last looked at, most attempts first."""
    found: dict[str, tuple[str, ...]] = {}
    for entry in journal.entries((PROVEN,), plan_id):
        found = {
            str(each["command_id"]): tuple(str(host["src_ip"]) for host in each["trying"])
            for each in entry.payload["commands"]
        }
    return found


def changes(journal: Journal, plan_id: str | None = None) -> tuple[Change, ...]:
    """Every change, oldest first; of one plan, or of all."""
    return tuple(_change(entry.payload) for entry in journal.entries((CHANGED,), plan_id))


def latest(changes: Sequence[Change]) -> dict[tuple[str, str, str], Change]:
    """Case, point and command -> the state it came into last."""
    return {(change.case_id, change.point, change.command_id): change for change in changes}


def _change(payload: Mapping[str, Any]) -> Change:
    until = payload.get("expires_time")
    return Change(
        id=str(payload["id"]),
        case_id=str(payload["case_id"]),
        plan_id=str(payload["plan_id"]),
        measure_id=str(payload["measure_id"]),
        command_id=str(payload["command_id"]),
        point=str(payload["point"]),
        state=ActionState(payload["state"]),
        time=instant(str(payload["time"])),
        why=str(payload.get("why", "")),
        expires_time=instant(str(until)) if until else None,
        snapshot=str(payload.get("snapshot", "")),
    )
