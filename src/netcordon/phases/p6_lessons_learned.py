"""Phase 6: write it down, discuss it, be better next time."""

from netcordon.phases.sheet import Condition, Gate, Phase, not_built, partial

PHASE = Phase(
    number=6,
    letter="L",
    title="Lessons learned",
    objective="Document the incident, discuss it, and adjust plans and defences.",
    lines=(
        not_built("L0", "A review with agenda, participants and decisions"),
        partial(
            "L1", "A report, written and available to all actors",
            "reporting/write.py", "reporting/html.py", "reporting/markdown.py",
            missing="variants by audience, recipients, PDF and DOCX",
        ),
        partial(
            "L2", "The initial cause",
            "incidents/movement.py", "incidents/scene.py",
            missing="the record of the cause with the control that failed; a likely way in is told",
        ),
        partial(
            "L3", "Actions and timelines",
            "incidents/story.py",
            missing="the defenders' lane and the times to detect, contain and recover",
        ),
        not_built("L4", "What went right"),
        not_built("L5", "What went wrong"),
        not_built("L6", "What the incident cost"),
        partial(
            "L7", "Indicators of compromise",
            "incidents/indicators.py", "reporting/indicators_csv.py",
            missing="STIX, MISP and rule exports, TLP and decay by indicator",
        ),
        not_built("L8", "Improvements that feed back into preparation"),
    ),
    entry=Gate(
        title="What was found was judged",
        conditions=(
            Condition(
                "L1.rulings", "every finding of high severity or above was ruled on",
                fact="all_ruled",
                supply="netcordon case verdict FINDING true|false|benign --reason TEXT",
            ),
        ),
    ),
    gate=Gate(
        title="The incident is written down and its improvements have owners",
        conditions=(
            Condition("L0.review", "a review took place, or a reason is recorded"),
            Condition("L1.report", "the report reached all actors"),
            Condition("L8.improvements", "every improvement has an owner and a date"),
        ),
    ),
)  # fmt: skip
"""Lessons learned."""
