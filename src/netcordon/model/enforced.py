"""What becomes of a command once people agreed: its states, and what stands at a device."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from netcordon.model.command import Command, Probe


class ActionState(StrEnum):
    """Where a command is at its point. Accepted is not active: only a read-back says active."""

    DRAFT = "draft"
    APPROVED = "approved"
    APPLYING = "applying"
    ACCEPTED = "accepted"
    """The device, or a person, says yes; nobody can read it back."""
    ACTIVE = "active"
    VERIFIED = "verified"
    FAILED = "failed"
    DRIFTED = "drifted"
    EXPIRING = "expiring"
    UNDONE = "undone"
    ROLLED_BACK = "rolled back"


_S = ActionState
FOLLOWS: Mapping[ActionState, frozenset[ActionState]] = {
    _S.DRAFT: frozenset({_S.APPROVED}),
    _S.APPROVED: frozenset({_S.APPLYING, _S.FAILED}),
    _S.APPLYING: frozenset({_S.ACCEPTED, _S.ACTIVE, _S.FAILED, _S.ROLLED_BACK, _S.EXPIRING}),
    _S.ACCEPTED: frozenset({_S.ACCEPTED, _S.ACTIVE, _S.VERIFIED, _S.FAILED, _S.EXPIRING, _S.UNDONE,
                            _S.ROLLED_BACK, _S.DRIFTED}),
    _S.ACTIVE: frozenset({_S.ACTIVE, _S.VERIFIED, _S.FAILED, _S.DRIFTED, _S.EXPIRING, _S.UNDONE,
                          _S.ROLLED_BACK}),
    _S.VERIFIED: frozenset({_S.VERIFIED, _S.FAILED, _S.DRIFTED, _S.EXPIRING, _S.UNDONE}),
    _S.FAILED: frozenset({_S.FAILED, _S.APPLYING, _S.VERIFIED, _S.DRIFTED, _S.EXPIRING, _S.UNDONE,
                          _S.ROLLED_BACK}),
    _S.DRIFTED: frozenset({_S.APPLYING, _S.ACTIVE, _S.EXPIRING, _S.UNDONE}),
    _S.EXPIRING: frozenset({_S.UNDONE, _S.EXPIRING}),
    _S.UNDONE: frozenset({_S.APPLYING, _S.EXPIRING}),
    _S.ROLLED_BACK: frozenset({_S.APPLYING}),
}  # fmt: skip
"""State -> those that may come next; ``undone`` to ``expiring`` is a rule that came back."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """One action came into a state; an entry of the journal.

    Attributes:
        id: unique; the same change is never recorded twice.
        why: what was seen or said, one sentence.
        expires_time: until when the command holds, where it is in force.
        snapshot: SHA-256 of the device's configuration before the command.
    """

    id: str
    case_id: str
    plan_id: str
    measure_id: str
    command_id: str
    point: str
    state: ActionState
    time: datetime
    why: str = ""
    expires_time: datetime | None = None
    snapshot: str = ""


@dataclass(frozen=True, kw_only=True)
class Outstanding:
    """A command that stands at a device, by the ledger.

    Attributes:
        workspace: directory of the workspace it belongs to; ``workspace_id`` is the hash of the
            first entry of its journal, which survives moving it.
        since: when it was read back; ``expires_time``: until when it holds.
        snapshot: SHA-256 of the device's configuration before it.
        who: name of the user that put it in force.
    """

    workspace: str
    workspace_id: str
    case_id: str
    plan_id: str
    measure_id: str
    command: Command
    state: ActionState
    since: datetime
    expires_time: datetime
    snapshot: str = ""
    who: str = ""


@dataclass(frozen=True, kw_only=True)
class Attempted:
    """A probe that was made, or not.

    Attributes:
        worked: ``None`` when it could not be made from here.
        said: what was seen, or why it was not made.
    """

    probe: Probe
    worked: bool | None
    said: str

    @property
    def good(self) -> bool | None:
        """Whether it went as it must."""
        return None if self.worked is None else self.worked is self.probe.must_work
