"""Phase 4: stop the malicious behaviour for good."""

from netcordon.phases.sheet import Condition, Gate, Phase, done, not_built, partial

PHASE = Phase(
    number=4,
    letter="M",
    title="Remediation",
    objective="Take the actions that stop the malicious behaviour.",
    lines=(
        not_built("M0", "Every cause, channel and foothold has an action and a proof"),
        partial(
            "M1", "Find all channels of the attacker and block them on all boundaries",
            "planning/ways.py", "planning/alike.py", "planning/coverage.py", "enforcement/put.py",
            missing="devices that only people reach; a matrix tells what stays open where",
        ),
        partial(
            "M2", "An insider brings in management, HR and legal",
            "casefile/compartments.py", "workflow/compartments.py",
            missing="tasks for management, HR and legal; a guard beyond the rights of the files",
        ),
        done(
            "M3", "An outsider brings in abuse teams and law enforcement",
            "workflow/abuse.py", "notices/xarf.py", "workflow/police.py",
        ),
        done(
            "M4", "A remediation process, confirmed by others",
            "planning/process.py", "workflow/remedy.py", "interfaces/cli/contain_remedy.py",
        ),
        done(
            "M5", "Steps of the intrusion sheets",
            "phases/intrusion.py", "workflow/taken_hosts.py", "workflow/gates.py",
        ),
        done(
            "M6", "Test that it works and harms no service",
            "rehearsal/model.py", "rehearsal/kernel.py", "rehearsal/sensor.py",
            "rehearsal/resolver.py", "rehearsal/proxy.py",
        ),
        done(
            "M7", "Enforce once IT and business approve",
            "enforcement/approved.py", "enforcement/seats.py", "casefile/approvals.py",
            "enforcement/put.py", "workflow/enforce.py",
        ),
    ),
    entry=Gate(
        title="It is no false alarm",
        conditions=(
            Condition(
                "M0.ruled", "at least one finding was ruled true",
                fact="ruled_true", supply="netcordon case verdict FINDING true --reason TEXT",
            ),
        ),
    ),
    gate=Gate(
        title="The behaviour is stopped, and two sides approved how",
        conditions=(
            Condition("M0.channels", "every channel is blocked and verified, or its risk accepted"),
            Condition(
                "M5.sheets", "the intrusion sheet of every compromised computer is done",
                fact="sheets", supply="netcordon case host ADDRESS",
            ),
            Condition(
                "M6.rehearsal", "the plan was rehearsed and harmed no critical flow",
                fact="rehearsed", supply="netcordon contain rehearse",
            ),
            Condition(
                "M7.approvals", "IT and business approved, two people in two roles",
                fact="approved", supply="netcordon contain approve --as ROLE --key FILE",
            ),
        ),
    ),
)  # fmt: skip
"""Remediation."""
