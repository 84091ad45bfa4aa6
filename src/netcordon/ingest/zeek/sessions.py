"""Logs of protocols without a table of their own, and ``ssh``."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pyarrow as pa
import pyarrow.compute as pc

from netcordon.ingest.text.columns import Columns
from netcordon.ingest.text.rows import Rows, rows
from netcordon.ingest.text.shaping import constant, natural
from netcordon.ingest.zeek.ends import ends
from netcordon.ingest.zeek.web import login

Read = Callable[[Columns], pa.Array]


def ssh(log: Columns) -> Iterable[Rows]:
    """A session; a login where Zeek judges by the sizes of packets whether one was let in."""
    yield rows(
        "ssh_activity",
        log.numbers,
        {
            "time": log.time("ts"),
            **ends(log),
            "client_banner": log.text("client"),
            "server_banner": log.text("server"),
            "hassh": log.text("hassh"),
            "hassh_server": log.text("hasshServer"),
        },
    )
    success = log.flag("auth_success")
    judged = log.where(pc.is_valid(success))
    outcome = pc.if_else(judged.flag("auth_success"), "success", "failure")
    yield login(judged, "ssh", "ssh", pa.nulls(len(judged), pa.string()), outcome)


def _field(*names: str) -> Read:
    return lambda log: log.text(*names)


def _list(name: str) -> Read:
    return lambda log: pc.binary_join(log.texts(name), ", ")


def _nothing(log: Columns) -> pa.Array:
    return pa.nulls(len(log), pa.string())


def _activity(
    service: str, operation: Read = _nothing, object_: Read = _nothing, account: Read = _nothing,
    status: Read = _nothing, software: Read = _nothing, octets: str = "",
) -> Callable[[Columns], Iterable[Rows]]:  # fmt: skip
    """What makes rows of ``application_activity`` of a log."""

    def read(log: Columns) -> Iterable[Rows]:
        yield rows(
            "application_activity",
            log.numbers,
            {
                "time": log.time("ts"),
                **ends(log),
                "protocol": log.lower("proto"),
                "service": constant(service, len(log)),
                "is_response": pa.array([False] * len(log)),
                "operation": operation(log),
                "object": object_(log),
                "account": account(log),
                "software": software(log),
                "status": status(log),
                "bytes": natural(log.whole(octets)) if octets else pa.nulls(len(log), pa.int64()),
            },
        )

    return read


def ftp(log: Columns) -> Iterable[Rows]:
    """A command with its reply; a login where a password was answered."""
    yield from _activity(
        "ftp", _field("command"), _field("arg"), _field("user"), _field("reply_code"),
        octets="file_size",
    )(log)  # fmt: skip
    asked = pc.fill_null(pc.equal(log.text("command"), "PASS"), False)
    logins = log.where(asked)
    if len(logins):
        code = logins.whole("reply_code")
        outcome = pc.if_else(
            pc.equal(code, 230), "success", pc.if_else(pc.equal(code, 530), "failure", None)
        )
        yield login(logins, "ftp", "ftp", logins.text("user"), outcome)


OTHERS: dict[str, Callable[[Columns], Iterable[Rows]]] = {
    "smtp": _activity(
        "smtp", lambda log: constant("MESSAGE", len(log)), _field("subject"), _field("mailfrom"),
        _field("last_reply"), _field("user_agent"),
    ),
    "snmp": _activity("snmp", _field("version"), _field("display_string"), _field("community")),
    "sip": _activity(
        "sip", _field("method"), _field("uri"), _field("request_from"), _field("status_code"),
        _field("user_agent"),
    ),
    "radius": _activity(
        "radius", _field("connect_info"), _field("framed_addr"), _field("username"),
        _field("result"),
    ),
    "socks": _activity(
        "socks", _field("version"), _field("request.host", "request.name"), _field("user"),
        _field("status"),
    ),
    "irc": _activity("irc", _field("command"), _field("value"), _field("nick", "user")),
    "ldap": _activity("ldap", _field("opcode"), _field("object"), _nothing, _field("result")),
    "ldap_search": _activity(
        "ldap", lambda log: constant("search", len(log)), _field("base_object"), _nothing,
        _field("result"),
    ),
    "mysql": _activity("mysql", _field("cmd"), _field("arg"), _nothing, _field("response")),
    "modbus": _activity("modbus", _field("func"), _field("unit"), _nothing, _field("exception")),
    "mqtt_connect": _activity(
        "mqtt", lambda log: constant("CONNECT", len(log)), _field("will_topic"),
        _field("client_id"), _field("connect_status"), _field("proto_version"),
    ),
    "syslog": _activity("syslog", _field("facility"), _field("message"), status=_field("severity")),
    "tunnel": _activity("tunnel", _field("tunnel_type"), status=_field("action")),
    "pe": _activity(
        "pe", _field("id"), _field("machine"), software=_field("os"), status=_field("subsystem")
    ),
}  # fmt: skip
"""Log -> what makes rows of it. ``pe`` names its file, not a flow."""
