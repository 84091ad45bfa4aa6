"""Who an address is: ``dns``, ``dhcp``, ``arp``, ``software`` and the ``known_*`` logs."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

from netcordon.ingest.text import values
from netcordon.ingest.text.addresses import addresses, canonical
from netcordon.ingest.text.columns import Columns
from netcordon.ingest.text.rows import Rows, rows
from netcordon.ingest.text.shaping import constant, first, port, small, words
from netcordon.ingest.zeek.ends import ends

_TYPES = {"*": "ANY", "EDNS": "OPT"}


def dns(log: Columns) -> Iterable[Rows]:
    """A question, and an answer where one was seen, for each line: two rows of one line."""
    query = pc.utf8_rtrim(log.text("query"), ".")
    query = pc.if_else(pc.equal(query, ""), ".", query)
    shared = {
        **ends(log),
        "protocol": log.lower("proto"),
        "service": _name_service(log),
        "transaction_id": log.whole("trans_id"),
        "opcode": small(log.whole("opcode")),
        "query": query,
        "query_type": words(log.text("qtype_name"), _TYPES),
        "query_bytes": pc.add(pc.binary_length(query), 2),
        "rd": log.flag("RD"),
    }
    time = log.time("ts")
    asked = {**shared, "time": time, "is_response": pa.array([False] * len(log))}
    yield rows("dns_activity", log.numbers, asked)
    rcode = log.text("rcode_name")
    answered = pc.or_(pc.is_valid(rcode), pc.is_valid(log.raw("answers")))
    wait = pc.round(pc.multiply(pc.fill_null(log.number("rtt"), 0.0), 1e6)).cast(pa.int64())
    answers = _answers(log)
    told = {
        **shared,
        "time": pc.add(time, wait),
        "is_response": pa.array([True] * len(log)),
        "rcode": pc.utf8_upper(rcode),
        "aa": log.flag("AA"),
        "tc": log.flag("TC"),
        "ra": log.flag("RA"),
        "answers": answers,
        "answer_ttls": _whole_numbers(log),
        "answer_count": pc.list_value_length(answers),
    }
    yield _where(rows("dns_activity", log.numbers, told), answered)


def _where(found: Rows, chosen: pa.Array) -> Rows:
    mask = pc.fill_null(chosen, False)
    return Rows(found.table, {n: pa.array(c).filter(mask) for n, c in found.columns.items()})


def _name_service(log: Columns) -> pa.Array:
    to = log.whole("id.resp_p")
    named = words(
        to.cast(pa.string()), {"5353": "mdns", "5355": "llmnr", "137": "nbns"}, keep=False
    )
    return pc.coalesce(named, "dns")


def _answers(log: Columns) -> pa.Array:
    lists = log.texts("answers")
    texts = pc.replace_substring_regex(lists.values, r"^TXT [0-9]+ ", "")
    return pa.ListArray.from_arrays(lists.offsets, texts, mask=lists.is_null())


def _whole_numbers(log: Columns) -> pa.Array:
    lists = log.raw("TTLs")
    if pa.types.is_string(lists.type):
        lists = log.texts("TTLs")
    if not pa.types.is_list(lists.type):
        return pa.nulls(len(log), pa.list_(pa.int64()))
    seconds = values.whole(pc.floor(values.number(lists.values)))
    return pa.ListArray.from_arrays(lists.offsets, seconds, mask=lists.is_null())


def dhcp(log: Columns) -> Iterable[Rows]:
    """One row a line, which is an exchange, not a message: the last message names its type."""
    kinds = log.texts("msg_types")
    last = pc.utf8_upper(log.text("msg_type"))
    if "msg_types" in log:
        joined = pc.binary_join(kinds, ",")
        last = pc.utf8_upper(pc.replace_substring_regex(joined, r"^.*,", ""))
    elif "assigned_ip" in log:
        last = constant("ACK", len(log))  # the older log is written at the acknowledgment
    assigned = canonical(log.text("assigned_addr", "assigned_ip", "requested_addr"))
    client = addresses(log.text("client_addr", "id.orig_h"))
    server = addresses(log.text("server_addr", "id.resp_h"))
    mac = log.lower("mac")
    names = log.text("host_name", "client_fqdn")
    yield rows(
        "dhcp_activity",
        log.numbers,
        {
            "time": log.time("ts"),
            "uid": pc.coalesce(log.text("uid"), first(log.texts("uids"))),
            **client.columns("src_ip"),
            "src_port": port(log.whole("id.orig_p")),
            **server.columns("dst_ip"),
            "dst_port": port(log.whole("id.resp_p")),
            "message_type": last,
            "transaction_id": log.whole("trans_id"),
            "client_mac": mac,
            "assigned_ip": assigned,
            "server_ip": server.text,
            "host_name": log.text("host_name"),
            "fqdn": log.text("client_fqdn"),
            "domain": log.text("domain"),
            "vendor_class": log.text("client_software"),
            "lease_s": values.whole(pc.floor(log.number("lease_time"))),
        },
    )
    yield _identity(log, pc.coalesce(assigned, client.text), "dhcp", mac=mac, host_name=names)


def _identity(log: Columns, ip: pa.Array, source: str, **told: pa.Array) -> Rows:
    """Rows of ``host_identity`` where something is told of an address."""
    time = log.time("ts")
    found = rows(
        "host_identity",
        log.numbers,
        {
            "ip": ip,
            **told,
            "source": constant(source, len(log)),
            "first_seen_time": time,
            "last_seen_time": time,
            "count": pa.array([1] * len(log)),
        },
    )
    says = pc.is_valid(ip)
    something = pa.array([False] * len(log))
    for column in told.values():
        something = pc.or_(something, pc.is_valid(column))
    return _where(found, pc.and_(says, something))


def arp(log: Columns) -> Iterable[Rows]:
    """One row a line of the arp package."""
    yield rows(
        "arp_activity",
        log.numbers,
        {
            "time": log.time("ts"),
            "operation": log.lower("operation"),
            "src_mac": log.lower("src_mac"),
            "dst_mac": log.lower("dst_mac"),
            "sender_mac": log.lower("orig_hw"),
            "sender_ip": canonical(log.text("orig_h")),
            "target_mac": log.lower("resp_hw"),
            "target_ip": canonical(log.text("resp_h")),
        },
    )


def software(log: Columns) -> Iterable[Rows]:
    """What a host runs, as it announces it."""
    yield _about(log, "software", log.text("software_type"), log.text("name"),
                 log.text("unparsed_version"))  # fmt: skip


def known_services(log: Columns) -> Iterable[Rows]:
    """A service that a host offers."""
    yield _about(log, "known_services", log.text("port_proto"), log.text("service"), None)


def known_certs(log: Columns) -> Iterable[Rows]:
    """A certificate that a host shows."""
    yield _about(log, "known_certs", log.text("issuer_subject"), log.text("subject"), None)


def known_hosts(log: Columns) -> Iterable[Rows]:
    """A host that spoke."""
    yield _about(log, "known_hosts", None, None, None)


def known_devices(log: Columns) -> Iterable[Rows]:
    """A device by its hardware address."""
    ip = canonical(log.text("host"))
    yield _identity(log, ip, "dhcp", mac=log.lower("mac"), host_name=log.text("dhcp_host_name"))


def _about(
    log: Columns, service: str, operation: pa.Array | None, object_: pa.Array | None,
    software_: pa.Array | None,
) -> Rows:  # fmt: skip
    """A row of ``application_activity`` about one host, which stands as the initiator."""
    none = pa.nulls(len(log), pa.string())
    return rows(
        "application_activity",
        log.numbers,
        {
            "time": log.time("ts"),
            **log.address("host").columns("src_ip"),
            "src_port": port(log.whole("port_num", "host_p")),
            "service": constant(service, len(log)),
            "operation": none if operation is None else operation,
            "object": none if object_ is None else object_,
            "software": none if software_ is None else software_,
        },
    )
