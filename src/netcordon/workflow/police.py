"""What law enforcement gets of a case: what is there, what is missing, what stays and why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from netcordon.casefile.abuse import abuse_records
from netcordon.casefile.workspace import Workspace, open_workspace
from netcordon.model.package import PackageItem
from netcordon.model.quantity import count_text
from netcordon.workflow.casework import the_case


def package(
    workspace: Path, case_id: str | None, *, clock: Callable[[], datetime]
) -> tuple[PackageItem, ...]:
    """The list for one case.

    Raises:
        UsageError: NC-805, NC-810 no case is open; WorkspaceError NC-509 no such case.
    """
    with open_workspace(workspace, create=False, clock=clock, readonly=True) as opened:
        case = the_case(opened, case_id)
        run = case.runs[-1] if case.runs else None
        evidence = [
            r.evidence for r in opened.register.all()
            if run is not None and r.evidence.id in run.evidence_ids
        ]  # fmt: skip
        head = opened.journal.head()
        items = [
            _item("Narrative and timeline", str(run.outcome.get("report", "")) if run else "",
                  "netcordon investigate CAPTURE writes the report"),
            _item("Indicators", "indicators.csv beside the report" if run else "",
                  "netcordon investigate CAPTURE"),
            _item("Evidence", "; ".join(f"{e.path} SHA-256 {e.sha256}" for e in evidence[:20]),
                  "no run of this case took evidence in"),
            _item("Chain of custody", f"journal of {head.count:,} entries, head {head.hash}",
                  "netcordon verify"),
            _item("Versions of the programs used", _versions(opened, case.id),
                  "netcordon investigate CAPTURE"),
            _item("Contact", case.assignee, "netcordon case assign PERSON"),
            _item("Marking", opened.config.tlp.value if opened.config.tlp else "",
                  "[report] tlp in netcordon.toml"),
            _item("Reports to providers", count_text(sum(
                1 for one in abuse_records(opened.journal).values()
                if one.case_id == case.id and one.sent), "report") + " sent", ""),
            PackageItem(
                name="Excerpts of packets", state="missing",
                detail="netcordon carve INCIDENT -o FILE makes them, with their parents' hashes",
            ),
        ]  # fmt: skip
    return (*items, *_LEFT_OUT)


_LEFT_OUT = (
    PackageItem(
        name="Whole captures", state="left out",
        detail="they hold the traffic of people who have nothing to do with it; hand them over on "
        "a written order, with legal",
    ),
    PackageItem(
        name="netcordon.toml, plans and rules", state="left out",
        detail="they describe our defence, and nothing in them is evidence",
    ),
    PackageItem(
        name="Names of suspects inside", state="left out",
        detail="an address is no person; HR and legal decide what is told",
    ),
    PackageItem(
        name="The key of the decoys", state="left out",
        detail="with it anybody could forge marks; hand over traces, and the key only to an expert "
        "of the court",
    ),
)  # fmt: skip


def _item(name: str, detail: str, otherwise: str) -> PackageItem:
    return PackageItem(
        name=name, state="there" if detail else "missing", detail=detail or otherwise
    )  # fmt: skip


def _versions(opened: Workspace, case_id: str) -> str:
    runs = opened.cases.case(case_id).runs
    return ", ".join(f"{n} {v}" for n, v in runs[-1].versions.items()) if runs else ""
