"""OpenCanary, a honeypot of many services: its log (``logger.py`` of the project lists the types).

Times are UTC (``utc_time``); types below 2000 tell of the daemon itself.
"""

from __future__ import annotations

from netcordon.ingest.alerts.record import Found, Record, RecordReader
from netcordon.ingest.alerts.rows import decoy_login, hit
from netcordon.ingest.messages.events import Value

_SERVICES = {
    2: "ftp", 3: "http", 4: "ssh", 6: "telnet", 7: "http", 8: "mysql", 9: "mssql", 10: "tftp",
    11: "ntp", 12: "vnc", 13: "snmp", 14: "rdp", 15: "sip", 16: "git", 17: "redis", 18: "tcp",
    19: "llmnr",
}  # fmt: skip
"""Thousands of a type -> its service; type 5000 is SMB, the others of 5 are scans."""
_SCANS = range(5001, 5006)


def _read(record: Record) -> Found:
    kind = record.whole("logtype")
    if kind is None or not record.has("node_id", "logdata"):
        return None
    if kind < 2000:
        return []
    time = record.time("utc_time")
    if time is None and record.text("local_time"):
        time = record.clock.microseconds(record.text("local_time"), "UTC")
    ends: dict[str, Value] = {
        "src_ip": record.text("src_host"),
        "src_port": record.port("src_port"),
        "dst_ip": record.text("dst_host"),
        "dst_port": record.port("dst_port"),
    }
    service = "smb" if kind == 5000 else _SERVICES.get(kind // 1000, "")
    account = record.text("logdata.USERNAME", "logdata.USER", "logdata.UserName")
    title = "scan" if kind in _SCANS else "login" if account else "connection"
    if kind == 5000:
        title, account = "file opened", record.text("logdata.USER")
    found = hit(
        record, "opencanary", time, service=service, rule_id=str(kind), title=title,
        category="honeypot", severity_id=2 if title in ("scan", "connection") else 3,
        account=account, reporter=record.text("node_id"),
        observable=record.text("logdata.PATH", "logdata.FILENAME", "logdata.REPO"),
        message=record.text("logdata.CMD", "logdata.USERAGENT", "logdata.REQUESTS"), **ends,
    )  # fmt: skip
    if title != "login":
        return [found]
    return [decoy_login("opencanary", time, ends | {"service": service, "account": account}), found]


OPENCANARY = RecordReader("opencanary", _read)
