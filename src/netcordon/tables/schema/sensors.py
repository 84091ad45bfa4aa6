"""What other tools say: their alerts, and how they fared themselves."""

from __future__ import annotations

from netcordon.tables.schema.columns import ENDS, Table, column

DETECTION_FINDING = Table(
    "detection_finding",
    "One row an alert, notice or anomaly of another tool, as that tool worded it.",
    "time",
    ("time", "frame"),
    (
        column("time", "TIMESTAMP", "time of the alert"),
        column("frame", "BIGINT", "frame, or line of a log"),
        *ENDS,
        column("protocol", "VARCHAR", "tcp, udp, icmp, ..., or NULL"),
        column("service", "VARCHAR", "application protocol the tool names, or NULL"),
        column("product", "VARCHAR", "tool that raised it: zeek, suricata, ..."),
        column("kind", "VARCHAR", "alert, notice, intel, weird, anomaly, ..."),
        column("rule_id", "VARCHAR", "signature or notice id in the tool's words"),
        column("rule_revision", "INTEGER", "revision of the rule, or NULL"),
        column("title", "VARCHAR", "signature or name of what was found"),
        column("category", "VARCHAR", "class the tool files it under"),
        column("severity", "VARCHAR", "severity as the tool writes it"),
        column(
            "severity_id",
            "INTEGER",
            "OCSF: 1 informational, 2 low, 3 medium, 4 high, 5 critical; NULL unless the tool says",
        ),
        column("action", "VARCHAR", "allowed, blocked, ... where the tool stands in line"),
        column("message", "VARCHAR", "what the tool adds"),
        column("account", "VARCHAR", "user it names"),
        column("observable", "VARCHAR", "name, URL, hash or address it was raised for"),
        column("count", "BIGINT", "how often the tool saw it in this row"),
        column("reporter", "VARCHAR", "sensor or device that reported it"),
        column("is_from_src", "BOOLEAN", "the packet that raised it went from src to dst"),
        column(
            "reference", "VARCHAR", "the tool's own id of this alert; the same id, the same alert"
        ),
        column("last_seen_time", "TIMESTAMP", "end of what it covers; NULL for a moment"),
        column("techniques", "VARCHAR[]", "ATT&CK techniques that the rule or tool names"),
        column("confidence", "DOUBLE", "0 to 1, how sure the tool says it is, or NULL"),
    ),
)

DEVICE_HEALTH = Table(
    "device_health",
    "One row a measurement that a sensor or device gives of itself.",
    "time",
    ("time", "device", "metric", "frame"),
    (
        column("time", "TIMESTAMP", "time of the measurement, the end of what it covers"),
        column("frame", "BIGINT", "frame, or line of a log"),
        column("device", "VARCHAR", "sensor, worker or device, as it calls itself"),
        column("metric", "VARCHAR", "what is measured, the tool's own name"),
        column("value", "DOUBLE", "the value; NULL where only a message was written"),
        column("value_unit", "VARCHAR", "packets, bytes, percent, s, ..., or NULL"),
        column("interval_s", "DOUBLE", "time the value covers, seconds; NULL for a running total"),
        column("message", "VARCHAR", "message, or NULL"),
    ),
)
