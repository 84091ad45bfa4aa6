"""Words on a plan, as they stand, and what follows when they suffice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from netcordon.model.person import Person
from netcordon.model.statement import Consent, Dissent


@dataclass(frozen=True, kw_only=True)
class Signed:
    """A statement with a signature under it.

    Attributes:
        statement: canonical JSON, the text that was signed.
        signature: Ed25519 (RFC 8032) over its bytes, base64.
    """

    statement: str
    signature: str


@dataclass(frozen=True, kw_only=True)
class Word:
    """Somebody's yes or no to a plan.

    Attributes:
        id: ``word-`` and the first ten hexadecimal digits of the statement's SHA-256.
        seq: journal entry that holds it; ``recorded_time``: of that entry.
        signed: what proves it.
        says: what it says.
        person: who.
        void: why it does not count whatever the time, one sentence; empty when it does.
        withdrawn: why it was taken back; empty while it was not.
    """

    id: str
    seq: int
    recorded_time: datetime
    signed: Signed
    says: Consent | Dissent
    person: Person
    void: str = ""
    withdrawn: str = ""

    @property
    def seat(self) -> str:
        """``IT``, ``business (payments)``."""
        line = f" ({self.says.line})" if self.says.line else ""
        return ("IT" if self.says.role == "it" else self.says.role) + line


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What a plan is to those who approve it.

    Attributes:
        lines: business lines that must agree, each once.
        rehearsal: SHA-256 of its latest rehearsal; empty when there was none.
        passed: what that said.
        vouched_only: whether only those count whom vouching ties to the first person.
    """

    id: str
    hash: str
    case_id: str
    author: str
    lines: tuple[str, ...]
    rehearsal: str
    passed: bool
    vouched_only: bool = False


@dataclass(frozen=True, kw_only=True)
class Grant:
    """A plan may be put in force.

    Attributes:
        at: when this was judged.
        it: the word of IT; ``business``: those of the business, one for each affected line.
        expires_time: when the first of them ends.
        rehearsal: SHA-256 of the latest rehearsal; empty when all agreed to go without one.
        overrides: what was agreed to against the rules, in words.
        notes: what must be known besides, one sentence each.
    """

    plan_id: str
    plan_hash: str
    case_id: str
    at: datetime
    it: Word
    business: tuple[Word, ...]
    expires_time: datetime
    rehearsal: str
    overrides: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[Word, ...]:
        """All of them."""
        return (self.it, *self.business)


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What a file of approvals proves by itself.

    Attributes:
        faults: why it does not hold, one sentence each; empty when it does.
        subject: the plan as the file names it; ``None`` when it cannot be read.
        words: what was said; ``people``: who said it, and whoever else is in it.
        open_until: when the first needed approval ends; ``None`` when the seats were not filled
            after the last word.
        missing: why they were not.
        compared: whether the plan itself was there to compare.
    """

    faults: tuple[str, ...]
    subject: Subject | None = None
    words: tuple[Word, ...] = ()
    people: tuple[Person, ...] = ()
    open_until: datetime | None = None
    missing: tuple[str, ...] = ()
    compared: bool = False
