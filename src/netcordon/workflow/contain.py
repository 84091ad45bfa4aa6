"""Contain: a plan made of a case's incidents, recorded."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import cast

from netcordon.casefile.cases import latest_open
from netcordon.casefile.plans import hunted_markings, record_plan
from netcordon.casefile.workspace import Workspace, effective_user
from netcordon.errors import UsageError
from netcordon.incidents.recorded import incident_of
from netcordon.model.actuator import Actuator
from netcordon.model.handling import TLP
from netcordon.model.incident import Incident
from netcordon.model.plan import Plan
from netcordon.model.register import INTERNET, Register
from netcordon.model.severity import Severity
from netcordon.model.wellformed import is_within
from netcordon.planning.build import make_plan
from netcordon.planning.implied import completed
from netcordon.planning.never_block import shipped
from netcordon.planning.reading import commands_of_case
from netcordon.planning.request import Request
from netcordon.planning.ways import DNS_PORT
from netcordon.registry import load
from netcordon.workflow.compartments import needs_request
from netcordon.workflow.containing import read_picks
from netcordon.workflow.looking import home_nets, looking, noted
from netcordon.workflow.taken_hosts import memory_first

Clock = Callable[[], datetime]


@dataclass(frozen=True, kw_only=True)
class PlanRequest:
    """What planning is told.

    Attributes:
        case_id: ``None`` for the latest open one.
        incident_ids: of its latest run; empty for all of high severity and above.
        confirmed: ids of ways that only look alike.
        duration_s: how long measures hold.
        prefer: ``way-3=slow``; ``pap``: ``way-2=red``.
        isolate: addresses of our hosts; ``areas``: names of zones.
        override: ids of ways that are blocked against their marking, for ``reason``.
        posture: ``fast`` or ``discreet``.
    """

    case_id: str | None = None
    incident_ids: Sequence[str] = ()
    confirmed: Sequence[str] = ()
    duration_s: int = 86_400
    prefer: Sequence[str] = ()
    pap: Sequence[str] = ()
    isolate: Sequence[str] = ()
    areas: Sequence[str] = ()
    override: Sequence[str] = ()
    reason: str = ""
    posture: str = "fast"


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A plan, the register it was made with, its marking, and why the journal does not know it."""

    plan: Plan
    register: Register
    incidents: tuple[Incident, ...]
    tlp: TLP
    not_recorded: str | None


def plan(workspace: Path, request: PlanRequest, *, clock: Clock) -> Planned:
    """Make the least harmful plan for a case and record it.

    Raises:
        UsageError: NC-820 nothing to contain, NC-821 no such incident, way, zone or choice, NC-405
            no evidence.
        WorkspaceError: when there is no workspace.
    """
    with looking(workspace, clock) as (opened, engine, ids, _):
        case_id, incidents = _incidents(opened, request)
        networks = home_nets(opened)
        own = opened.config.register
        tlp = opened.config.tlp or TLP.AMBER
        declared = replace(own, home_nets=networks, never_block=(*own.never_block, *shipped()))
        for host in request.isolate:
            memory_first(opened, case_id, host, request.reason)
        picks = read_picks(request)
        only_ours(picks.isolate, declared)
        register, assumed = completed(declared, networks, relays=_asks_ours(incidents, networks))
        _known_zones(picks.areas, register)
        made = make_plan(
            engine,
            Request(
                case_id=case_id,
                incidents=incidents,
                register=register,
                actuators=actuators(),
                author=effective_user(),
                time=clock(),
                evidence_ids=ids,
                duration_s=request.duration_s,
                confirmed=frozenset(request.confirmed),
                notes=assumed,
                picks=picks,
                markings=hunted_markings(opened.journal),
                earlier=commands_of_case(opened.journal, case_id),
            ),
        )
    unknown = ({*request.confirmed} | picks.way_ids()) - {way.id for way in made.ways}
    if unknown:
        raise UsageError(
            "NC-821",
            f"There is no way {min(unknown)!r} in this plan.",
            f"it has {', '.join(way.id for way in made.ways)}; those that wait for a word: "
            f"{', '.join(way.id for way in made.ways if not way.certain) or 'none'}",
            "netcordon contain plan lists them",
        )
    return Planned(
        plan=made,
        register=register,
        incidents=incidents,
        tlp=tlp,
        not_recorded=noted(workspace, clock, lambda journal: record_plan(journal, made, register)),
    )


def _asks_ours(incidents: Sequence[Incident], networks: Sequence[str]) -> bool:
    """Whether a channel leads through a resolver of ours."""
    ours = [ipaddress.ip_network(network) for network in networks]
    return any(
        channel.port == DNS_PORT and channel.dst_name and any(address in net for net in ours)
        for incident in incidents
        for channel in incident.channels
        for address in [ipaddress.ip_address(channel.dst)]
    )


def only_ours(hosts: Sequence[str], declared: Register) -> None:
    """Refuse to isolate who is not ours: others are blocked, or their ways cut.

    Raises:
        UsageError: NC-821.
    """
    for host in hosts:
        at_home = any(is_within(host, network) for network in declared.home_nets)
        if not at_home and declared.zone_of(host) == INTERNET:
            raise UsageError(
                "NC-821",
                f"{host} is no host of ours that could be isolated.",
                f"our networks are {', '.join(declared.home_nets) or 'not known'}",
                "declare its network under home_nets or [[zone]] in netcordon.toml",
            )


def _known_zones(names: Sequence[str], register: Register) -> None:
    known = [zone.name for zone in register.zones]
    for name in names:
        if name not in known:
            raise UsageError(
                "NC-821",
                f"There is no zone {name!r}.",
                f"zones are {', '.join(known) or 'not declared'}",
                "declare it under [[zone]] in netcordon.toml",
            )


def _incidents(workspace: Workspace, request: PlanRequest) -> tuple[str, tuple[Incident, ...]]:
    cases = workspace.cases.cases()
    case = (
        latest_open(cases)
        if request.case_id is None
        else next((c for c in cases if c.id == request.case_id), None)
    )
    if case is None or not case.runs:
        workspace.cases.asked_for(request.case_id or "")
        raise UsageError(
            "NC-820",
            "There is nothing to contain.",
            "no case of this workspace holds a run of investigate"
            if request.case_id is None
            else f"case {request.case_id!r} does not exist or holds no run",
            "netcordon investigate CAPTURE, then netcordon contain plan",
        )
    needs_request(workspace, case.id)
    found = [incident_of(document) for document in workspace.cases.incidents(case.runs[-1])]
    if request.incident_ids:
        known = {incident.id: incident for incident in found}
        for wanted in request.incident_ids:
            if wanted not in known:
                raise UsageError(
                    "NC-821",
                    f"There is no incident {wanted!r} in {case.id}.",
                    f"its latest run found {', '.join(known) or 'none'}",
                    "netcordon case show lists them",
                )
        found = [known[wanted] for wanted in request.incident_ids]
    else:
        found = [incident for incident in found if incident.severity.rank >= Severity.HIGH.rank]
    if not any(incident.channels for incident in found):
        raise UsageError(
            "NC-820",
            "There is nothing to contain.",
            "no incident of high or critical severity has a channel",
            "name one with --incident",
        )
    return case.id, tuple(found)


def actuators() -> dict[str, Actuator]:
    """Every kind of device that netcordon speaks to, by id."""
    return {plugin.id: cast(Actuator, plugin.content) for plugin in load("actuators")[0]}
