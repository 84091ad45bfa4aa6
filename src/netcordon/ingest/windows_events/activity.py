"""Everything else that Windows logs: accounts, groups, services, tasks, programs, logs."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from netcordon.ingest.text.rows import Rows
from netcordon.ingest.text.shaping import constant, words
from netcordon.ingest.windows_events.event import SECURITY, SYSMON, Events

_CHANGES = {
    "account": (4720, 4722, 4741),
    "credential": (4723, 4724, 4794),
    "role": (4728, 4732, 4756, 4704, 4717),
    "logging": (1102, 4719, 1100),
    "sharing": (5142,),
}
_BY_EVENT = {
    **{f"security {n}": change for change, numbers in _CHANGES.items() for n in numbers},
    "system 104": "logging",
}
_OPERATIONS = {
    "security 1102": "audit log cleared", "system 104": "event log cleared",
    "security 4634": "logged off", "security 4647": "logged off",
    "security 4648": "logon with explicit credentials",
    "security 4672": "special privileges assigned", "security 4688": "process created",
    "security 4697": "service installed", "system 7045": "service installed",
    "security 4698": "scheduled task created", "security 4702": "scheduled task updated",
    "security 4719": "audit policy changed", "security 4720": "user account created",
    "security 4722": "user account enabled", "security 4723": "password change tried",
    "security 4724": "password reset tried", "security 4726": "user account deleted",
    "security 4728": "member added to global group", "security 4732": "member added to local group",
    "security 4738": "user account changed", "security 4740": "user account locked",
    "security 4741": "computer account created", "security 4756": "member added to universal group",
    "security 4769": "service ticket requested", "security 4662": "directory object accessed",
    "security 5136": "directory object changed", "security 5140": "share accessed",
    "security 5145": "file on share checked",
    "sysmon 1": "process created", "sysmon 2": "file time changed", "sysmon 5": "process ended",
    "sysmon 6": "driver loaded", "sysmon 7": "image loaded", "sysmon 8": "remote thread created",
    "sysmon 10": "process accessed", "sysmon 11": "file created",
    "sysmon 12": "registry object changed", "sysmon 13": "registry value set",
    "sysmon 15": "file stream created", "sysmon 17": "pipe created", "sysmon 18": "pipe connected",
    "sysmon 23": "file deleted",
    "security 4946": "firewall rule added", "security 4947": "firewall rule changed",
    "security 4948": "firewall rule deleted", "security 4950": "firewall setting changed",
    "firewall 2003": "firewall setting changed", "firewall 2004": "firewall rule added",
    "firewall 2005": "firewall rule changed", "firewall 2006": "firewall rule deleted",
    "firewall 2033": "all firewall rules deleted", "firewall 2097": "firewall rule added",
    "powershell 4104": "script run", "security 4778": "session reconnected",
    "security 4779": "session disconnected", "security 4799": "group listed",
    "security 4798": "groups of an account listed",
}  # fmt: skip


_CHANNELS = {
    SYSMON.lower(): "sysmon",
    SECURITY.lower(): "security",
    "microsoft-windows-windows firewall with advanced security/firewall": "firewall",
    "microsoft-windows-powershell/operational": "powershell",
}


def activity(events: Events) -> Rows:
    """One row an event: in words where they are known, else by its number."""
    short = words(pc.utf8_lower(events.channel), _CHANNELS)
    key = pc.binary_join_element_wise(pc.coalesce(short, "unknown"), events.event, " ")
    known = words(key, _OPERATIONS, keep=False)
    numbered = pc.binary_join_element_wise("event", events.event, " ")
    domain = events.text("SubjectDomainName")
    subject = events.text("SubjectUserName")
    return events.rows(
        "api_activity",
        {
            "time": events.time,
            **{f"src_{k}": v for k, v in events.address("IpAddress", "ClientAddress").items()},
            "provider": constant("windows", len(events)),
            "service": events.channel,
            "operation": pc.coalesce(known, numbered),
            "account": pc.coalesce(
                pc.binary_join_element_wise(domain, subject, "\\"), subject, events.text("User")
            ),
            "object": _bounded(
                events.text(
                    "MemberName", "TargetServerName", "ServiceName", "TaskName", "TargetUserName",
                    "ShareName", "RuleName", "ScriptBlockText", "NewProcessName", "ObjectName",
                    "TargetFilename", "TargetObject",
                    "CommandLine", "Image", "ProcessName", "Application", "DestinationHostname",
                )
            ),
            "outcome": pa.nulls(len(events), pa.string()),
            "status_detail": _bounded(events.text("ServiceFileName", "ImagePath", "CommandLine")),
            "change": words(key, _BY_EVENT, keep=False),
            "tenant": events.computer,
        },
    )  # fmt: skip


def _bounded(texts: pa.Array) -> pa.Array:
    return pc.utf8_slice_codeunits(texts, 0, 1024)
