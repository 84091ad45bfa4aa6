"""Lines that hold in every phase."""

from netcordon.phases.sheet import Phase, not_built, partial

PHASE = Phase(
    number=0,
    letter="G",
    title="General",
    objective="Keep notes, know whom to call, follow the phases, mark what may travel.",
    lines=(
        partial(
            "G1", "Take notes, keep calm, call the response team of the business line",
            "workflow/casework.py", "casefile/case_state.py", "casefile/journal.py",
            missing="the card of whom to call; notes on any object are kept, edits as new entries",
        ),
        not_built("G2", "Roles for administrators, SOC, CISO and CERT, with rights per case"),
        partial(
            "G3", "Six phases with objectives and gates, as a checklist and a playbook",
            "phases/checklist.py", "workflow/gates.py", "workflow/casework.py",
            missing="the CACAO export; a case goes through gates, by force only on record",
        ),
        partial(
            "G4", "A TLP mark on everything that travels",
            "model/handling.py", "reporting/compose.py",
            missing="marks on single objects and export below a mark; reports carry one mark",
        ),
    ),
)  # fmt: skip
"""The general lines."""
