"""Logins: 4624, 4625 (logon), 4768, 4771 (Kerberos), 4776 (NTLM at the controller)."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from netcordon.ingest.text.rows import Rows
from netcordon.ingest.text.shaping import constant, port, words
from netcordon.ingest.windows_events.event import SECURITY, Events, end, of

_TYPES = {
    "2": "interactive", "3": "network", "4": "batch", "5": "service", "7": "unlock",
    "8": "network cleartext", "9": "new credentials", "10": "remote interactive",
    "11": "cached interactive", "12": "cached remote interactive", "13": "cached unlock",
}  # fmt: skip
_METHODS = {"4768": "kerberos", "4771": "kerberos", "4776": "ntlm"}
_REASONS = {
    "0xc0000064": "no such user", "0xc000006a": "wrong password",
    "0xc000006d": "bad user or password",
    "0xc000006e": "account restriction", "0xc000006f": "outside logon hours",
    "0xc0000070": "workstation restriction", "0xc0000071": "password expired",
    "0xc0000072": "account disabled", "0xc0000193": "account expired",
    "0xc0000224": "password must change", "0xc0000234": "account locked",
    "0xc000015b": "logon type not granted", "0x6": "no such user", "0x12": "account disabled",
    "0x17": "password expired", "0x18": "wrong password", "0x25": "clocks differ",
}  # fmt: skip
"""Sub status of 4625, status of 4776 (NTSTATUS), and of 4768 and 4771 (RFC 4120)."""


def is_login(events: Events) -> pa.Array:
    """Which of them are logins."""
    return of(events, SECURITY, 4624, 4625, 4768, 4771, 4776)


def login(events: Events) -> Rows:
    """Who logged in to this computer, or asked this controller to be let in elsewhere."""
    number = events.event
    sub, main = pc.utf8_lower(events.text("SubStatus")), pc.utf8_lower(events.text("Status"))
    status = pc.if_else(pc.fill_null(pc.equal(sub, "0x0"), True), main, sub)
    by_status = pc.if_else(pc.equal(main, "0x0"), "success", "failure")
    outcome = pc.if_else(
        pc.equal(number, "4624"),
        "success",
        pc.if_else(pc.is_in(number, pa.array(["4625", "4771"])), "failure", by_status),
    )
    kind = words(events.text("LogonType"), _TYPES)
    package = pc.utf8_lower(events.text("AuthenticationPackageName"))
    failed = pc.fill_null(pc.equal(outcome, "failure"), False)
    return events.rows(
        "authentication",
        {
            "time": events.time,
            **end(events, "src", "IpAddress"),
            "src_port": port(events.whole("IpPort")),
            "method": pc.coalesce(words(number, _METHODS, keep=False), package),
            "service": pc.coalesce(kind, words(number, _METHODS, keep=False)),
            "account": events.text("TargetUserName"),
            "domain": events.text("TargetDomainName"),
            "workstation": events.text("WorkstationName", "Workstation"),
            "outcome": outcome,
            "provider": constant("windows", len(events)),
            "status_detail": pc.if_else(
                failed, words(status, _REASONS), pa.scalar(None, pa.string())
            ),
        },
    )
