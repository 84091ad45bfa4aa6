"""Priority of an incident: what is hit × how sure it is × how far it has spread.

Severity says how bad the behaviour is; priority says what it means to this organisation. Hosts
whose value nobody declared count as the middle of the scale, so that they neither hide behind a
declared host nor push it aside; the reason says so.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from netcordon.model.business import HIGHEST_VALUE, Asset, Business, VitalFlow
from netcordon.model.incident import Incident, Party
from netcordon.model.priority import Factor, Priority

UNDECLARED = 3
"""Value of a host nobody declared: the middle of 1 to 5."""

_NAMED = 5


def rank(incidents: Sequence[Incident], business: Business) -> tuple[Priority, ...]:
    """Priorities, the most urgent first; ties by severity, time and id."""
    order = {i.id: (-i.severity.rank, i.first_seen_time, i.id) for i in incidents}
    found = [priority(incident, business) for incident in incidents]
    return tuple(sorted(found, key=lambda p: (-p.value, order[p.incident_id])))


def priority(incident: Incident, business: Business) -> Priority:
    """The priority of one incident with the reason of each factor."""
    hit = [party for party in incident.victims if party.internal]
    declared = [(party, business.asset_of(party.ip, party.name)) for party in hit]
    vital = _vital(incident, hit, business)
    factors = (_impact(declared, vital), _certainty(incident), _spread(hit))
    owners = [asset.label() for _, asset in declared if asset is not None]
    owners += [f"{flow.name} (owner {flow.owner or 'not declared'})" for flow in vital]
    return Priority(
        incident_id=incident.id,
        value=round(math.prod(factor.value for factor in factors), 2),
        factors=factors,
        owners=tuple(dict.fromkeys(owners)),
    )


def _vital(incident: Incident, hit: Sequence[Party], business: Business) -> list[VitalFlow]:
    return [
        flow
        for flow in business.vital_flows
        if any(flow.ends_at(party.ip) for party in hit)
        or any(flow.joins(c.src, c.dst, c.port) for c in incident.channels)
    ]


def _impact(declared: Sequence[tuple[Party, Asset | None]], vital: Sequence[VitalFlow]) -> Factor:
    if vital:
        flows = ", ".join(flow.name for flow in vital[:_NAMED])
        why = f"vital flow {flows} is touched, which counts as {HIGHEST_VALUE}"
        return Factor(name="impact", value=float(HIGHEST_VALUE), why=why)
    unknown = [party for party, asset in declared if asset is None]
    valued = [(asset.value, party, asset) for party, asset in declared if asset is not None]
    if not declared:
        why = f"no host of ours is named as hit; counted as {UNDECLARED}"
        return Factor(name="impact", value=float(UNDECLARED), why=why)
    silent = ""
    if unknown:
        silent = f"value not declared for {_listed(unknown)}, counted as {UNDECLARED}"
    top = max(valued, key=lambda v: v[0], default=None)
    if top is None or (unknown and top[0] < UNDECLARED):
        return Factor(name="impact", value=float(UNDECLARED), why=silent)
    value, party, asset = top
    why = f"{_named(party)} is worth {value} of {HIGHEST_VALUE}, declared for {asset.label()}"
    return Factor(name="impact", value=float(value), why="; ".join(filter(None, (why, silent))))


def _certainty(incident: Incident) -> Factor:
    count = len(incident.finding_ids)
    why = f"confidence of {'its finding' if count == 1 else f'its {count} findings together'}"
    return Factor(name="certainty", value=round(incident.confidence, 2), why=why)


def _spread(hit: Sequence[Party]) -> Factor:
    # 1 for one host, 2 for ten, 3 for a hundred: each tenfold weighs the same.
    count = max(len(hit), 1)
    why = f"{count} of our hosts {'is' if count == 1 else 'are'} hit (1 + log10 of their number)"
    if not hit:
        why = "no host of ours is named as hit"
    return Factor(name="spread", value=round(1 + math.log10(count), 2), why=why)


def _listed(parties: Sequence[Party]) -> str:
    shown = ", ".join(_named(party) for party in parties[:_NAMED])
    left = len(parties) - _NAMED
    return shown + (f" and {left} more" if left > 0 else "")


def _named(party: Party) -> str:
    return f"{party.ip} {party.name}" if party.name else party.ip
