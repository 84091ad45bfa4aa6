"""Palo Alto Networks (PAN-OS, Prisma Access, Strata Logging Service): the shapes of their logs.

Source: "Syslog Field Descriptions" of PAN-OS 8.1 to 11.1 (values between commas; the first fields
never moved), the names of the same fields in JSON, CEF and LEEF. All become fields under the names
of JSON, from which ``palo_alto_rows`` makes rows.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping

from netcordon.ingest.messages.log import Found, Message, Reader
from netcordon.ingest.messages.readers.palo_alto_rows import LOGS

_START = re.compile(r"(?:^|[\s\"])\d{0,3},[\d/]{6,10} [\d:]{4,8},[^,]{0,64},([A-Z][A-Z-]{2,15}),")
_LONGEST = 16 << 10
_FEWEST_COMMAS = 8

_ENDS = {
    7: "SourceAddress", 8: "DestinationAddress", 11: "Rule", 12: "SourceUser", 14: "Application",
    22: "SessionID", 23: "RepeatCount", 24: "SourcePort", 25: "DestinationPort", 29: "Protocol",
    30: "Action",
}  # fmt: skip
_POSITIONS: dict[str, dict[int, str]] = {
    "TRAFFIC": {
        **_ENDS, 32: "BytesSent", 33: "BytesReceived", 35: "SessionStartTime",
        36: "SessionDuration", 44: "PacketsSent", 45: "PacketsReceived", 46: "SessionEndReason",
        52: "DeviceName",
    },
    "THREAT": {
        **_ENDS, 31: "FileName", 32: "ThreatID", 33: "URLCategory", 34: "VendorSeverity",
        35: "DirectionOfAttack", 43: "FileHash", 46: "UserAgent", 48: "XForwardedFor",
        49: "Referer", 59: "DeviceName", 63: "HTTPMethod",
    },
    "DECRYPTION": {**_ENDS, 39: "TLSVersion"},
    "GLOBALPROTECT": {
        8: "EventIDValue", 9: "Stage", 10: "AuthMethod", 11: "TunnelType", 12: "SourceUser",
        13: "SourceRegion", 14: "EndpointDeviceName", 15: "PublicIPv4", 16: "PublicIPv6",
        17: "PrivateIPv4", 18: "PrivateIPv6", 21: "GlobalProtectClientVersion",
        22: "EndpointOSType", 25: "Reason", 26: "ConnectionError", 28: "EventStatus", 33: "Portal",
    },
    "USERID": {8: "SourceAddress", 9: "SourceUser"},
    "SYSTEM": {8: "EventName", 13: "VendorSeverity", 14: "EventDescription"},
    "CONFIG": {
        7: "SourceAddress", 9: "EventCommand", 10: "SourceUser", 11: "EventSource",
        12: "EventResult", 13: "ConfigurationPath",
    },
    "AUTHENTICATION": {
        8: "SourceAddress", 9: "SourceUser", 15: "AuthMethod", 18: "EventDescription",
        20: "EventName",
    },
    "HIPMATCH": {
        7: "SourceUser", 9: "EndpointDeviceName", 10: "EndpointOSType", 11: "SourceAddress",
    },
}  # fmt: skip
"""Log type -> place -> name."""
_FEWEST = {"TRAFFIC": 37, "THREAT": 35, "DECRYPTION": 31, "GLOBALPROTECT": 29, "SYSTEM": 15}
_TYPES = {"AUTH": "AUTHENTICATION", "HIP-MATCH": "HIPMATCH"}

_NAMES = {
    "SourceIP": "SourceAddress", "SourceUserName": "SourceUser", "User": "SourceUser",
    "URL": "FileName", "SubType": "Subtype", "LogSubtype": "Subtype", "Status": "EventStatus",
    "LogSourceName": "DeviceName", "EventTime": "TimeGenerated", "Severity": "VendorSeverity",
    "TotalTimeElapsed": "SessionDuration", "CountOfRepeats": "RepeatCount",
    "FileSHA256": "FileHash", "ThreatName": "ThreatID", "HTTPRefererURLPath": "Referer",
    # CEF, with and without PanOS in front; ``in`` is what the client sent
    "src": "SourceAddress", "dst": "DestinationAddress", "spt": "SourcePort",
    "dpt": "DestinationPort", "proto": "Protocol", "act": "Action", "app": "Application",
    "suser": "SourceUser", "in": "BytesSent", "out": "BytesReceived", "dvchost": "DeviceName",
    "cnt": "RepeatCount", "reason": "SessionEndReason", "request": "FileName",
    "requestMethod": "HTTPMethod", "requestClientApplication": "UserAgent", "rt": "TimeReceived",
    "start": "TimeGenerated", "shost": "EndpointDeviceName", "msg": "EventDescription",
    "fname": "FileName", "fileHash": "FileHash", "sourceUserName": "SourceUser",
    # LEEF
    "srcPort": "SourcePort", "dstPort": "DestinationPort", "usrName": "SourceUser",
    "action": "Action", "srcBytes": "BytesSent", "dstBytes": "BytesReceived",
    "srcPackets": "PacketsSent", "dstPackets": "PacketsReceived", "ElapsedTime": "SessionDuration",
    "StartTime": "SessionStartTime", "Miscellaneous": "FileName", "cat": "LogType",
    "devTime": "TimeGenerated", "sev": "SeverityNumber", "Direction": "DirectionOfAttack",
    "RequestMethod": "HTTPMethod", "RuleName": "Rule", "SourceUser": "SourceUser",
}  # fmt: skip
"""What other shapes call a field -> its name."""


def _read(message: Message) -> Found:
    text = message.text[:_LONGEST]
    if text.count(",", 0, 1024) < _FEWEST_COMMAS:
        return None
    start = _START.search(text)
    if start is None:
        return None
    kind = _TYPES.get(start[1], start[1])
    try:
        part = next(csv.reader([text[start.start() :].strip(' "')]))
    except (csv.Error, StopIteration):
        return "a line of PAN-OS with broken quotes"
    if len(part) < _FEWEST.get(kind, 7):
        return "a line of PAN-OS with too few fields"
    told = {name: part[at] for at, name in _POSITIONS.get(kind, {}).items() if at < len(part)}
    told |= {"LogType": kind, "Subtype": part[4], "DeviceSN": part[2], "TimeGenerated": part[6]}
    return rows(message, told)


def named(fields: Mapping[str, str], kind: str = "", subtype: str = "") -> dict[str, str]:
    """Fields under the names of JSON, whatever shape they came in.

    Args:
        fields: by the names of JSON, CEF or LEEF.
        kind: type of the log, where no field names it.
        subtype: the same.
    """
    told = {"LogType": kind, "Subtype": subtype} if kind else {}
    for name, value in fields.items():
        bare = name.removeprefix("PanOS")
        if value:
            told.setdefault(_NAMES.get(bare, bare), value)
    return told


def rows(message: Message, told: dict[str, str]) -> Found:
    """Rows of a log, by its type."""
    kind = _TYPES.get(told.get("LogType", "").upper(), told.get("LogType", "").upper())
    read = LOGS.get(kind)
    return read(message, told) if read else f"no table for the log {kind[:16]} of PAN-OS"


PALO_ALTO = Reader("palo_alto", _read)
