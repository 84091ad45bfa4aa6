"""What people sign. The canonical JSON of one of these is the text under a signature.

``purpose`` keeps them apart: a signature under one can never stand under another.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


def _purpose(text: str) -> str:
    return field(default=text, init=False)


@dataclass(frozen=True, kw_only=True)
class Registration:
    """Somebody says who they are, under the key that will stand for them."""

    name: str
    roles: tuple[str, ...]
    lines: tuple[str, ...]
    os_users: tuple[str, ...]
    contact: str
    public_key: str
    time: datetime
    purpose: str = _purpose("register person")


@dataclass(frozen=True, kw_only=True)
class Vouching:
    """Somebody known says that another is who they say.

    Attributes:
        registration: SHA-256 of the statement of the other.
    """

    registration: str
    person_id: str
    time: datetime
    purpose: str = _purpose("vouch for person")


@dataclass(frozen=True, kw_only=True)
class Consent:
    """Yes to a plan, as it stands and as it was rehearsed.

    Attributes:
        plan_author: OS user who made the plan; the signer says that this is somebody else.
        line: business line they speak for; empty for others than business.
        rehearsal: SHA-256 of the latest rehearsal at that time; empty when there was none.
        rehearsal_passed: what it said.
        override: why it may be done although no rehearsal of it passed; empty when one did.
    """

    plan_id: str
    plan_hash: str
    plan_author: str
    case_id: str
    person_id: str
    role: str
    line: str
    time: datetime
    expires_time: datetime
    rehearsal: str
    rehearsal_passed: bool
    override: str
    note: str
    purpose: str = _purpose("approve containment plan")


@dataclass(frozen=True, kw_only=True)
class Dissent:
    """No to a plan."""

    plan_id: str
    plan_hash: str
    case_id: str
    person_id: str
    role: str
    line: str
    time: datetime
    reason: str
    purpose: str = _purpose("refuse containment plan")


@dataclass(frozen=True, kw_only=True)
class Withdrawal:
    """A yes or a no taken back by who gave it.

    Attributes:
        statement: SHA-256 of what is taken back.
    """

    plan_id: str
    statement: str
    person_id: str
    time: datetime
    reason: str
    purpose: str = _purpose("withdraw word on containment plan")


@dataclass(frozen=True, kw_only=True)
class CrisisWord:
    """A decision in the crisis of a case.

    Attributes:
        role: ``ciso``, ``it`` or ``business``.
        bearing: on strategic measures, as in ``crisis.Decision``; only the CISO unlocks and locks.
    """

    case_id: str
    person_id: str
    role: str
    time: datetime
    text: str
    bearing: str
    purpose: str = _purpose("decide in crisis")


@dataclass(frozen=True, kw_only=True)
class CrisisEnd:
    """The CISO stands the crisis cell of a case down."""

    case_id: str
    person_id: str
    time: datetime
    reason: str
    purpose: str = _purpose("stand crisis cell down")


@dataclass(frozen=True, kw_only=True)
class SignOff:
    """Somebody else looked at a remediation process and stands for it.

    Attributes:
        name: of the validator, as they say it; ``fingerprint``: of the key.
        process: SHA-256 of the process.
        parts: ``name of a part=SHA-256`` for each, so that a change can be named.
    """

    name: str
    fingerprint: str
    plan_id: str
    plan_hash: str
    case_id: str
    process: str
    parts: tuple[str, ...]
    time: datetime
    note: str
    purpose: str = _purpose("validate remediation process")


@dataclass(frozen=True, kw_only=True)
class HandOver:
    """Somebody gives evidence away.

    Attributes:
        evidence: ``id=SHA-256`` of each.
        receiver: name of who gets it; ``receiver_id``: the person, empty for somebody unknown here.
    """

    evidence: tuple[str, ...]
    person_id: str
    receiver: str
    receiver_id: str
    reason: str
    time: datetime
    purpose: str = _purpose("hand evidence over")


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """Somebody has got evidence that was handed over to them.

    Attributes:
        hand_over: SHA-256 of the statement of who gave it.
        checked: whether they hashed it again and found it unchanged.
    """

    hand_over: str
    person_id: str
    checked: bool
    time: datetime
    purpose: str = _purpose("receive evidence")
