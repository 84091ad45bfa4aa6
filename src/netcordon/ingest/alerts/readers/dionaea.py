"""Dionaea, a honeypot that waits for worms: its JSON log, nested and as collectors flatten it.

Source: the project's documentation, "log_json".
"""

from __future__ import annotations

from netcordon.ingest.alerts.record import Found, Record, RecordReader
from netcordon.ingest.alerts.rows import decoy_login, hit
from netcordon.ingest.messages.events import Event, Value

_SERVICES = {
    "smbd": "smb", "mysqld": "mysql", "mssqld": "mssql", "httpd": "http", "ftpd": "ftp",
    "tftpd": "tftp", "mqttd": "mqtt", "pptpd": "pptp", "upnpd": "upnp", "mongod": "mongodb",
    "epmapper": "dcerpc", "sipsession": "sip", "memcache": "memcached",
}  # fmt: skip
_MOST_LOGINS = 32


def _read(record: Record) -> Found:
    if not record.has("connection.protocol") or not (
        record.has("connection.transport") or record.has("connection.type")
    ):
        return None
    if record.text("connection.type") == "listen":
        return []
    time = record.time("timestamp", "connection.timestamp", "@timestamp", "time")
    name = record.text("connection.protocol")
    service = _SERVICES.get(name, name)
    ends: dict[str, Value] = {
        "src_ip": record.text("src_ip", "connection.remote.address"),
        "src_port": record.port("src_port", "connection.remote.port"),
        "dst_ip": record.text("dst_ip", "dest_ip", "connection.local.address"),
        "dst_port": record.port("dst_port", "dest_port", "connection.local.port"),
    }
    logins: list[Event] = [
        decoy_login("dionaea", time, ends | {"service": service, "account": account})
        for account in _accounts(record)
    ]
    loads = [part.text("url", "md5_hash", "md5") for part in record.parts("downloads")]
    title, severity = ("login", 3) if logins else ("connection", 2)
    if loads:
        title, severity = "file put", 4
    found = hit(
        record, "dionaea", time, protocol=record.text("connection.transport"), service=service,
        rule_id=name, title=title, category="honeypot", severity_id=severity,
        observable=next(iter(loads), ""), account=next(iter(_accounts(record)), ""),
        count=1, reporter=record.text("sensor", "host") or record.reporter, **ends,
    )  # fmt: skip
    return [*logins, found]


def _accounts(record: Record) -> list[str]:
    listed = [part.text("username") for part in record.parts("credentials")]
    flat = record.texts("credentials.username") or record.texts("username")
    return [name for name in (flat or listed) if name][:_MOST_LOGINS]


DIONAEA = RecordReader("dionaea", _read)
