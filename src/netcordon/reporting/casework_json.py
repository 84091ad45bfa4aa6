"""What people put on record about a case, as JSON-able values."""

from __future__ import annotations

from netcordon.model.attribution import Attribution
from netcordon.model.casework import (
    Allowance,
    CaseRecord,
    Closing,
    Judgement,
    Move,
    Note,
    Statement,
)  # fmt: skip
from netcordon.model.priority import Priority
from netcordon.model.quantity import rfc3339

Json = dict[str, object]


def priority_object(p: Priority) -> Json:
    """A priority with its factors."""
    return {
        "incident_id": p.incident_id,
        "value": p.value,
        "factors": [{"name": f.name, "value": f.value, "why": f.why} for f in p.factors],
        "owners": list(p.owners),
    }


def attribution_object(a: Attribution) -> Json:
    """Where an incident comes from; ``source`` is ``None`` when that is not identified."""
    source = a.source and {
        "kind": a.source.kind,
        "parties": list(a.source.parties),
        "confidence": a.source.confidence,
        "finding_ids": list(a.source.finding_ids),
        "why": a.source.why,
    }
    return {
        "incident_id": a.incident_id,
        "statement": a.statement,
        "source": source,
        "alternatives": list(a.alternatives),
    }


def allowance_object(a: Allowance) -> Json:
    """An entry of the allow-list."""
    return {
        "id": a.id,
        "what": a.what,
        "value": a.value,
        "detector": a.detector or None,
        "owner": a.owner,
        "reason": a.reason,
        "author": a.author,
        "time": rfc3339(a.time),
        "expires": rfc3339(a.expires),
        "removed": a.removed or None,
    }


def judgement_object(j: Judgement) -> Json:
    """A ruling on a finding."""
    return {
        "finding_id": j.finding_id,
        "detector": j.detector,
        "ruling": j.ruling.value,
        "reason": j.reason,
        "author": j.author,
        "time": rfc3339(j.time),
    }


def case_object(c: CaseRecord) -> Json:
    """What people did with a case."""
    return {
        "id": c.id,
        "title": c.title or None,
        "status": c.status,
        "phase": c.phase,
        "source": c.source or None,
        "assignee": c.assignee or None,
        "notes": [note_object(n) for n in c.notes],
        "statements": [statement_object(s) for s in c.statements],
        "moves": [move_object(m) for m in c.moves],
        "closings": [closing_object(x) for x in c.closings],
    }


def note_object(n: Note) -> Json:
    """A note with every wording."""
    return {
        "id": n.id,
        "about": n.about,
        "object_id": n.object_id,
        "text": n.text,
        "wordings": [
            {"text": w.text, "author": w.author, "time": rfc3339(w.time)} for w in n.wordings
        ],
    }


def statement_object(s: Statement) -> Json:
    """A person's word on a condition."""
    return {
        "condition": s.condition,
        "text": s.text,
        "author": s.author,
        "time": rfc3339(s.time),
    }


def move_object(m: Move) -> Json:
    """A change of phase."""
    return {
        "from": m.origin,
        "to": m.target,
        "author": m.author,
        "time": rfc3339(m.time),
        "reason": m.reason or None,
        "forced": m.forced,
        "missing": list(m.missing),
    }


def closing_object(c: Closing) -> Json:
    """A closing (with a ruling) or a reopening (without)."""
    return {
        "ruling": c.ruling.value if c.ruling else None,
        "reason": c.reason,
        "author": c.author,
        "time": rfc3339(c.time),
        "missing": list(c.missing),
    }
