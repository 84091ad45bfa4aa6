"""The company that a place keeps, as visible terms: who else goes there, and its renown."""

from __future__ import annotations

from netcordon.model.finding import Term
from netcordon.model.score import ramp, term, wilson_upper

_MANY_SHARE = 0.25
"""Share of the active hosts above which a place is one that hosts go to."""


def prevalence(
    users: int, active: int, *, many: tuple[str, float], few: tuple[str, float]
) -> dict[str, Term]:
    """How many of the hosts that get an answer at all use a place.

    Args:
        users: hosts that use it.
        active: hosts that get an answer from any address.
        many: name and weight (negative) of the term for three or more and over a quarter of them.
        few: name and largest weight of the term for less than three; it falls to nothing where
            the true share may be 40 % or more (``wilson_upper``).
    """
    if users >= 3:
        return {many[0]: term(many[1], users)} if users > _MANY_SHARE * active else {}
    upper = wilson_upper(users, active)
    return {few[0]: term(ramp(upper, 0.4, 0.1, few[1]), upper)}


def renown(kind: object, note: object) -> dict[str, Term]:
    """Whether the name of a place is that of a known service, or one that anybody may point there.

    Args:
        kind: of the service (table ``known_service``); ``None`` when it is not known.
        note: what to know about it.
    """
    if kind == "dynamic_dns":
        return {"dynamic_name": term(1.5, str(note))}
    return {} if kind is None else {"known_service": term(-2.5, f"{kind}: {note}")}
