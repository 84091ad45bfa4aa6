"""The time stamps in a journal, proved again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from cryptography.x509 import Certificate

from netcordon.casefile.journal import Journal
from netcordon.casefile.stamps import Stamp, stamped_text, stamps
from netcordon.evidence.timestamp import LapsedError, StampError, prove, read_answer


def check_stamps(
    journal: Journal, roots: list[Certificate] | None
) -> Iterator[tuple[Stamp, str, bool]]:
    """Every stamp with what is wrong with it (empty: nothing) and whether it was proved.

    Args:
        journal: it stands in.
        roots: certificates that are trusted; ``None``: signatures are not checked. A stamp whose
            certificates have expired is not proved either, and nothing is wrong with it.
    """
    for stamp in stamps(journal):
        try:
            _check(journal, stamp, roots)
        except LapsedError:
            yield stamp, "", False
        except StampError as error:
            yield stamp, str(error), False
        else:
            yield stamp, "", roots is not None


def _check(journal: Journal, stamp: Stamp, roots: list[Certificate] | None) -> None:
    says = read_answer(stamp.response)
    if not stamp.head.count or journal.entry(stamp.head.count).hash != stamp.head.hash:
        raise StampError(f"entry {stamp.head.count} is not the one that was stamped")
    text = stamped_text(stamp.head)
    if says.imprint != hashlib.sha256(text).digest():
        raise StampError(f"it is not about entry {stamp.head.count}")
    if (says.authority, says.time) != (stamp.authority, stamp.stamped_time):
        raise StampError("the journal names another authority or time than the stamp")
    if roots is not None:
        prove(stamp.response, text, roots)
