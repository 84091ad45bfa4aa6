"""CrowdStrike Falcon Data Replicator: events of the sensor by ``event_simpleName``.

Source: "Falcon Data Replicator" and the events data dictionary. Times are milliseconds;
``LocalAddressIP4`` is an address of the host, ``aip`` the one it is seen from outside by.
"""

from __future__ import annotations

import re

from netcordon.ingest.messages.events import Value
from netcordon.ingest.records.product import Product, Shape, fixed, has
from netcordon.ingest.records.record import Record

_PLATFORM = re.compile(r"(V\d+|IP4|IP6|Win|Mac|Lin)+$", re.IGNORECASE)
_TYPES = {"1": "A", "2": "NS", "5": "CNAME", "6": "SOA", "12": "PTR", "15": "MX", "16": "TXT",
          "28": "AAAA", "33": "SRV", "65": "HTTPS", "255": "ANY"}  # fmt: skip
_CONNECTIONS = ("networkconnect", "networkreceiveaccept", "networklisten")
_OUTCOMES = {
    "userlogon": "success", "userlogonfailed": "failure", "userlogonfailed2": "failure",
    "sshlogon": "success", "useridentity": None,
}  # fmt: skip
_LOGON_TYPES = {
    "2": "interactive", "3": "network", "4": "batch", "5": "service", "7": "unlock",
    "8": "network cleartext", "9": "new credentials", "10": "remote interactive",
    "11": "cached interactive",
}  # fmt: skip


def _name(record: Record) -> str:
    return _PLATFORM.sub("", record.text("event_simpleName") or "").lower()


def _local(record: Record) -> Value:
    return record.text("LocalAddressIP4", "LocalAddressIP6", "LocalIP")


def _remote(record: Record) -> Value:
    return record.text("RemoteAddressIP4", "RemoteAddressIP6", "RemoteIP")


def _direction(record: Record) -> Value:
    """0 outward, 1 inward, 2 neither; accepting a connection says it by its name."""
    if "receiveaccept" in _name(record):
        return "inbound"
    return "inbound" if record.text("ConnectionDirection") == "1" else None


def _answers(record: Record) -> Value:
    found = re.split("[;,]", record.text("IP4Records", "IP6Records") or "")
    return [text for text in found if text][:32] or None


_TIME = "ContextTimeStamp timestamp _time"
PRODUCTS = (
    Product(
        name="crowdstrike",
        marks=has("event_simpleName"),
        shapes=(
            Shape(
                table="network_activity",
                when=lambda record: (
                    _name(record).startswith(_CONNECTIONS) and _remote(record) is not None
                ),
                columns={
                    "start_time": _TIME,
                    "local_ip": _local,
                    "local_port": "LocalPort LPort",
                    "remote_ip": _remote,
                    "remote_port": "RemotePort RPort",
                    "direction": _direction,
                    "protocol": "Protocol",
                },
            ),
            Shape(
                table="dns_activity",
                when=lambda record: record.has("DomainName"),
                columns={
                    "time": _TIME,
                    "src_ip": lambda record: _local(record) or record.text("aip"),
                    "service": fixed("dns"),
                    "query": lambda record: (record.text("DomainName") or "").rstrip(".") or ".",
                    "query_type": lambda record: _TYPES.get(record.text("RequestType") or ""),
                    "answers": _answers,
                    "is_response": lambda record: _answers(record) is not None,
                },
            ),
            Shape(
                table="authentication",
                when=lambda record: _name(record) in _OUTCOMES and record.has("UserName"),
                columns={
                    "time": "LogonTime ContextTimeStamp timestamp",
                    "src_ip": "RemoteAddressIP4 RemoteAddressIP6 RemoteIP",
                    "provider": fixed("crowdstrike"),
                    "method": "AuthenticationPackage",
                    "service": lambda record: _LOGON_TYPES.get(record.text("LogonType") or ""),
                    "account": "UserName UserPrincipal",
                    "domain": "LogonDomain",
                    "workstation": "ClientComputerName ComputerName",
                    "outcome": lambda record: _OUTCOMES[_name(record)],
                    "status_detail": "SubStatus Status",
                },
            ),
            Shape(
                table="api_activity",
                columns={
                    "time": _TIME,
                    "provider": fixed("crowdstrike"),
                    "service": "event_platform",
                    "operation": "event_simpleName",
                    "account": "UserName UserSid",
                    "object": "CommandLine TargetFileName "
                    "ImageFileName RegObjectName ServiceDisplayName",
                    "tenant": "ComputerName aid",
                },
            ),
        ),
    ),
)  # fmt: skip
"""An event of the sensor: connections, lookups, logons, and all else."""
