"""Phase 3: limit the effects, without cutting what the business lives on."""

from netcordon.phases.sheet import Condition, Gate, Phase, done, partial

PHASE = Phase(
    number=3,
    letter="C",
    title="Containment",
    objective="Mitigate the effects of the attack on the environment.",
    lines=(
        partial(
            "C0", "A plan of actions, ordered, with what each costs and undoes",
            "planning/build.py", "planning/measures.py", "planning/arranged.py",
            "interfaces/cli/contain.py",
            missing="measures that no device can be told are a person's word",
        ),
        done(
            "C1", "Strategic resources call the crisis cell",
            "incidents/strategic.py", "casefile/crisis.py", "enforcement/strategic.py",
            "interfaces/cli/crisis.py",
        ),
        done(
            "C2", "Each step is done and watched",
            "enforcement/put.py", "enforcement/agree.py", "enforcement/aftermath.py",
            "interfaces/cli/contain_verify.py",
        ),
        partial(
            "C3", "Disconnect the compromised area",
            "planning/isolation.py", "enforcement/put.py",
            missing="a check from inside that nothing undeclared leads out",
        ),
        partial(
            "C4", "Isolate the source and keep it for investigation",
            "planning/isolation.py", "planning/tasks.py", "enforcement/put.py",
            missing="switches and endpoint agents are told by people",
        ),
        partial(
            "C5", "Acceptable measures for critical flows, agreed with their owners",
            "planning/picks.py", "enforcement/approved.py", "interfaces/cli/contain_approve.py",
            missing="country filters and second factors are people's tasks; slowing and known "
            "clients are commands",
        ),
        partial(
            "C6", "End unwanted connections and processes",
            "planning/recorded.py", "planning/tasks.py", "enforcement/put.py",
            missing="processes and sessions on hosts are ended by people",
        ),
        partial(
            "C7", "Block on firewall, IPS and EDR",
            "plugins/actuators/nftables.py", "plugins/actuators/suricata.py",
            missing="devices that only people reach are typed at by people",
        ),
        partial(
            "C8", "IDS rules for the behaviour, and word of new events",
            "signatures/marks.py", "signatures/tried.py", "interfaces/cli/contain_rules.py",
            missing="word of new events; rules are written and tried, and carried there by hand",
        ),
        partial(
            "C9", "Further measures when it is strategic",
            "model/measure_kind.py", "enforcement/strategic.py",
            missing="an API; the command line refuses with the reason until the CISO decides",
        ),
        partial(
            "C9a", "Deny destinations on every way out",
            "planning/crossing.py", "planning/coverage.py", "enforcement/put.py",
            missing="endpoint agents; a matrix tells what stays open where",
        ),
        partial(
            "C9b", "Reject connections from compromised machines by policy",
            "planning/isolation.py", "plugins/actuators/block_list.py",
            missing="the rules of servers and gates that read the list",
        ),
        partial(
            "C9c", "Limit access to confidential data",
            "planning/isolation.py",
            missing="permissions on the data itself",
        ),
        done(
            "C9d", "Marked documents as proof of theft",
            "decoys/tracing.py", "workflow/decoys.py", "plugins/detectors/exfil_decoy.py",
            "workflow/decoy_listen.py",
        ),
        done(
            "C9e", "Tell affected users what to do and what not",
            "notices/drafting.py", "notices/recipients.py", "workflow/notices.py",
        ),
        done(
            "C9f", "Verbose logging, kept on a remote secure server",
            "collector/planning.py", "collector/server.py", "collector/checking.py",
        ),
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
                "C0.channels", "every channel of the incident has an action or an accepted risk",
                fact="planned", supply="netcordon contain plan",
            ),
            Condition(
                "C2.verified", "every action was seen to work",
                fact="verified", supply="netcordon contain verify --after CAPTURE",
            ),
            Condition(
                "C5.owners", "owners agreed to what touches their critical flows",
                fact="owners_agreed",
                supply="netcordon contain approve --as business --key FILE",
            ),
        ),
    ),
)  # fmt: skip
"""Containment."""
