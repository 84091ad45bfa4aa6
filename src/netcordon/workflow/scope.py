"""Scope: from one confirmed behaviour to every host with the same shape, recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from netcordon.casefile.lookups import ScopeRecord, record_scope
from netcordon.casefile.workspace import Workspace
from netcordon.hunting.scoping import find_scope
from netcordon.model.scope import Scope
from netcordon.workflow.chosen import findings_of, named_by
from netcordon.workflow.looking import looking, noted, versions

_NAMED = 500


def scope(
    workspace: Path, subject: str, *, clock: Callable[[], datetime]
) -> tuple[Scope, str | None]:
    """Who else; and why the journal does not know of it (``None`` when it does).

    Raises:
        UsageError: NC-702 no such finding or incident, NC-405 no evidence.
        WorkspaceError: when there is no workspace.
    """
    with looking(workspace, clock) as (opened, engine, ids, _):
        findings = findings_of(opened, (subject,))
        flows = {e: chosen.uids for e, chosen in named_by(opened, engine, (subject,)).items()}
        incident = _incident(opened, subject)
        known = {str(ip) for f in findings for key in ("src_ips", "dst_ips") for ip in f[key]}
        for side in ("actors", "victims"):
            known |= {str(party["ip"]) for party in incident.get(side, ())}
        title = str(incident.get("title") or findings[0]["title"])
        found = find_scope(engine, (subject, title), findings, flows, known, ids)
    record = ScopeRecord(
        subject=subject,
        finding_ids=found.finding_ids,
        shapes=[
            {"kind": s.kind, "value": s.value, "hosts": s.hosts, "is_common": s.is_common}
            for s in found.shapes
        ],
        left_out=found.left_out,
        hosts=len(found.hosts),
        new_hosts=len(found.new_hosts),
        hosts_named=[host.ip for host in found.new_hosts[:_NAMED]],
        evidence_ids=found.evidence_ids,
        versions=versions(),
    )
    return found, noted(workspace, clock, lambda journal: record_scope(journal, record))


def _incident(workspace: Workspace, subject: str) -> Mapping[str, Any]:
    for case in workspace.cases.cases():
        for run in reversed(case.runs):
            if subject in run.incident_ids:
                return workspace.cases.incidents(run)[run.incident_ids.index(subject)]
    return {}
