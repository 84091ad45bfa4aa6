"""Logins that services of Windows log themselves: Remote Desktop, SMB, Network Policy Server."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from netcordon.ingest.text.rows import Rows
from netcordon.ingest.text.shaping import constant, where_told, words
from netcordon.ingest.windows_events.event import SECURITY, Events, end, of

_GATE = "Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational"
_SESSIONS = "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational"
_SMB = "Microsoft-Windows-SMBServer/Security"
_OUTCOMES = {
    "1149": "success", "21": "success", "25": "success", "551": "failure",
    "6272": "success", "6273": "failure", "6278": "success",
}  # fmt: skip
_SERVICES = {
    "1149": "rdp", "21": "rdp", "25": "rdp", "551": "smb",
    "6272": "radius", "6273": "radius", "6278": "radius",
}  # fmt: skip


def is_remote(events: Events) -> pa.Array:
    """Which of them are logins over the network that name who came."""
    kinds = (
        of(events, _GATE, 1149),
        of(events, _SESSIONS, 21, 25),
        of(events, _SMB, 551),
        of(events, SECURITY, 6272, 6273, 6278),
    )
    found = kinds[0]
    for kind in kinds[1:]:
        found = pc.or_(found, kind)
    return found


def remote(events: Events) -> Rows:
    """Who came in; 1149 stands for a connection whose user was told, before any session.

    A session at the screen itself has the address ``LOCAL``, which is none.
    """
    number = events.event
    named = events.text("User", "Param1", "UserName", "SubjectUserName")
    parts = pc.extract_regex(named, r"^(?:(?P<domain>[^\\\\]{1,256})\\\\)?(?P<user>.*)$")
    failed = pc.fill_null(pc.equal(words(number, _OUTCOMES), "failure"), False)
    return events.rows(
        "authentication",
        {
            "time": events.time,
            **end(events, "src", "Address", "Param3", "ClientAddress", "CallingStationID"),
            "method": words(number, _SERVICES, keep=False),
            "service": words(number, _SERVICES, keep=False),
            "account": where_told(parts.field(1)),
            "domain": pc.coalesce(
                where_told(parts.field(0)), events.text("Param2", "SubjectDomainName")
            ),
            "workstation": events.text("ClientName", "SubjectMachineName"),
            "outcome": words(number, _OUTCOMES, keep=False),
            "provider": constant("windows", len(events)),
            "status_detail": pc.if_else(
                failed, events.text("Reason", "ReasonCode", "Status"), pa.scalar(None, pa.string())
            ),
        },
    )
