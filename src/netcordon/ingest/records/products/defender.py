"""Microsoft Defender XDR: tables of advanced hunting, from its API, the portal or Event Hubs.

Source: "Understand the advanced hunting schema". A row from Event Hubs stands in ``properties``.
"""

from __future__ import annotations

from netcordon.ingest.messages.events import Value
from netcordon.ingest.records.product import Product, Shape, either, fixed, joined, word
from netcordon.ingest.records.record import Record

_IN = frozenset(
    ("inboundconnectionaccepted", "inboundconnectionattempted", "inboundconnectionblocked")
)
_OUTCOMES = {"connectionfailed": "deny", "networkprotectionblocked": "block"}
_SEVERITIES: dict[str, Value] = {"informational": 1, "low": 2, "medium": 3, "high": 4}


def _p(*names: str) -> str:
    return " ".join(f"{name} properties.{name}" for name in names)


def _kind(record: Record) -> str:
    return record.lower("ActionType", "properties.ActionType")


def _is_connection(record: Record) -> bool:
    ends = ("LocalIP", "RemoteIP", "RemotePort")
    both = all(record.text(end, f"properties.{end}") for end in ends)
    return both and not _kind(record).startswith(
        ("logon", "dns", "httpconnection", "sslconnection")
    )


def _marks(record: Record) -> bool:
    category = record.lower("category")
    if category.startswith("advancedhunting-"):
        return True
    return (record.has("Timestamp") and (
        record.has("DeviceId", "ActionType")
        or record.has("AccountObjectId", "ActionType")
        or record.has("AlertId", "Title")
    )) or record.has("TimeGenerated", "DeviceId", "ActionType")  # fmt: skip


def _direction(record: Record) -> Value:
    return "inbound" if _kind(record) in _IN else None


def _name(record: Record) -> Value:
    return record.text(
        "AdditionalFields.query", "properties.AdditionalFields.query",
        "AdditionalFields.DnsQueryString", "properties.AdditionalFields.DnsQueryString",
    )  # fmt: skip


_TIME = _p("Timestamp", "TimeGenerated") + " time"
_LOGON: dict[str, Value] = {
    "logonsuccess": "success",
    "logonfailed": "failure",
    "logonattempted": None,
}
PRODUCTS = (
    Product(
        name="defender",
        marks=_marks,
        shapes=(
            Shape(
                table="authentication",
                when=lambda record: _kind(record) in _LOGON,
                columns={
                    "time": _TIME,
                    "src_ip": _p("RemoteIP", "IPAddress"),
                    "src_port": _p("RemotePort"),
                    "provider": fixed("defender"),
                    "method": _p("Protocol"),
                    "service": _p("LogonType", "Application"),
                    "account": either(
                        _p("AccountName"), _p("AccountUpn"), _p("InitiatingProcessAccountName")
                    ),
                    "domain": _p("AccountDomain"),
                    "workstation": _p("RemoteDeviceName", "DeviceName"),
                    "outcome": lambda record: _LOGON[_kind(record)],
                    "status_detail": _p("FailureReason"),
                },
            ),
            Shape(
                table="network_activity",
                when=_is_connection,
                columns={
                    "start_time": _TIME,
                    "local_ip": _p("LocalIP"),
                    "local_port": _p("LocalPort"),
                    "remote_ip": _p("RemoteIP"),
                    "remote_port": _p("RemotePort"),
                    "direction": _direction,
                    "protocol": _p("Protocol"),
                    "outcome": lambda record: _OUTCOMES.get(_kind(record)),
                },
            ),
            Shape(
                table="dns_activity",
                when=lambda record: _name(record) is not None,
                columns={
                    "time": _TIME,
                    "src_ip": _p("LocalIP"),
                    "dst_ip": _p("RemoteIP"),
                    "service": fixed("dns"),
                    "query": _name,
                    "query_type": _p("AdditionalFields.qtype_name"),
                    "is_response": fixed(None),
                },
            ),
            Shape(
                table="detection_finding",
                when=lambda record: bool(record.text("AlertId", "properties.AlertId")),
                columns={
                    "time": _TIME,
                    "src_ip": _p("RemoteIP", "LocalIP"),
                    "product": fixed("defender"),
                    "kind": fixed("alert"),
                    "rule_id": _p("DetectionSource"),
                    "title": either(_p("Title"), _p("AlertId")),
                    "category": _p("Category", "Categories"),
                    "severity": _p("Severity"),
                    "severity_id": word(_p("Severity"), _SEVERITIES),
                    "account": _p("AccountUpn", "AccountName"),
                    "observable": _p("RemoteUrl", "SHA256", "FileName", "DeviceName"),
                    "message": _p("AttackTechniques"),
                    "count": fixed(1),
                    "reference": _p("AlertId"),
                    "reporter": _p("DeviceName", "ServiceSource"),
                },
            ),
            Shape(
                table="api_activity",
                columns={
                    "time": _TIME,
                    "src_ip": _p("IPAddress", "RemoteIP"),
                    "provider": fixed("defender"),
                    "service": either(_p("Application"), "category", fixed("endpoint")),
                    "operation": _p("ActionType"),
                    "account": either(
                        _p("AccountUpn"), _p("AccountName"), _p("AccountDisplayName"),
                        _p("InitiatingProcessAccountName"),
                    ),
                    "object": either(
                        _p("RemoteUrl"), _p("ProcessCommandLine"), _p("FolderPath"),
                        _p("RegistryKey"), _p("FileName"), _p("ObjectName"),
                    ),
                    "status_detail": joined(" ", "InitiatingProcessCommandLine"),
                    "user_agent": _p("UserAgent"),
                    "tenant": _p("DeviceName"),
                    "src_country": _p("CountryCode"),
                },
            ),
        ),
    ),
)  # fmt: skip
"""A row of any table: connections, logons, lookups, alerts, and what else a device did."""
