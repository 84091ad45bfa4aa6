"""Phase 1: contacts, procedures, visibility and a picture of normal, before anything happens."""

from netcordon.phases.sheet import Condition, Gate, Phase, not_built, partial

PHASE = Phase(
    number=1,
    letter="P",
    title="Preparation",
    objective="Establish contacts, define procedures, gather information to save time later.",
    lines=(
        not_built("P0", "Readiness score over all preparation items"),
        not_built("P1", "Monitoring tools and their rules are up to date"),
        not_built("P2", "Contacts of network and security operation teams"),
        not_built("P3", "The alert process is defined, known and drilled"),
        not_built("P4", "Sensors can be reached and see the perimeters they should"),
        not_built("P5", "Endpoints and areas can be isolated"),
        not_built("P6", "Inventory of network access points, with versions"),
        not_built("P7", "Current network maps and configurations, with zones and owners"),
        partial(
            "P8", "Look for unwanted access points regularly, and close them",
            "tables/schema/__init__.py",
            missing="comparison with an inventory; DHCP and ARP rows can be asked by SQL",
        ),
        not_built("P9", "VPN and cloud logins from rare places"),
        not_built("P10", "Traffic-management tools are deployed and watched"),
        not_built("P11", "Baseline of traffic and flows"),
        not_built("P12", "Register of business-critical flows"),
        partial(
            "P13", "People know the tools and how to use them",
            "workflow/investigate.py",
            missing="exercises with scores; the lab records incidents with their truth",
        ),
        partial(
            "P14", "Archived logs can still be read",
            "archive/drilling.py", "workflow/archive_drill.py",
            missing="a schedule that drills by itself; archives of other products",
        ),
        partial(
            "P15", "Logs are kept longer than six months",
            "archive/coverage.py", "workflow/archive_check.py",
            missing="archives of other products; what was never taken in is not known",
        ),
    ),
    gate=Gate(
        title="We can see, call and isolate",
        conditions=(
            Condition("P2.contacts", "a verified contact exists for every business line"),
            Condition("P4.sensors", "every zone is seen by a sensor or listed as blind"),
            Condition("P5.isolation", "every zone has a rehearsed way to be isolated"),
            Condition("P11.baseline", "a baseline is frozen and not older than its limit"),
        ),
    ),
)  # fmt: skip
"""Preparation."""
