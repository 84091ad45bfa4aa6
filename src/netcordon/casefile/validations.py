"""Sign-offs of remediation processes in the journal, by people who may be from outside."""

from __future__ import annotations

from netcordon.casefile.journal import Draft, Journal
from netcordon.casefile.keys import fingerprint, public_key
from netcordon.casefile.signed import holds, said
from netcordon.model.approval import Signed
from netcordon.model.process import SignedOff
from netcordon.model.statement import SignOff

VALIDATED = "plan.validated"


def sign_off(given: SignedOff) -> SignOff | None:
    """What was signed; ``None`` unless the signature holds and the key is the one it names."""
    says = said(SignOff, given.signed)
    key = public_key(given.public_key) if given.public_key.isascii() else None
    if says is None or key is None or fingerprint(key) != says.fingerprint:
        return None
    return says if holds(given.signed, given.public_key) else None


def validations(journal: Journal, plan_id: str) -> tuple[SignOff, ...]:
    """What was signed of a plan's process, oldest first; each signature is checked again."""
    found = (
        sign_off(
            SignedOff(
                signed=Signed(
                    statement=str(entry.payload["signed"]["statement"]),
                    signature=str(entry.payload["signed"]["signature"]),
                ),
                public_key=str(entry.payload["public_key"]),
            )
        )
        for entry in journal.entries((VALIDATED,), plan_id)
    )
    return tuple(says for says in found if says is not None and says.plan_id == plan_id)


def record_validation(journal: Journal, plan_id: str, given: SignedOff) -> None:
    """Put a sign-off into the journal.

    Raises:
        WorkspaceError: when it cannot be written.
    """
    journal.append([Draft(VALIDATED, plan_id, given)])
