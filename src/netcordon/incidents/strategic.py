"""Whether incidents are strategic (line C1): which criteria of the organisation they meet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from netcordon.model.business import Business
from netcordon.model.crisis import Crisis, CrisisRules
from netcordon.model.incident import Incident, Party
from netcordon.model.quantity import count_text, time_text


def hits(incidents: Sequence[Incident], business: Business, rules: CrisisRules) -> tuple[str, ...]:
    """Why the crisis cell is called, one sentence each; empty when nothing calls it."""
    ours = {
        party.ip: party
        for incident in incidents
        for party in (*incident.victims, *incident.actors)
        if party.internal
    }
    out = [*_tagged(list(ours.values()), business, rules)]
    if rules.hosts is not None and len(ours) >= rules.hosts:
        out.append(f"{count_text(len(ours), 'host')} of ours are hit; {rules.hosts} call it")
    if rules.severity is not None:
        grave = [i for i in incidents if i.severity.rank >= rules.severity.rank]
        out += [f"incident {i.id} is {i.severity.value}" for i in grave]
    return tuple(out)


def _tagged(hosts: Sequence[Party], business: Business, rules: CrisisRules) -> list[str]:
    out = []
    for host in sorted(hosts, key=lambda party: party.ip):
        asset = business.asset_of(host.ip, host.name)
        tags = [tag for tag in rules.tags if asset and tag in asset.tags]
        if asset and tags:
            name = f" {host.name}" if host.name else ""
            out.append(f"{host.ip}{name} is declared {' and '.join(tags)}: {asset.label()}")
    return out


def banner(why: Sequence[str], cell: Crisis, now: datetime | None) -> tuple[str, ...]:
    """What stands above everything else about a strategic case; empty for any other.

    Args:
        why: the criteria that it meets.
        cell: as it stands.
        now: for when the next situation report is due; ``None`` leaves that out.
    """
    if not why and not cell.sits:
        return ()
    out = []
    if cell.sits and cell.declared_time:
        out.append(
            f"CRISIS since {time_text(cell.declared_time)} UTC, {cell.posture.value} posture, "
            f"{cell.tlp.value}: {cell.reason}"
        )
    if now and cell.next_due:
        late = "OVERDUE since" if cell.next_due <= now else "due at"
        out.append(f"The next situation report is {late} {time_text(cell.next_due)} UTC.")
    out += [f"STRATEGIC: {each}." for each in why]
    if cell.ended_time:
        out.append(f"The crisis cell was stood down at {time_text(cell.ended_time)} UTC.")
    elif not cell.sits:
        out.append("The crisis cell was not called: netcordon crisis declare --reason TEXT.")
    return (*out, f"Measures of line C9 are {_lock(cell)}")


def _lock(cell: Crisis) -> str:
    ruling = cell.ruling
    if ruling is None:
        return "LOCKED until the CISO decides: netcordon crisis decide."
    state = {"lock": "LOCKED", "unlock": "unlocked"}.get(ruling.bearing, "unlocked by override")
    who = f"{ruling.name} ({ruling.role.upper()})"
    return f"{state}: {who}, {time_text(ruling.time)} UTC: {ruling.text}"
