"""A computer is compromised: its sheet is offered, its steps are recorded, memory comes first."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from netcordon.casefile.taken_hosts import TakenHost, record_step, record_taken, taken_hosts
from netcordon.casefile.workspace import Workspace, open_workspace
from netcordon.errors import UsageError
from netcordon.phases.intrusion import MEMORY, SHEETS, ChildSheet, SheetStep, system_of
from netcordon.tables.engine import Engine
from netcordon.workflow.casework import the_case
from netcordon.workflow.looking import looking
from netcordon.workflow.typed import REASON, said

Clock = Callable[[], datetime]


@dataclass(frozen=True, kw_only=True)
class HostSheet:
    """A compromised computer with the sheet of its system."""

    host: TakenHost
    sheet: ChildSheet

    @property
    def open(self) -> tuple[SheetStep, ...]:
        """Steps that nobody did."""
        return tuple(step for step in self.sheet.steps if not self.host.has_done(step.id))


def mark_taken(
    workspace: Path, case_id: str | None, address: str, system: str, *, clock: Clock
) -> HostSheet:
    """Say that a computer is compromised, and get its sheet.

    Without ``system`` it is told by what the host announced of itself in the evidence.

    Raises:
        UsageError: NC-950 no address, or its system is not known.
    """
    ip = _address(address)
    told_by = "as you say"
    if not system:
        with looking(workspace, clock) as (_, engine, _ids, _reached):
            system, told_by = _announced(engine, ip)
    with open_workspace(workspace, create=False, clock=clock, beside=True) as opened:
        case = the_case(opened, case_id)
        record_taken(opened.journal, case.id, ip, system, told_by)
        return _sheet(taken_hosts(opened.journal, case.id)[ip])


def do_step(
    workspace: Path, case_id: str | None, address: str, step: str, note: str, *, clock: Clock
) -> HostSheet:
    """Record that a step of a computer's sheet was done, or why it is left out.

    Raises:
        UsageError: NC-801 nothing is said of it, NC-951 the computer was not named compromised, or
            its sheet has no such step.
    """
    ip, note = _address(address), said(note, "what was done", REASON)
    with open_workspace(workspace, create=False, clock=clock, beside=True) as opened:
        case = the_case(opened, case_id)
        host = taken_hosts(opened.journal, case.id).get(ip)
        steps = [one.id for one in SHEETS[host.system].steps] if host else []
        if step not in steps:
            raise UsageError(
                "NC-951",
                f"There is no step {step!r} for {ip}.",
                f"its steps are {', '.join(steps)}" if host else "nobody named it compromised",
                f"netcordon case host {ip}",
            )
        record_step(opened.journal, case.id, ip, step, note)
        return _sheet(taken_hosts(opened.journal, case.id)[ip])


def sheets(workspace: Path, case_id: str | None, *, clock: Clock) -> tuple[HostSheet, ...]:
    """Compromised computers of a case with their sheets."""
    with open_workspace(workspace, create=False, clock=clock, readonly=True) as opened:
        case = the_case(opened, case_id)
        return tuple(_sheet(host) for host in taken_hosts(opened.journal, case.id).values())


def memory_first(opened: Workspace, case_id: str, address: str, reason: str) -> None:
    """Refuse to isolate a compromised computer whose memory nobody saved, unless with a reason.

    Raises:
        UsageError: NC-952.
    """
    host = taken_hosts(opened.journal, case_id).get(_address(address))
    if host is None or host.has_done(MEMORY) or reason.strip():
        return
    raise UsageError(
        "NC-952",
        f"The memory of {host.ip} was not saved, and isolating it may lose what only memory holds.",
        "programs notice that they are cut off and end themselves; keys and injected code go "
        "with them",
        f'netcordon case host {host.ip} --done {MEMORY} --note "WHERE IT IS", or go on with '
        "--reason TEXT",
    )


def _announced(engine: Engine, ip: str) -> tuple[str, str]:
    rows = engine.query(_HINTS, {"ip": ip})
    for row in rows:
        system = system_of(str(row["os_hint"]))
        if system:
            return system, f"it announced {str(row['os_hint'])[:100]}"
    heard = ", ".join(str(row["os_hint"])[:60] for row in rows[:3])
    raise UsageError(
        "NC-950",
        f"Nobody knows what system {ip} runs.",
        f"it announced {heard}" if heard else "it announced nothing in the evidence",
        f"say so: --system {' or --system '.join(SHEETS)}",
    )


def _address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text.strip()))
    except ValueError as error:
        raise UsageError(
            "NC-950", f"{text!r} is no address.", str(error), "name one host by its address"
        ) from error


def _sheet(host: TakenHost) -> HostSheet:
    return HostSheet(host=host, sheet=SHEETS[host.system])


_HINTS = """
SELECT os_hint, count(*) AS times FROM host_identity
WHERE ip = $ip AND os_hint IS NOT NULL AND os_hint <> ''
GROUP BY os_hint ORDER BY times DESC, os_hint
"""
