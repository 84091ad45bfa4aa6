"""Events of protocols without a table of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pyarrow as pa
import pyarrow.compute as pc

from netcordon.ingest.eve.event import ends
from netcordon.ingest.text.columns import Columns
from netcordon.ingest.text.rows import Rows, rows
from netcordon.ingest.text.shaping import constant, first

Read = Callable[[Columns], pa.Array]


def _nothing(log: Columns) -> pa.Array:
    return pa.nulls(len(log), pa.string())


def _field(*names: str) -> Read:
    return lambda log: log.text(*names)


def _first(name: str) -> Read:
    return lambda log: first(log.texts(name))


def _joined(name: str) -> Read:
    return lambda log: pc.binary_join(log.texts(name), ", ")


def _activity(
    service: str, operation: Read = _nothing, object_: Read = _nothing, account: Read = _nothing,
    status: Read = _nothing, software: Read = _nothing,
) -> Callable[[Columns], Iterable[Rows]]:  # fmt: skip
    def read(log: Columns) -> Iterable[Rows]:
        yield rows(
            "application_activity",
            log.numbers,
            {
                "time": log.time("timestamp"),
                **ends(log),
                "protocol": log.lower("proto"),
                "service": constant(service, len(log)),
                "is_response": pa.array([False] * len(log)),
                "operation": operation(log),
                "object": object_(log),
                "account": account(log),
                "status": status(log),
                "software": software(log),
            },
        )

    return read


OTHERS: dict[str, Callable[[Columns], Iterable[Rows]]] = {
    "ftp": _activity(
        "ftp", _field("ftp.command"), _field("ftp.command_data"), _nothing,
        _first("ftp.completion_code"), _first("ftp.reply"),
    ),
    "ftp_data": _activity("ftp", _field("ftp_data.command"), _field("ftp_data.filename")),
    "smtp": _activity(
        "smtp", lambda log: constant("MESSAGE", len(log)), _field("email.subject"),
        _field("smtp.mail_from", "email.from"), _field("email.status"), _field("smtp.helo"),
    ),
    "tftp": _activity("tftp", _field("tftp.packet"), _field("tftp.file")),
    "snmp": _activity("snmp", _field("snmp.pdu_type"), _nothing, _field("snmp.community")),
    "sip": _activity(
        "sip", _field("sip.method"), _field("sip.uri", "sip.request_line"), _nothing,
        _field("sip.code"), _field("sip.user_agent"),
    ),
    "mqtt": _activity(
        "mqtt", _nothing, _field("mqtt.publish.topic"),
        _field("mqtt.connect.username", "mqtt.connect.client_id"),
    ),
    "ike": _activity("ike", _field("ike.role"), _field("ike.alg_enc"), _nothing,
                     _field("ike.alg_auth")),
}  # fmt: skip
OTHERS["ikev2"] = OTHERS["ike"]
"""Event type -> what makes rows of it."""
