"""Explain: a recorded finding with its terms, its query, its rows, and what would change it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from netcordon.errors import UsageError
from netcordon.model.detector import Detector
from netcordon.model.explanation import Explanation, TermExplained
from netcordon.model.finding import EvidenceRows, Finding, Term
from netcordon.model.score import confidence
from netcordon.model.severity import Severity
from netcordon.registry import load
from netcordon.tables.bound_text import bound_text
from netcordon.workflow.chosen import findings_of
from netcordon.workflow.looking import looking
from netcordon.workflow.samples import sample_rows

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def explain(workspace: Path, finding_id: str) -> Explanation:
    """Why a finding says what it says.

    Raises:
        UsageError: NC-702 no such finding, NC-406 it is an incident, NC-405 no evidence.
        WorkspaceError: when there is no workspace.
    """
    with looking(workspace, lambda: _NEVER) as (opened, engine, _, _):
        documents = findings_of(opened, (finding_id,))
        if finding_id not in {str(d["id"]) for d in documents}:
            listed = ", ".join(str(d["id"]) for d in documents[:8])
            raise UsageError(
                "NC-406",
                f"{finding_id!r} is an incident, not a finding.",
                f"it is made of {len(documents)} findings: {listed}",
                f"netcordon explain {documents[0]['id']}",
            )
        document = documents[0]
        sample = sample_rows(engine, _finding(document))
    detector = next(
        (p.content for p in load("detectors")[0] if p.id == document["detector"]), None
    )  # fmt: skip
    known = detector if isinstance(detector, Detector) else None
    terms = _terms(document)
    again = confidence(known.prior, terms) if known else None
    return Explanation(
        finding=document,
        prior=known.prior if known else None,
        is_current=again == document["confidence"],
        terms=tuple(
            TermExplained(
                name=name,
                value=term.value,
                contribution=term.contribution,
                without=confidence(
                    known.prior if known else 0.0, {n: t for n, t in terms.items() if n != name}
                ),
            )
            for name, term in sorted(terms.items(), key=lambda item: -abs(item[1].contribution))
        ),
        summary=known.summary if known else "",
        benign=known.benign if known else "",
        blind_spots=known.blind_spots if known else "",
        look_next=known.look_next if known else "",
        sql=bound_text(str(document["sql"]), document["parameters"]),
        sample=sample,
    )


def _terms(document: Mapping[str, Any]) -> dict[str, Term]:
    return {
        str(name): Term(contribution=float(said["contribution"] or 0.0), value=said["value"])
        for name, said in document["terms"].items()
    }


def _finding(document: Mapping[str, Any]) -> Finding:
    """The recorded document as the finding it was made of, as far as rows need it."""
    return Finding(
        id=str(document["id"]),
        detector=str(document["detector"]),
        title=str(document["title"]),
        severity=Severity(document["severity"]),
        confidence=float(document["confidence"]),
        src_ips=tuple(document["src_ips"]),
        dst_ips=tuple(document["dst_ips"]),
        dst_names=tuple(document["dst_names"]),
        dst_ports=tuple(document["dst_ports"]),
        protocol=document["protocol"],
        accounts=tuple(document["accounts"]),
        techniques=tuple(document["techniques"]),
        first_seen_time=datetime.fromisoformat(document["first_seen_time"]),
        last_seen_time=datetime.fromisoformat(document["last_seen_time"]),
        terms=_terms(document),
        evidence_rows=tuple(
            EvidenceRows(
                evidence_id=str(rows["evidence_id"]),
                table=str(rows["table"]),
                frames=tuple(rows["frames"] or rows.get("lines", ())),
                total=int(rows["total"]),
            )
            for rows in document["evidence_rows"]
        ),
    )
