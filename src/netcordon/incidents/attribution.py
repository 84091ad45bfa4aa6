"""Where an incident comes from: outside infrastructure, a host of ours, or not identified.

Traffic shows machines. Who sat behind them it does not show, so no person is ever named here, and
what would look the same is said beside every answer. Below ``THRESHOLD`` nothing is named at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from netcordon.model.attribution import Attribution, Hypothesis
from netcordon.model.finding import Finding
from netcordon.model.incident import Incident, Party

THRESHOLD = 0.8
"""Confidence below which no source is named: one answer in five would be wrong."""

_INVENTED = frozenset({"flood_source"})
"""Roles whose addresses a sender can choose freely."""

_COMMANDING = frozenset({"command_server", "tunnel_endpoint"})

_MOST = 5


def attribute(incident: Incident, findings: Sequence[Finding]) -> Attribution:
    """The source of an incident.

    Args:
        incident: with its actors and victims named.
        findings: of the incident; others are passed over.
    """
    ids = set(incident.finding_ids)
    own = {f.id: f for f in findings if f.id in ids}
    told = [party for party in incident.actors if party.role not in _INVENTED]
    outside = _hypothesis("outside infrastructure", [p for p in told if not p.internal], own)
    orders = [p for p in told if p.internal and p.role in _COMMANDING]
    server = _hypothesis("command server inside our networks", orders, own)
    inside = _hypothesis("host of ours", _first_inside(incident, told), own)
    # What stands outside commands what stands inside; a host of ours is the answer where nobody
    # outside is seen, and one that others of ours call for orders comes before those.
    outside = outside or server
    source = next(
        (h for h in (outside, inside) if h is not None and h.confidence >= THRESHOLD), None
    )
    return Attribution(
        incident_id=incident.id,
        statement=_statement(source, incident, told, outside or inside),
        source=source,
        alternatives=_alternatives(source, outside, inside, under_orders=bool(orders)),
    )


def _first_inside(incident: Incident, told: Sequence[Party]) -> list[Party]:
    acting = {party.ip for party in told if party.internal}
    first = [p for p in incident.victims if p.internal and p.role == "patient_zero"]
    return first or [p for p in told if p.ip in acting and p.role != "pivot"]


def _hypothesis(
    kind: str, parties: Sequence[Party], findings: Mapping[str, Finding]
) -> Hypothesis | None:
    if not parties:
        return None
    ips = {party.ip for party in parties}
    naming = [f for f in findings.values() if ips & {*f.src_ips, *f.dst_ips}]
    if not naming:
        return None
    surest = max(naming, key=lambda f: (f.confidence, f.id))
    return Hypothesis(
        kind=kind,
        parties=tuple(party.label() for party in parties[:_MOST]),
        confidence=surest.confidence,
        finding_ids=tuple(f.id for f in naming),
        why=surest.title,
    )


def _statement(
    source: Hypothesis | None,
    incident: Incident,
    told: Sequence[Party],
    nearest: Hypothesis | None,
) -> str:
    if source is not None:
        sure = f"{source.kind.capitalize()} ({source.confidence:.0%} sure)"
        return f"{sure}: {'; '.join(source.parties)}."
    if incident.actors and not told:
        return "Not identified: the addresses it came from can be invented."
    if nearest is not None:
        sure = f"{nearest.confidence:.0%}"
        return (
            f"Not identified: the nearest answer is {sure} sure, and {THRESHOLD:.0%} are asked for."
        )
    return "Not identified: nothing in the evidence points at a source."


def _alternatives(
    source: Hypothesis | None,
    outside: Hypothesis | None,
    inside: Hypothesis | None,
    *,
    under_orders: bool,
) -> tuple[str, ...]:
    if source is None:
        return ()
    if source is outside:
        said = ["The machines may be rented, shared or themselves broken into."]
        if inside is not None:
            said.append("Somebody inside may have started it: ask how the first host came to call.")
        return tuple(said)
    if under_orders:
        first = "The host calls for orders, but who gives them is less sure than what it did."
    else:
        first = "The host may be remotely controlled over a way that was not recorded."
    return (
        first,
        "Another machine may have used its address (DHCP, NAT, forgery).",
        "A user of the host may have acted on purpose; traffic does not tell.",
    )
