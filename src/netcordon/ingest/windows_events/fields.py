"""The fields that are read, and where each shape keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

_TEXT = pa.string()

_DATA = (
    "TargetUserName TargetDomainName SubjectUserName SubjectDomainName LogonType IpAddress "
    "IpPort WorkstationName Workstation AuthenticationPackageName Status "
    "SubStatus FailureReason ServiceName ServiceFileName ImagePath TaskName MemberName "
    "TicketEncryptionType TicketOptions ProcessName NewProcessName ObjectName ShareName "
    "RelativeTargetName SourceAddress SourcePort DestAddress DestPort Protocol Application "
    "UtcTime Image User SourceIp DestinationIp DestinationPort DestinationHostname "
    "SourceHostname QueryName QueryStatus QueryResults CommandLine TargetObject "
    "TargetFilename TargetServerName GroupName RuleName ApplicationPath ScriptBlockText "
    "AccountName ClientAddress ClientName Address Param1 Param2 Param3 Param4 UserName "
    "SubjectMachineName CallingStationID ClientIPAddress ReasonCode Reason NASIPv4Address "
    "FullyQualifiedSubjectUserName LogonProcessName Path UserSid EventSourceName"
)
DATA = tuple(_DATA.split())
"""Names of an event's own data."""


@dataclass(frozen=True, kw_only=True)
class Shape:
    """How a collector writes events.

    Attributes:
        time: where the time stands, the best first.
        event: the number of the event.
        channel: its log.
        computer: who logged it.
        data: what stands before the names of the event's own data.
    """

    time: tuple[str, ...]
    event: tuple[str, ...]
    channel: tuple[str, ...]
    computer: tuple[str, ...]
    data: str

    def fields(self) -> Mapping[str, pa.DataType]:
        """Dotted path -> type."""
        places = (*self.time, *self.event, *self.channel, *self.computer)
        return dict.fromkeys((*places, *(self.data + name for name in DATA)), _TEXT)


SHAPES = {
    "winlogbeat": Shape(
        time=("@timestamp",),
        event=("winlog.event_id", "event_id"),
        channel=("winlog.channel", "log_name"),
        computer=("winlog.computer_name", "computer_name"),
        data="winlog.event_data.",
    ),
    "flat": Shape(
        time=("@timestamp", "TimeCreated", "EventTime", "TimeGenerated"),
        event=("EventID", "EventCode"),
        channel=("Channel", "EventLog", "LogName"),
        computer=("Hostname", "Computer", "ComputerName"),
        data="",
    ),
}  # fmt: skip
"""By name: Elastic's agent, and collectors that put all fields side by side."""


def shape_of(value: Mapping[str, object]) -> str | None:
    """The shape a record has, or ``None``."""
    winlog = value.get("winlog")
    if isinstance(winlog, Mapping) and "event_id" in winlog:
        return "winlogbeat"
    if value.keys() & set(SHAPES["flat"].event) and value.keys() & set(SHAPES["flat"].channel):
        return "flat"
    return None
