"""All phases in order, and the flat list that documents carry."""

from __future__ import annotations

from netcordon.model.document import PhaseStatus
from netcordon.phases import (
    general,
    p1_preparation,
    p2_identification,
    p3_containment,
    p4_remediation,
    p5_recovery,
    p6_lessons_learned,
)
from netcordon.phases.sheet import Phase

PHASES: tuple[Phase, ...] = (
    general.PHASE,
    p1_preparation.PHASE,
    p2_identification.PHASE,
    p3_containment.PHASE,
    p4_remediation.PHASE,
    p5_recovery.PHASE,
    p6_lessons_learned.PHASE,
)
"""The general lines and the six phases."""

SIX = PHASES[1:]
"""The phases of a case, in their order."""


def phase_statuses() -> tuple[PhaseStatus, ...]:
    """Every line of the checklist with what exists of it, in the order of the sheet."""
    return tuple(
        PhaseStatus(
            id=line.id,
            phase=f"{phase.number} {phase.title}" if phase.number else phase.title,
            line=line.text,
            status=line.status.value,
            where="; ".join([*line.where, *([f"missing: {line.missing}"] if line.missing else [])]),
        )
        for phase in PHASES
        for line in phase.lines
    )
