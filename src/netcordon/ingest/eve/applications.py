"""Events of protocols that have a table: DNS, HTTP, TLS, SSH, DHCP, files."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

from netcordon.ingest.eve.event import ends, service
from netcordon.ingest.text import times
from netcordon.ingest.text.addresses import canonical
from netcordon.ingest.text.columns import Columns
from netcordon.ingest.text.rows import Rows, rows
from netcordon.ingest.text.shaping import constant, first, natural, small, words

_VERSIONS = {
    "SSLv2": "SSLv2", "SSLv3": "SSLv3", "TLS 1.0": "TLSv1.0", "TLSv1": "TLSv1.0",
    "TLS 1.1": "TLSv1.1", "TLS 1.2": "TLSv1.2", "TLS 1.3": "TLSv1.3", "UNDETERMINED": "",
}  # fmt: skip


def dns(log: Columns) -> Iterable[Rows]:
    """A question or an answer; the shapes of versions 1, 2 and 3."""
    kind = log.lower("dns.type")
    answered = pc.is_in(kind, pa.array(["answer", "response"]))
    asked = _queries(log)
    name = pc.coalesce(log.text("dns.rrname"), asked.get("rrname"))
    name = pc.utf8_rtrim(name, ".")
    name = pc.if_else(pc.equal(name, ""), ".", name)
    data, types, ttls = _answers(log)
    at = ends(log)
    to = pa.array(at["dst_port"]).cast(pa.string())
    yield rows(
        "dns_activity",
        log.numbers,
        {
            "time": log.time("timestamp"),
            **at,
            "protocol": log.lower("proto"),
            "service": pc.coalesce(
                words(to, {"5353": "mdns", "5355": "llmnr"}, keep=False), "dns"
            ),
            "transaction_id": log.whole("dns.id"),
            "is_response": pc.fill_null(answered, False),
            "opcode": small(log.whole("dns.opcode")),
            "rcode": pc.if_else(answered, pc.utf8_upper(log.text("dns.rcode")), None),
            "query": name,
            "query_type": pc.coalesce(log.text("dns.rrtype"), asked.get("rrtype")),
            "query_bytes": pc.add(pc.binary_length(name), 2),
            "rd": log.flag("dns.rd"),
            "ra": log.flag("dns.ra"),
            "aa": log.flag("dns.aa"),
            "tc": log.flag("dns.tc"),
            "answers": data,
            "answer_types": types,
            "answer_ttls": ttls,
            "answer_count": pc.list_value_length(data),
        },
    )  # fmt: skip


def _queries(log: Columns) -> dict[str, pa.Array]:
    """Name and type of the first question, in the third shape."""
    nothing = pa.nulls(len(log), pa.string())
    lists = log.raw("dns.queries")
    if not pa.types.is_list(lists.type):
        return {"rrname": nothing, "rrtype": nothing}
    one = first(lists)
    return {"rrname": pc.struct_field(one, "rrname"), "rrtype": pc.struct_field(one, "rrtype")}


def _answers(log: Columns) -> tuple[pa.Array, pa.Array, pa.Array]:
    lists = log.raw("dns.answers")
    single = log.text("dns.rdata")
    if not pa.types.is_list(lists.type):
        lists = pa.nulls(len(log), pa.list_(pa.struct([("rdata", pa.string())])))
    if single.null_count == len(single):
        return _member(lists, "rdata"), _member(lists, "rrtype"), _member(lists, "ttl")
    places = pa.array(range(len(log) + 1), pa.int32())
    one = pa.ListArray.from_arrays(places, single, mask=pc.is_null(single))
    answers = pc.coalesce(_member(lists, "rdata"), one)  # the first shape: an event a record
    return answers, _member(lists, "rrtype"), _member(lists, "ttl")


def _member(lists: pa.Array, name: str) -> pa.Array:
    type_ = lists.type.value_type
    if type_.get_field_index(name) < 0:
        return pa.nulls(len(lists), pa.list_(pa.int64() if name == "ttl" else pa.string()))
    return pa.ListArray.from_arrays(
        lists.offsets, pc.struct_field(lists.values, name), mask=lists.is_null()
    )


def http(log: Columns) -> Iterable[Rows]:
    """A request with its answer."""
    yield rows(
        "http_activity",
        log.numbers,
        {
            "time": log.time("timestamp"),
            **ends(log),
            "method": log.text("http.http_method"),
            "host": log.text("http.hostname"),
            "uri": pc.utf8_slice_codeunits(log.text("http.url"), 0, 8192),
            "version": pc.replace_substring(log.text("http.protocol"), "HTTP/", ""),
            "user_agent": log.text("http.http_user_agent"),
            "referrer": log.text("http.http_refer"),
            "proxied_for": log.text("http.xff"),
            "status_code": small(log.whole("http.status")),
            "location": log.text("http.redirect"),
            "response_content_type": log.text("http.http_content_type"),
            "response_body_bytes": natural(log.whole("http.length")),
        },
    )


def tls(log: Columns) -> Iterable[Rows]:
    """A handshake, with the certificate where it was seen."""
    version = words(log.text("tls.version"), _VERSIONS)
    version = pc.if_else(pc.equal(version, ""), pa.scalar(None, pa.string()), version)
    subject, issuer = log.text("tls.subject"), log.text("tls.issuerdn")
    resumed = log.flag("tls.session_resumed")
    is_last = pc.fill_null(pc.equal(version, "TLSv1.3"), False)
    unseen = pc.if_else(
        is_last,
        "encrypted (TLS 1.3)",
        pc.if_else(pc.fill_null(resumed, False), "resumed", "not captured"),
    )
    yield rows(
        "tls_activity",
        log.numbers,
        {
            "time": log.time("timestamp"),
            **ends(log),
            "server_name": log.text("tls.sni"),
            "version": version,
            "alpn": log.texts("tls.client_alpns"),
            "ja3": log.text("tls.ja3.hash"),
            "ja3s": log.text("tls.ja3s.hash"),
            "ja4": log.text("tls.ja4"),
            "is_resumed": resumed,
            "protocol": log.lower("proto"),
            "certificate": pc.if_else(pc.is_valid(subject), "seen", unseen),
            "certificate_subject": subject,
            "certificate_issuer": issuer,
            "certificate_names": log.texts("tls.subjectaltname"),
            "not_before": times.microseconds(log.text("tls.notbefore")),
            "not_after": times.microseconds(log.text("tls.notafter")),
            "is_self_signed": pc.equal(subject, issuer),
        },
    )


def quic(log: Columns) -> Iterable[Rows]:
    """A QUIC connection whose first packets were read."""
    yield rows(
        "tls_activity",
        log.numbers,
        {
            "time": log.time("timestamp"),
            **ends(log),
            "server_name": log.text("quic.sni"),
            "ja3": log.text("quic.ja3.hash"),
            "ja4": log.text("quic.ja4"),
            "protocol": constant("quic", len(log)),
            "certificate": constant("encrypted (TLS 1.3)", len(log)),
        },
    )


def ssh(log: Columns) -> Iterable[Rows]:
    """A session with the banners of both sides."""
    yield rows(
        "ssh_activity",
        log.numbers,
        {
            "time": log.time("timestamp"),
            **ends(log),
            "client_banner": _banner(log, "client"),
            "server_banner": _banner(log, "server"),
            "hassh": log.text("ssh.client.hassh.hash"),
            "hassh_server": log.text("ssh.server.hassh.hash"),
        },
    )


def _banner(log: Columns, side: str) -> pa.Array:
    version = log.text(f"ssh.{side}.proto_version")
    return pc.binary_join_element_wise(
        "SSH", version, log.text(f"ssh.{side}.software_version"), "-"
    )


def dhcp(log: Columns) -> Iterable[Rows]:
    """A message, and who the client is where it is told an address."""
    time = log.time("timestamp")
    kind = pc.utf8_upper(log.text("dhcp.dhcp_type"))
    ip = canonical(log.text("dhcp.assigned_ip", "dhcp.requested_ip", "dhcp.client_ip"))
    ip = pc.if_else(pc.equal(ip, "0.0.0.0"), pa.scalar(None, pa.string()), ip)  # noqa: S104
    mac, name = log.lower("dhcp.client_mac"), log.text("dhcp.hostname")
    yield rows(
        "dhcp_activity",
        log.numbers,
        {
            "time": time,
            **ends(log),
            "message_type": kind,
            "transaction_id": log.whole("dhcp.id"),
            "client_mac": mac,
            "assigned_ip": ip,
            "server_ip": canonical(log.text("dhcp.next_server_ip")),
            "host_name": name,
            "vendor_class": log.text("dhcp.vendor_class_identifier"),
            "routers": log.texts("dhcp.routers"),
            "dns_servers": log.texts("dhcp.dns_servers"),
            "lease_s": natural(log.whole("dhcp.lease_time")),
        },
    )
    given = pc.and_(pc.equal(kind, "ACK"), pc.is_valid(ip))
    identity = {
        "ip": ip,
        "mac": mac,
        "host_name": name,
        "source": constant("dhcp", len(log)),
        "first_seen_time": time,
        "last_seen_time": time,
        "count": pa.array([1] * len(log)),
    }
    kept = pc.fill_null(given, False)
    columns = {key: column.filter(kept) for key, column in identity.items()}
    yield rows("host_identity", log.where(given).numbers, columns)


def fileinfo(log: Columns) -> Iterable[Rows]:
    """A carried file; source and destination of the event are its sender and its receiver."""
    at = ends(log)
    sent = pc.equal(log.address("src_ip").text, at["src_ip"])
    size = natural(log.whole("fileinfo.size"))
    host, url = log.text("http.hostname"), log.text("http.url")
    name = log.text("fileinfo.filename")
    # Of an upload without a name, Suricata gives the path that it was sent to.
    asked = pc.replace_substring_regex(url, r"[?#].*$", "")
    is_path = pc.fill_null(pc.and_(sent, pc.or_(pc.equal(name, url), pc.equal(name, asked))), False)
    carried = service(log.lower("app_proto"))
    whole = pc.and_(
        pc.equal(log.text("fileinfo.state"), "CLOSED"),
        pc.invert(pc.fill_null(log.flag("fileinfo.gaps"), False)),
    )
    yield rows(
        "file_activity",
        log.numbers,
        {
            "time": log.time("timestamp"),
            **at,
            "service": carried,
            "is_upload": sent,
            "file_name": pc.if_else(is_path, pa.scalar(None, pa.string()), name),
            "origin": pc.binary_join_element_wise("http://", host, url, ""),
            "declared_type": log.text("http.http_content_type"),
            "file_bytes": size,
            "seen_bytes": size,
            "is_complete": whole,
            "sha256": log.lower("fileinfo.sha256"),
        },
    )
