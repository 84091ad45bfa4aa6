"""The facts of ``tshark_services`` out of our own rows."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa

from netcordon.ingest.capture.application.udp import coap, ike, ntp, radius, snmp
from tests.engines.tshark_services import Facts

_SNMP = {"get": 0, "get-next": 1, "response": 2, "set": 3, "get-bulk": 5, "inform": 6, "report": 8}
_CODES = {
    "coap_code": {name: number for number, name in coap._METHODS.items()},
    "ike_exchange": {name: kind for (_, kind), name in ike._EXCHANGES.items()},
    "ntp_private": {name: number for number, name in ntp._PRIVATE.items()},
    "radius_code": {name: number for number, name in radius._CODES.items()},
}
assert set(_SNMP) < set(snmp._OPERATIONS.to_pylist())


def own(tables: Mapping[str, Sequence[pa.Table]]) -> Facts:
    """Multisets of facts from the rows that a decoder handed on."""
    facts: Facts = {}
    for row in _rows(tables, "application_activity"):
        for kind, value in _of_service(row):
            facts.setdefault(kind, Counter())[value] += 1
    for row in _rows(tables, "ot_activity"):
        kind = {"modbus": "modbus_function", "s7comm": "s7_function", "dnp3": "dnp3_function"}
        # S7's user data have no function of their own, DNP3's answers are rows when unsolicited.
        code = row["function_code"]
        assert isinstance(code, int)
        if (row["service"] != "s7comm" or code) and not (row["service"] == "dnp3" and code > 127):
            facts.setdefault(kind[str(row["service"])], Counter())[str(code)] += 1
    for row in _rows(tables, "authentication"):
        if row["service"] == "socks":
            facts.setdefault("socks_user", Counter())[str(row["account"])] += 1
    for row in _rows(tables, "host_identity"):
        if row["source"] == "nbdgm" and row["os_hint"]:
            facts.setdefault("browser_host", Counter())[str(row["host_name"])] += 1
    return facts


def _of_service(row: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    service, operation = row["service"], str(row["operation"])
    object_, account, status = (str(row[n] or "") for n in ("object", "account", "status"))
    if service == "sip":
        if row["status"]:
            yield "sip_status", status[:3]
        else:
            yield "sip_method", operation
    elif service == "snmp" and operation in (*_SNMP, "trap"):
        yield "snmp_operation", str(_SNMP.get(operation, _trap(row)))
    elif service == "tftp" and operation in ("read", "write"):
        yield "tftp_file", object_
    elif service == "radius":
        yield "radius_code", str(_CODES["radius_code"][operation])
        if account:
            yield "radius_user", account
    elif service == "mysql":
        yield "mysql_user", account
    elif service == "ntp" and operation == "private":
        yield "ntp_private", str(_CODES["ntp_private"].get(object_, object_))
    elif service == "stun":
        yield "stun_method", operation.partition(" ")[0]
    elif service == "ssdp" and operation != "answer":
        yield "ssdp_method", operation
    elif service == "coap":
        if operation == "response":
            yield "coap_code", str(int(status[0]) * 32 + int(status[2:]))
        else:
            yield "coap_code", str(_CODES["coap_code"][operation])
    elif service == "ike":
        yield "ike_exchange", str(_CODES["ike_exchange"].get(operation, operation))
    elif service == "mqtt":
        if operation == "CONNECT":
            yield "mqtt_client", object_
            if account:
                yield "mqtt_user", account
        elif operation != "CONNACK":
            yield "mqtt_topic", object_
    elif service == "socks" and object_.rpartition(":")[0].strip("0123456789.:[]"):
        yield "socks_name", object_.rpartition(":")[0]
    elif service == "bittorrent" and row["protocol"] == "tcp":
        yield "torrent", object_


def _trap(row: Mapping[str, object]) -> int:
    return 4 if _detail(row).get("version") == "1" else 7


def _detail(row: Mapping[str, object]) -> dict[str, object]:
    found = json.loads(str(row["detail"])) if row["detail"] else {}
    assert isinstance(found, dict)
    return found


def _rows(tables: Mapping[str, Sequence[pa.Table]], name: str) -> Iterator[dict[str, object]]:
    for batch in tables.get(name, ()):
        yield from batch.to_pylist()
