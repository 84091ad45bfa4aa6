"""Phase 5: back to normal, step by step."""

from netcordon.phases.sheet import Condition, Gate, Phase, not_built

PHASE = Phase(
    number=5,
    letter="R",
    title="Recovery",
    objective="Restore the system to normal operation.",
    lines=(
        not_built("R0", "A recovery plan from the containment still in force"),
        not_built("R1", "Network traffic is back to normal"),
        not_built("R2", "Re-allow what was contained"),
        not_built("R3", "Step by step, under watch"),
        not_built("R4", "Recovery of authentication and infrastructure"),
    ),
    gate=Gate(
        title="Traffic is normal and nothing is left in force by accident",
        conditions=(
            Condition(
                id="R1.traffic", text="traffic matches the baseline and no indicator is seen"
            ),
            Condition(
                id="R2.measures",
                text="every measure is lifted, kept with an owner, or made permanent",
            ),
        ),
    ),
)
"""Recovery."""
