"""Protocols that servers speak: SSH, control systems, and those without a table of their own."""

from __future__ import annotations

from netcordon.tables.schema.columns import ENDS, Table, column

SSH_ACTIVITY = Table(
    "ssh_activity",
    "One row an SSH connection.",
    "time",
    ("src_ip_hi", "src_ip_lo", "time", "frame"),
    (
        column("time", "TIMESTAMP", "time of the first banner"),
        column("frame", "BIGINT", "frame of the first banner"),
        *ENDS,
        column("client_banner", "VARCHAR", "identification string of the client"),
        column("server_banner", "VARCHAR", "identification string of the server"),
        column("hassh", "VARCHAR", "fingerprint of the client's algorithms (MD5 hex)"),
        column("hassh_server", "VARCHAR", "fingerprint of the server's algorithms (MD5 hex)"),
    ),
)

OT_ACTIVITY = Table(
    "ot_activity",
    "One row a request to a control device (Modbus, S7, DNP3) with its answer.",
    "time",
    ("src_ip_hi", "src_ip_lo", "time", "frame"),
    (
        column("time", "TIMESTAMP", "time of the request"),
        column("frame", "BIGINT", "its frame"),
        *ENDS,
        column("service", "VARCHAR", "modbus, s7comm or dnp3"),
        column("unit", "INTEGER", "unit, rack and slot, or station that is addressed"),
        column("function_code", "INTEGER", "function code"),
        column("function", "VARCHAR", "its name"),
        column("is_write", "BOOLEAN", "it changes values, programs or the state of the device"),
        column("address", "BIGINT", "first address it names, or NULL"),
        column("quantity", "BIGINT", "how many values, or NULL"),
        column("error", "VARCHAR", "exception of the answer, or NULL"),
        column("is_answered", "BOOLEAN", "an answer was seen"),
    ),
)

APPLICATION_ACTIVITY = Table(
    "application_activity",
    "One row a telling message of a protocol that has no table of its own.",
    "time",
    ("src_ip_hi", "src_ip_lo", "time", "frame"),
    (
        column("time", "TIMESTAMP", "time of the message"),
        column("frame", "BIGINT", "frame it ends in"),
        *ENDS,
        column("protocol", "VARCHAR", "tcp or udp"),
        column("service", "VARCHAR", "as `network_activity.service`"),
        column("is_response", "BOOLEAN", "the responder sent it"),
        column("operation", "VARCHAR", "what is asked: command, method, message type"),
        column("object", "VARCHAR", "what it acts on: path, address, topic, identifier"),
        column("account", "VARCHAR", "who asks; never a password"),
        column("software", "VARCHAR", "banner, user agent or version that the sender states"),
        column("status", "VARCHAR", "answer's code or result, or NULL when none was seen"),
        column("detail", "VARCHAR", "more facts as a JSON object with sorted keys, or NULL"),
        column("bytes", "BIGINT", "octets of the message, or of what it carries"),
    ),
)
