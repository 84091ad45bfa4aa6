"""What tshark reads of small protocols, as multisets to compare ours with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.engines.tshark import Row, rows

Facts = dict[str, Counter[str]]
"""Kind of fact -> how often each value occurs."""

_FILTER = (
    "sip or snmp or tftp or stun or ssdp or coap or radius or isakmp or modbus or s7comm or dnp3 "
    "or mqtt or mysql or socks or bittorrent or irc or browser or ntp.flags.mode >= 6"
)
_FIELDS = (
    "ip.proto", "tcp.dstport", "udp.dstport", "frame.protocols",
    "sip.Method", "sip.Status-Code", "sip.from.user", "snmp.data", "snmp.msgUserName",
    "tftp.source_file", "tftp.destination_file", "tftp.opcode", "stun.type.method",
    "http.request.method", "coap.code", "radius.code", "radius.User_Name", "isakmp.exchangetype",
    "modbus.func_code", "s7comm.header.rosctr", "s7comm.param.func", "dnp3.al.func",
    "mqtt.clientid", "mqtt.username", "mqtt.topic", "mysql.user", "mysql.schema",
    "socks.remote_name", "socks.username", "bittorrent.info_hash", "irc.request.command",
    "browser.server", "browser.command", "ntp.priv.reqcode",
)  # fmt: skip
_STUN = {"0x0001": "Binding", "0x0003": "Allocate", "0x0004": "Refresh", "0x0006": "Send",
         "0x0007": "Data", "0x0008": "CreatePermission", "0x0009": "ChannelBind"}  # fmt: skip


def _always(field: str) -> Callable[[Row], list[str]]:
    return lambda row: row[field]


def _snmp(row: Row) -> list[str]:
    return [str(int(value, 0)) for value in row["snmp.data"]]


def _modbus_requests(row: Row) -> list[str]:
    return row["modbus.func_code"] if row["tcp.dstport"] == ["502"] else []


def _s7_jobs(row: Row) -> list[str]:
    """A job has a function; one frame holds one or several of either kind."""
    kinds = row["s7comm.header.rosctr"]
    functions = [str(int(value, 16)) for value in row["s7comm.param.func"]]
    return functions if kinds and set(kinds) == {"1"} else []


def _dnp3_requests(row: Row) -> list[str]:
    return [value for value in row["dnp3.al.func"] if 0 < int(value) < 128]


def _tftp_files(row: Row) -> list[str]:
    """Files that are asked for; later packets repeat the name in brackets only."""
    if not set(row["tftp.opcode"]) & {"1", "2"}:
        return []
    return [name for name in row["tftp.source_file"] + row["tftp.destination_file"] if name]


def _browser_hosts(row: Row) -> list[str]:
    """Hosts that announce themselves; a domain is announced by somebody else."""
    return row["browser.server"] if set(row["browser.command"]) & {"0x01", "0x0f"} else []


def _methods_of(protocol: str) -> Callable[[Row], list[str]]:
    return lambda row: (
        row["http.request.method"] if f":{protocol}" in row["frame.protocols"][0] else []
    )


def _stun_methods(row: Row) -> list[str]:
    if ":udp" not in row["frame.protocols"][0]:
        return []
    return [_STUN.get(value, value) for value in row["stun.type.method"]]


EVERY: Mapping[str, Callable[[Row], list[str]]] = {
    "sip_method": _always("sip.Method"),
    "sip_status": _always("sip.Status-Code"),
    "snmp_operation": _snmp,
    "tftp_file": _tftp_files,
    "radius_code": _always("radius.code"),
    "radius_user": _always("radius.User_Name"),
    "modbus_function": _modbus_requests,
    "s7_function": _s7_jobs,
    "dnp3_function": _dnp3_requests,
    "mysql_user": _always("mysql.user"),
    "ntp_private": _always("ntp.priv.reqcode"),
    "socks_user": _always("socks.username"),
}  # fmt: skip
"""Facts of which every occurrence becomes a row."""
DISTINCT: Mapping[str, Callable[[Row], list[str]]] = {
    "stun_method": _stun_methods,
    "ssdp_method": _methods_of("ssdp"),
    "coap_code": _always("coap.code"),
    "ike_exchange": _always("isakmp.exchangetype"),
    "mqtt_client": _always("mqtt.clientid"),
    "mqtt_user": _always("mqtt.username"),
    "mqtt_topic": _always("mqtt.topic"),
    "socks_name": _always("socks.remote_name"),
    "torrent": lambda row: [value.replace(":", "") for value in row["bittorrent.info_hash"]],
    "browser_host": _browser_hosts,
}
"""Facts that are told once however often they are repeated."""


def read(capture: Path, tshark: str) -> Facts:
    """Run tshark once over a capture."""
    facts: Facts = {}
    for row in rows(capture, tshark, _FILTER, _FIELDS, must_end_well=True):
        if ":icmp" in row["frame.protocols"][0]:
            continue  # a quoted packet is no message of its own
        for kind, values_of in (EVERY | dict(DISTINCT)).items():
            for value in values_of(row):
                facts.setdefault(kind, Counter())[value] += 1
    return facts
