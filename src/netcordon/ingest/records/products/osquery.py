"""osquery results: rows of scheduled queries, each an event (``columns``), or in ``snapshot``.

Source: osquery "Logging" and its schema. The name of a query is the user's own; the columns tell
which table was asked.
"""

from __future__ import annotations

from netcordon.ingest.messages.events import Value
from netcordon.ingest.records.product import Product, Shape, either, fixed, joined
from netcordon.ingest.records.record import Record

_ACTIONS = frozenset(("connect", "bind", "accept"))
_ANY = frozenset(("0.0.0.0", "::", "0", ""))  # noqa: S104 - compared with, never listened on


def _c(*names: str) -> str:
    """A column, in an event of its own or in a row of a snapshot."""
    return " ".join(f"columns.{name} {name}" for name in names)


def _get(record: Record, name: str) -> str:
    return record.text(f"columns.{name}", name) or ""


def _is_connection(record: Record) -> bool:
    remote, port = _get(record, "remote_address"), _get(record, "remote_port")
    return remote not in _ANY and port not in _ANY and bool(_get(record, "local_address"))


def _is_listener(record: Record) -> bool:
    return bool(_get(record, "port") and _get(record, "address") and _get(record, "pid"))


def _is_login(record: Record) -> bool:
    return bool(_get(record, "tty") and (_get(record, "username") or _get(record, "user")))


def _direction(record: Record) -> Value:
    """The lower port serves, unless an event of the kernel says who connected."""
    action = _get(record, "action").lower()
    if action in _ACTIONS:
        return "inbound" if action in ("accept", "bind") else None
    ours, theirs = _get(record, "local_port"), _get(record, "remote_port")
    if ours.isdecimal() and theirs.isdecimal() and len(ours) < 6 and len(theirs) < 6:
        return "inbound" if int(ours) < 1024 <= int(theirs) else None
    return None


def _operation(record: Record) -> Value:
    return "port listened on" if _is_listener(record) else record.text("action", "name")


def _is_removed(record: Record) -> bool:
    return record.lower("action") == "removed"


_TIME = "columns.time unixTime time calendarTime"
PRODUCTS = (
    Product(
        name="osquery",
        marks=lambda record: record.has("hostIdentifier", "unixTime")
        and record.text("name", "calendarTime") is not None,
        each="snapshot",
        shapes=(
            Shape(table="", columns={}, when=_is_removed),
            Shape(
                table="network_activity",
                when=_is_connection,
                columns={
                    "start_time": _TIME,
                    "local_ip": _c("local_address"),
                    "local_port": _c("local_port"),
                    "remote_ip": _c("remote_address"),
                    "remote_port": _c("remote_port"),
                    "direction": _direction,
                    "protocol": _c("protocol"),
                },
            ),
            Shape(
                table="authentication",
                when=_is_login,
                columns={
                    "time": _TIME,
                    "src_ip": _c("host"),
                    "provider": fixed("osquery"),
                    "service": either(_c("type"), _c("tty")),
                    "account": _c("user", "username"),
                    "workstation": "hostIdentifier",
                    "outcome": fixed("success"),
                },
            ),
            Shape(
                table="api_activity",
                columns={
                    "time": _TIME,
                    "provider": fixed("osquery"),
                    "service": "name",
                    "operation": _operation,
                    "account": _c("username", "user", "uid"),
                    "object": either(
                        joined(":", "columns.address", "columns.port"),
                        joined(":", "address", "port"),
                        _c("cmdline", "path", "name", "key", "target_path"),
                    ),
                    "tenant": "hostIdentifier",
                },
            ),
        ),
    ),
)  # fmt: skip
"""Open sockets and events of sockets are connections; logins; all else what a host said."""
