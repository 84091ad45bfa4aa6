"""Plans in the journal: each as it was made, never changed."""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from netcordon.casefile.canonical import canonical
from netcordon.casefile.journal import Draft, Journal
from netcordon.casefile.lookups import HUNTED
from netcordon.model.handling import PAP
from netcordon.model.plan import Plan
from netcordon.model.register import Marking, Register
from netcordon.model.rehearsal import Rehearsal

MADE = "plan.made"
REHEARSED = "plan.rehearsed"
REGISTERED = "register.seen"


def record_plan(journal: Journal, plan: Plan, register: Register) -> None:
    """Put a plan into the journal, and the register it was made with when that is another.

    Raises:
        WorkspaceError: when it cannot be written.
    """
    known = any(True for _ in journal.entries((REGISTERED,), plan.register_hash))
    drafts = [] if known else [Draft(REGISTERED, plan.register_hash, register)]
    journal.append([*drafts, Draft(MADE, plan.id, plan)])


def plan_documents(journal: Journal, case_id: str) -> tuple[Mapping[str, Any], ...]:
    """Plans of a case, oldest first."""
    return tuple(
        entry.payload for entry in journal.entries((MADE,)) if entry.payload["case_id"] == case_id
    )


def plan_document(journal: Journal, plan_id: str) -> Mapping[str, Any] | None:
    """One plan."""
    return next((entry.payload for entry in journal.entries((MADE,), plan_id)), None)


def register_document(journal: Journal, digest: str) -> Mapping[str, Any] | None:
    """The register a plan was made with."""
    return next((entry.payload for entry in journal.entries((REGISTERED,), digest)), None)


def hunted_markings(journal: Journal) -> tuple[Marking, ...]:
    """What hunted lists said may be done with addresses and names that were seen here.

    A hunt with several lists is on record as a whole, so the most restrictive of them holds.
    """
    found: list[Marking] = []
    for entry in journal.entries((HUNTED,)):
        given = {str(each["pap"]): str(each["name"]) for each in entry.payload["lists"]
                 if each.get("pap") in set(PAP)}  # fmt: skip
        if not given:
            continue
        pap = max((PAP(text) for text in given), key=list(PAP).index)
        for seen in entry.payload["seen"]:
            kind, value = str(seen["type"]), str(seen["value"])
            if kind in ("address", "prefix"):
                network = str(ipaddress.ip_network(value))
                found.append(Marking(pap=pap, network=network, source=given[pap]))
            elif kind == "domain":
                found.append(Marking(pap=pap, name=value, source=given[pap]))
    return tuple(found)


def record_rehearsal(journal: Journal, rehearsal: Rehearsal) -> None:
    """Put what a rehearsal found into the journal, under the id of its plan.

    Raises:
        WorkspaceError: when it cannot be written.
    """
    journal.append([Draft(REHEARSED, rehearsal.plan_id, rehearsal)])


def rehearsals(
    journal: Journal, plan_id: str, until: datetime | None = None
) -> tuple[tuple[str, Mapping[str, Any]], ...]:
    """Rehearsals of a plan with the SHA-256 of each, oldest first."""
    return tuple(
        (hashlib.sha256(canonical(entry.payload).encode("ascii")).hexdigest(), entry.payload)
        for entry in journal.entries((REHEARSED,), plan_id)
        if until is None or entry.time <= until
    )
