"""Cowrie, a honeypot of SSH and Telnet: its JSON log.

Source: the project's documentation, "Output event code reference". The server's end stands in a
session's first record only; it is remembered.
"""

from __future__ import annotations

from netcordon.ingest.alerts.record import Found, Record, RecordReader
from netcordon.ingest.alerts.rows import decoy_login, hit
from netcordon.ingest.messages.events import Event, Value

_DONE = {
    "session.connect": ("connection", 2),
    "command.input": ("command", 4),
    "command.success": ("command", 4),
    "direct-tcpip.request": ("relay asked for", 3),
    "session.file_download": ("file fetched", 4),
    "session.file_upload": ("file put", 4),
}
"""Event -> what was done, and how grave it is (OCSF)."""


def _read(record: Record) -> Found:
    name = record.text("eventid")
    if not name.startswith("cowrie."):
        return None
    name = name.removeprefix("cowrie.")
    session = record.text("session")
    time = record.time("timestamp", "@timestamp")
    address, port = record.text("dst_ip", "dest_ip"), record.port("dst_port", "dest_port")
    if name == "session.connect":
        record.memory.keep(session, address, port)
    elif name == "direct-tcpip.request" or not address:  # there, dst_ip is where it is to lead
        address, port = record.memory.sessions.get(session, ("", None))
    ends: dict[str, Value] = {
        "uid": session,
        "src_ip": record.text("src_ip"),
        "src_port": record.port("src_port"),
        "dst_ip": address,
        "dst_port": port,
    }
    service = record.text("protocol") or ("telnet" if port in (23, 2223) else "ssh")
    reporter = record.text("sensor") or record.reporter
    if name in ("login.success", "login.failed"):
        is_let_in = name == "login.success"
        account = record.text("username")
        login = decoy_login(
            "cowrie", time, {"service": service, "account": account} | ends, is_let_in=is_let_in
        )
        title = "login that was let in" if is_let_in else "login"
        tried = hit(
            record, "cowrie", time, protocol="tcp", service=service, rule_id=name, title=title,
            category="honeypot", severity_id=3, account=account, reporter=reporter, **ends,
        )  # fmt: skip
        return [login, tried]
    if name not in _DONE:
        return []
    title, severity = _DONE[name]
    wanted = record.text("url", "destfile", "filename")
    if name == "direct-tcpip.request":
        wanted = record.text("dst_ip")
    events = [
        hit(
            record, "cowrie", time, protocol="tcp", service=service, rule_id=name, title=title,
            category="honeypot", severity_id=severity, message=record.text("input", "message"),
            observable=wanted, reporter=reporter, **ends,
        )
    ]  # fmt: skip
    digest = record.text("shasum").lower()
    if name.startswith("session.file_") and len(digest) == 64:
        events.append(_file(record, time, digest, ends, service, is_put=name.endswith("upload")))
    return events


def _file(
    record: Record, time: int | None, digest: str, ends: dict[str, Value], service: str,
    *, is_put: bool,
) -> Event:  # fmt: skip
    """What was fetched or put: the honeypot keeps it under its hash."""
    return Event(
        "file_activity",
        {
            "time": time,
            **ends,
            "service": service,
            "is_upload": is_put,
            "file_name": record.text("destfile", "filename", "url"),
            "origin": record.text("url"),
            "file_bytes": record.whole("size"),
            "sha256": digest,
        },
    )


COWRIE = RecordReader("cowrie", _read)
