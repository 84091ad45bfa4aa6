"""Phase 3: limit the effects, without cutting what the business lives on."""

from netcordon.phases.sheet import Condition, Gate, Phase, done, not_built, partial

PHASE = Phase(
    number=3,
    letter="C",
    title="Containment",
    objective="Mitigate the effects of the attack on the environment.",
    lines=(
        partial(
            "C0", "A plan of actions, ordered, with what each costs and undoes",
            "planning/build.py", "planning/measures.py", "interfaces/cli/contain.py",
            missing="measures that no device can be told are a person's word",
        ),
        not_built("C1", "Strategic resources call the crisis cell"),
        partial(
            "C2", "Each step is done and watched",
            "enforcement/put.py", "enforcement/agree.py", "interfaces/cli/contain_status.py",
            missing="traffic recorded afterwards as the judge; probes and read-back are",
        ),
        not_built("C3", "Disconnect the compromised area"),
        not_built("C4", "Isolate the source and keep it for investigation"),
        partial(
            "C5", "Acceptable measures for critical flows, agreed with their owners",
            "enforcement/approved.py", "interfaces/cli/contain_approve.py",
            missing="measures other than cutting; their owners are asked and sign",
        ),
        not_built("C6", "End unwanted connections and processes"),
        partial(
            "C7", "Block on firewall, IPS and EDR",
            "plugins/actuators/nftables.py", "plugins/actuators/suricata.py",
            missing="devices that only people reach are typed at by people",
        ),
        not_built("C8", "IDS rules for the behaviour, and word of new events"),
        not_built("C9", "Further measures when it is strategic"),
        partial(
            "C9a", "Deny destinations on every way out",
            "planning/crossing.py", "planning/candidates.py", "enforcement/put.py",
            missing="endpoint agents; what stays open at which boundary is told",
        ),
        not_built("C9b", "Reject connections from compromised machines by policy"),
        not_built("C9c", "Limit access to confidential data"),
        done(
            "C9d", "Marked documents as proof of theft",
            "decoys/tracing.py", "workflow/decoys.py", "plugins/detectors/exfil_decoy.py",
            "workflow/decoy_listen.py",
        ),
        not_built("C9e", "Tell affected users what to do and what not"),
        not_built("C9f", "Verbose logging, kept on a remote secure server"),
    ),
    entry=Gate(
        title="Somebody leads",
        conditions=(
            Condition(
                "C0.lead", "a person leads the case",
                fact="led", supply="netcordon case assign PERSON",
            ),
        ),
    ),
    gate=Gate(
        title="Every channel found is cut or its risk accepted",
        conditions=(
            Condition(
                "C0.channels", "every channel of the incident has an action or an accepted risk"
            ),
            Condition("C2.verified", "every action was seen to work"),
            Condition("C5.owners", "owners agreed to what touches their critical flows"),
        ),
    ),
)  # fmt: skip
"""Containment."""
