"""Phase 2: detect, determine the scope, involve the right parties."""

from netcordon.phases.sheet import Condition, Gate, Phase, done, not_built, partial

PHASE = Phase(
    number=2,
    letter="I",
    title="Identification",
    objective="Detect the incident, determine its scope, and involve the appropriate parties.",
    lines=(
        partial(
            "I0", "Detect, scope, and involve the parties",
            "workflow/investigate.py", "incidents/scope.py", "workflow/cases.py",
            missing="the scope as a graph; a case shows who is hit, by which evidence, and whose",
        ),
        partial(
            "I1", "Notification by a user or the help desk",
            "intake/reading.py", "intake/form.py", "workflow/intake.py",
            missing="a form in a browser; mails, calls and hits in the evidence are on record",
        ),
        partial(
            "I2", "Alerts and logs of IDS, IPS, NIDS and EDR",
            "plugins/parsers/zeek.py", "plugins/parsers/suricata_eve.py",
            "plugins/parsers/alerts_json.py", "plugins/detectors/alert_elsewhere.py",
            missing="EDR; alerts of others become findings, each once",
        ),
        partial(
            "I3", "Detection by network staff", "intake/form.py", "reporting/intake_text.py",
            missing="counters read from devices; what staff have seen is on record, by channel",
        ),
        not_built("I4", "Firewall and proxy logs"),
        done(
            "I5", "Complaint from outside",
            "ingest/letters/complaints.py", "intake/deadline.py", "notices/reply.py",
        ),
        partial(
            "I6", "Honeypots and other deception",
            "plugins/parsers/alerts_json.py", "plugins/detectors/access_honeypot.py",
            missing="hits taken in over HTTP; files and syslog of honeypots are read",
        ),
        done(
            "I7", "Captures are stored safely and handed to the response team",
            "workflow/seal_evidence.py", "workflow/stamp.py", "workflow/carve.py",
            "workflow/package_evidence.py",
        ),
        done(
            "I8", "Capture at a mirror port with the usual tools",
            "workflow/capture_plan.py", "workflow/capture_run.py", "plugins/parsers/pcap.py",
        ),
        done(
            "I9", "Ask for expert help with a handover",
            "workflow/handover.py", "reporting/handover.py", "workflow/package_evidence.py",
        ),
        partial(
            "I10", "Archived logs can be restored and searched",
            "workflow/archive_find.py", "workflow/archive_restore.py",
            missing="archives of other products",
        ),
        partial(
            "I11", "Triage of IDS alerts", "workflow/triage.py", "detection/allowed.py",
            "plugins/detectors/alert_elsewhere.py",
            missing="rules changed at the sensor; findings are ruled on, allowed and suppressed",
        ),
        partial(
            "I12", "Statistics and logs of network devices, against normal",
            "tables/engine.py", "workflow/query.py",
            missing="the comparison with a baseline; flows and a sensor's counters answer to SQL",
        ),
        partial(
            "I13", "What the traffic is for, and which components it touches",
            "detection/run.py", "incidents/correlate.py", "incidents/behaviour.py",
            missing="detectors for many behaviours and published recall and precision",
        ),
        partial(
            "I14", "Business risk decides the order of work",
            "incidents/priority.py", "casefile/declared.py",
            missing="classes of data and a map of services; assets and vital flows count",
        ),
        partial(
            "I15a", "Source addresses", "incidents/card_sources.py",
            missing="ASN, prefix and reverse name",
        ),
        partial(
            "I15b", "Ports, TTL, packet identification and other header fields",
            "incidents/card_ports.py", "incidents/card_headers.py",
            missing="hosts behind one NAT told apart; TCP options, sizes and timing on the card",
        ),
        partial(
            "I15c", "Protocols, and those on ports that are not theirs",
            "incidents/card_ports.py", "ingest/capture/events.py",
            missing="protocol tree with the unknown share; DNS over HTTPS is not told from HTTPS",
        ),
        partial(
            "I15d", "Targeted machines and services, and which were reached",
            "incidents/card_targets.py",
            missing="owner and asset of a target, and targets missing from the inventory",
        ),
        partial(
            "I15e", "Exploits", "incidents/card_targets.py",
            missing="signatures and CVE; the card says that none were run",
        ),
        partial(
            "I15f", "Remote accounts logged in", "incidents/card_accounts.py",
            missing="sessions still open, and logs of VPN, RDP and directory servers",
        ),
        partial(
            "I16", "Impacted machines and modus operandi are known",
            "incidents/parties.py", "incidents/story.py", "workflow/gates.py",
            missing="sources that were not handed in are not asked; the gate refuses to go on",
        ),
        partial(
            "I17", "If possible, the source is known", "incidents/attribution.py",
            missing="insiders told from taken hosts; below a threshold nobody is named",
        ),
        partial(
            "I18", "Forensic work where needed",
            "workflow/seal_evidence.py", "workflow/carve_files.py", "workflow/timeline.py",
            missing="tools of its own for disks and memory; images are sealed, timelines go both "
            "ways, carried files come back",
        ),
        partial(
            "I19", "A compromised computer starts the intrusion sheets",
            "incidents/actions.py", "phases/intrusion.py", "workflow/taken_hosts.py",
            missing="tools that take memory and disks; the sheets say what is to be taken",
        ),
    ),
    gate=Gate(
        title="Impacted machines and modus operandi are known",
        conditions=(
            Condition(
                "I16.machines", "at least one impacted machine stands with its evidence",
                fact="impacted", supply="netcordon investigate CAPTURE",
            ),
            Condition(
                "I16.techniques", "at least one technique is named",
                fact="techniques", supply="netcordon investigate CAPTURE",
            ),
            Condition(
                "I0.scope", "every source of evidence was asked who else spoke to the same ends",
                fact="scoped", supply="netcordon scope INCIDENT",
            ),
            Condition(
                "I13.unknowns", "what could not be seen is listed",
                fact="unknowns", supply="netcordon investigate CAPTURE",
            ),
        ),
    ),
)  # fmt: skip
"""Identification."""
