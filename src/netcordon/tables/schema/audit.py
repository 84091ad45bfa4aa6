"""What services and clouds record of themselves: each call of their administration."""

from __future__ import annotations

from netcordon.tables.schema.columns import ENDS, Table, column

API_ACTIVITY = Table(
    "api_activity",
    "One row an event of an audit log: who called what of a cloud, a service or a host.",
    "time",
    ("time", "frame"),
    (
        column("time", "TIMESTAMP", "time of the event"),
        column("frame", "BIGINT", "record of the log, from 1"),
        *ENDS,
        column("provider", "VARCHAR", "aws, microsoft365, entra, okta, windows, ..."),
        column("service", "VARCHAR", "part of the provider that was called, in its words"),
        column("operation", "VARCHAR", "call or event, in the provider's words"),
        column("account", "VARCHAR", "who called"),
        column("object", "VARCHAR", "what or whom the call names, or NULL"),
        column("outcome", "VARCHAR", "success, failure, or NULL when the log does not say"),
        column("status_detail", "VARCHAR", "error or reason in the provider's words, or NULL"),
        column("user_agent", "VARCHAR", "program of the caller, as it says itself"),
        column(
            "change",
            "VARCHAR",
            "what the call gives, weakens or destroys: account, credential, role, consent, mfa, forwarding, "
            "logging, sharing, secret, deletion; NULL for all others",
        ),
        column("tenant", "VARCHAR", "account, tenant, organisation or host that is administered"),
        column("src_country", "VARCHAR", "country of the caller as the log names it, or NULL"),
    ),
)
