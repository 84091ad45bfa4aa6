"""A document of a case that people worked on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from netcordon.incidents.attribution import attribute
from netcordon.model.casework import (
    Allowance,
    CaseRecord,
    Closing,
    Edit,
    Judgement,
    Move,
    Note,
    Ruling,
    SetAside,
    Statement,
)
from netcordon.model.contained import ContainedMeasure, ContainedPlan
from netcordon.model.document import Document
from netcordon.model.priority import Factor, Priority
from tests.unit.reporting.surroundings import START


def worked(document: Document) -> Document:
    """The same with priorities, rulings, an allow-list, and the record of its case."""
    made = {"author": "ana", "time": START}
    allowance = Allowance(
        id="allow-0001", what="name", value="backup.example", owner="Mia Berg",
        reason="nightly backup", expires=START + timedelta(days=90), **made,
    )  # fmt: skip
    finding = replace(document.findings[-1], id="f-0000000000aa", title="Allowed backup")
    case = CaseRecord(
        id="NC-2026-0001", status="open", phase="containment", title="Bad morning",
        source="help desk", assignee="Mia Berg",
        notes=(
            Note(
                id="n-0001", case_id="NC-2026-0001", about="address", object_id="10.20.1.42",
                wordings=(Edit(text="first", **made), Edit(text="spoke to the owner", **made)),
            ),
        ),
        statements=(Statement(condition="I0.scope", text="asked the proxy logs", **made),),
        moves=(
            Move(origin="identification", target="containment", reason="spreading fast",
                 forced=True, missing=("I0.scope: every source was asked",), **made),
            Move(origin="containment", target="identification", reason="one more host", **made),
            Move(origin="identification", target="containment", **made),
        ),
        closings=(
            Closing(ruling=Ruling.TRUE, reason="over", missing=("L0.review: a review",), **made),
            Closing(ruling=None, reason="it came back", **made),
        ),
        contained=(
            ContainedPlan(
                id="plan-1", hash="ab" * 32, author="ana", made_time=START, rehearsed=True,
                rehearsed_time=START, open_ways=("way-9",),
                measures=(
                    ContainedMeasure(
                        id="msr-1", title="Block it at the border", owner="net desk",
                        covers=("way-1",), by_people=False, states=("failed", "verified"),
                        since=START, until=START + timedelta(hours=24), why="12 packets after it",
                    ),
                    ContainedMeasure(
                        id="msr-2", title="Copy the memory", owner="", covers=(), by_people=True,
                    ),
                ),
            ),
        ),
    )  # fmt: skip
    judgement = Judgement(
        finding_id=document.findings[0].id, detector=document.findings[0].detector,
        ruling=Ruling.TRUE, reason="seen on disk", **made,
    )  # fmt: skip
    priority = Priority(
        incident_id=document.incidents[0].id, value=7.33,
        factors=(
            Factor(name="impact", value=5, why="FS-01 is worth 5 of 5"),
            Factor(name="certainty", value=0.99, why="confidence of its 4 findings together"),
            Factor(name="spread", value=1.48, why="3 of our hosts are hit"),
        ),
        owners=("10.20.2.0/24 (payments, owner Mia Berg)",),
    )  # fmt: skip
    return replace(
        document,
        priorities=(priority,),
        attributions=(attribute(document.incidents[0], document.findings),),
        allowances=(allowance, replace(allowance, id="allow-0002", expires=START)),
        set_aside=(
            SetAside(
                finding=finding, by=allowance.id, label=allowance.label(), who=allowance.owner,
                reason=allowance.reason, until=allowance.expires,
            ),
        ),
        judgements={judgement.finding_id: judgement},
        case=case,
    )  # fmt: skip
