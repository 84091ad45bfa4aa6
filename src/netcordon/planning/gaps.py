"""What a plan leaves open: where, why, what closing it would have cost, what else can be done."""

from __future__ import annotations

from collections.abc import Sequence

from netcordon.model.plan import Gap, Way
from netcordon.planning.measures import alternatives
from netcordon.planning.offer import Offer
from netcordon.planning.permitted import refusal
from netcordon.planning.picks import Preference
from netcordon.planning.request import Request

_SAME_SIDE = (
    "both ends lie on the same side of every declared boundary: no device of the register sees "
    "this traffic"
)
_SLOWED = "slowed down instead of cut, by decision of {}"
_LEFT = {
    Preference.LEAVE: "left open by decision of {author}: watch it, and decide again",
    Preference.GEO: "its clients are limited by country instead, by decision of {author}",
    Preference.MFA: "a second factor is asked for instead, by decision of {author}",
    Preference.ISOLATE: "its host is isolated instead, by decision of {author}",
}


def barred(way: Way, request: Request) -> str:
    """Why no device is asked to close a way; empty when it is to be closed."""
    said = _LEFT.get(request.picks.prefer.get(way.id, Preference.SLOW), "")
    return refusal(way, request.picks) or said.format(author=request.author)


def gaps_of(
    request: Request, ways: Sequence[Way], offer: Offer, still_open: Sequence[int]
) -> tuple[Gap, ...]:
    """Ways that no device sees, those that cannot or must not be closed, and those in doubt."""
    asked = {need.way for need in offer.needs}
    closable = {offer.ways[place].id for place in asked}
    out: list[Gap] = []
    for way in ways:
        if not (way.certain or way.id in request.confirmed):
            continue
        why = barred(way, request)
        if why:
            out += [_barred(way, b, why, request) for b in way.boundaries or ("",)]
        elif not way.boundaries and way.id not in closable:
            out.append(
                Gap(
                    way_id=way.id,
                    boundary="",
                    reason=_SAME_SIDE,
                    alternatives=alternatives(way, request.register),
                )
            )
    out += [_still_open(offer, at, request) for at in still_open]
    # What is slowed passes: it is no hole in the cordon, but the cordon does not hold it.
    out += [
        Gap(way_id=offer.ways[n.way].id, boundary=n.boundary, reason=_SLOWED.format(request.author))
        for at, n in enumerate(offer.needs)
        if at not in still_open
        and request.picks.prefer.get(offer.ways[n.way].id) is Preference.SLOW
    ]
    out += [
        Gap(
            way_id=way.id,
            boundary="",
            reason=f"nobody confirmed it: {way.reason}",
            alternatives=(f"confirm it: --confirm {way.id}",),
        )
        for way in ways
        if not way.certain and way.id not in request.confirmed
    ]
    return tuple(out)


def _barred(way: Way, boundary: str, why: str, request: Request) -> Gap:
    if way.pap is not None and not way.pap.allows_blocking:
        source = way.pap_source or "its source"
        instead: tuple[str, ...] = (f'ask {source}, or: --override {way.id} --reason "..."',)
    else:  # a person chose: what is left to choose but that
        chosen = f"{way.id}={request.picks.prefer[way.id]}"
        instead = tuple(t for t in alternatives(way, request.register) if chosen not in t)
    return Gap(way_id=way.id, boundary=boundary, reason=why, alternatives=instead)


def _still_open(offer: Offer, at: int, request: Request) -> Gap:
    need = offer.needs[at]
    tried = [
        c
        for c, candidate in enumerate(offer.made)
        if (need.way, need.boundary) in candidate.covers and candidate.order.layer == need.layer
    ]
    reasons = dict.fromkeys(offer.forbidden[c] for c in tried if c in offer.forbidden)
    room = "" if reasons or need.reason else "the devices there have no room for the rule"
    least = min(tried, key=lambda c: offer.weights[c], default=None)
    way = offer.ways[need.way]
    return Gap(
        way_id=way.id,
        boundary=need.boundary,
        reason="; ".join(filter(None, (need.reason, *reasons, room))),
        harms=offer.harms[least] if least is not None else (),
        alternatives=alternatives(way, request.register),
    )
