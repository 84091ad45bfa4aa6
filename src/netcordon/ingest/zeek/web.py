"""The web: ``http``, ``ssl``, ``quic``, ``x509`` and ``files``."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

from netcordon.ingest.text.addresses import addresses
from netcordon.ingest.text.columns import Columns
from netcordon.ingest.text.rows import Rows, rows
from netcordon.ingest.text.shaping import both, constant, first, natural, small, words
from netcordon.ingest.zeek.ends import ends

MAGIC = {
    "application/x-dosexec": "pe", "application/x-msdownload": "pe", "application/x-executable":
    "elf", "application/x-sharedlib": "elf", "application/x-elf": "elf", "application/zip": "zip",
    "application/pdf": "pdf", "application/x-mach-o-executable": "macho",
    "application/x-java-applet": "class", "application/java-archive": "zip",
    "application/x-shockwave-flash": "swf", "application/x-rar": "rar", "application/gzip": "gzip",
    "application/x-gzip": "gzip", "application/x-7z-compressed": "7z", "text/x-shellscript":
    "script", "application/vnd.ms-cab-compressed": "cab", "application/x-tar": "tar",
    "image/jpeg": "jpeg", "image/png": "png", "image/gif": "gif", "text/html": "html",
}  # fmt: skip
"""Types that Zeek tells by the first bytes, in the words of the tables."""

_VERSIONS = {
    "SSLv2": "SSLv2", "SSLv3": "SSLv3", "TLSv10": "TLSv1.0", "TLSv11": "TLSv1.1",
    "TLSv12": "TLSv1.2", "TLSv13": "TLSv1.3", "DTLSv10": "DTLSv1.0", "DTLSv12": "DTLSv1.2",
}  # fmt: skip


def http(log: Columns) -> Iterable[Rows]:
    """A request with its answer; a login where it names a user.

    The log holds no Content-Type fields: types are those that Zeek recognises in the bodies.
    """
    time = log.time("ts")
    account = log.text("username")
    shared = ends(log)
    yield rows(
        "http_activity",
        log.numbers,
        {
            "time": time,
            **shared,
            "method": log.text("method"),
            "host": log.text("host"),
            "uri": pc.utf8_slice_codeunits(log.text("uri"), 0, 8192),
            "version": log.text("version"),
            "user_agent": log.text("user_agent"),
            "referrer": log.text("referrer"),
            "proxied_for": _forwarded(log),
            "account": account,
            "request_body_bytes": natural(log.whole("request_body_len")),
            "request_content_type": first(log.texts("orig_mime_types")),
            "status_code": small(log.whole("status_code")),
            "response_content_type": first(log.texts("resp_mime_types")),
            "response_body_bytes": natural(log.whole("response_body_len")),
            "response_magic": words(first(log.texts("resp_mime_types")), MAGIC, keep=False),
            "file_name": first(log.texts("resp_filenames")),
            "file_references": both(log.texts("orig_fuids"), log.texts("resp_fuids")),
        },
    )
    status = log.whole("status_code")
    refused = pc.is_in(status, pa.array([401, 403, 407]))
    passed = pc.and_(pc.greater_equal(status, 200), pc.less(status, 400))
    outcome = pc.if_else(refused, "failure", pc.if_else(passed, "success", None))
    named = log.where(pc.is_valid(account))
    if len(named):
        chosen = pc.is_valid(account)
        yield login(named, "basic", "http", named.text("username"), outcome.filter(chosen))


def login(
    log: Columns, method: str, service: str, account: pa.Array, outcome: pa.Array,
    **more: pa.Array,
) -> Rows:  # fmt: skip
    """A row of ``authentication`` for each line."""
    return rows(
        "authentication",
        log.numbers,
        {
            "time": log.time("ts"),
            **ends(log),
            "method": constant(method, len(log)),
            "service": constant(service, len(log)),
            "account": account,
            "outcome": outcome,
            **more,
        },
    )


def _forwarded(log: Columns) -> pa.Array:
    """X-Forwarded-For among the fields that Zeek lists as ``NAME -> value``."""
    joined = pc.binary_join(log.texts("proxied"), "\n")
    found = pc.extract_regex(joined, r"(?:^|\n)X-FORWARDED-FOR -> (?P<value>[^\n]*)")
    return found.field(0) if found.null_count < len(found) else pa.nulls(len(log), pa.string())


def ssl(log: Columns) -> Iterable[Rows]:
    """A handshake of TLS or DTLS, with the certificate as far as this log knows it."""
    version = words(log.text("version"), _VERSIONS)
    resumed = log.flag("resumed")
    subject, issuer = log.text("subject"), log.text("issuer")
    prints = first(log.texts("cert_chain_fps"))
    chain = pc.list_value_length(log.texts("cert_chain_fuids"))
    seen = pc.or_(pc.is_valid(subject), pc.greater(pc.fill_null(chain, 0), 0))
    state = pc.if_else(
        seen,
        "seen",
        pc.if_else(
            pc.fill_null(pc.equal(version, "TLSv1.3"), False),
            "encrypted (TLS 1.3)",
            pc.if_else(pc.fill_null(resumed, False), "resumed", "not captured"),
        ),
    )
    own = pc.match_substring_regex(log.lower("validation_status"), "self.signed certificate$")
    yield rows(
        "tls_activity",
        log.numbers,
        {
            "time": log.time("ts"),
            **ends(log),
            "server_name": log.text("server_name"),
            "version": version,
            "cipher": log.text("cipher"),
            "ja3": log.text("ja3"),
            "ja3s": log.text("ja3s"),
            "ja4": log.text("ja4"),
            "is_resumed": resumed,
            "protocol": pc.if_else(pc.starts_with(pc.fill_null(version, ""), "DTLS"), "udp", "tcp"),
            "certificate": state,
            "certificate_subject": subject,
            "certificate_issuer": issuer,
            "is_self_signed": pc.coalesce(own, pc.equal(subject, issuer)),
            "certificate_sha256": _sha256(prints),
            "certificate_reference": pc.coalesce(prints, first(log.texts("cert_chain_fuids"))),
            "certificate_count": pc.if_else(pc.greater(chain, 0), chain, None),
            "client_certificate_subject": log.text("client_subject"),
        },
    )


def _sha256(prints: pa.Array) -> pa.Array:
    """Fingerprints of that length; Zeek may be told to take another."""
    return pc.if_else(pc.equal(pc.binary_length(prints), 64), prints, pa.scalar(None, pa.string()))


def quic(log: Columns) -> Iterable[Rows]:
    """A QUIC connection whose first packets were read."""
    yield rows(
        "tls_activity",
        log.numbers,
        {
            "time": log.time("ts"),
            **ends(log),
            "server_name": log.text("server_name"),
            "protocol": constant("quic", len(log)),
            "certificate": constant("encrypted (TLS 1.3)", len(log)),
        },
    )


def x509(log: Columns) -> Iterable[Rows]:
    """A certificate, which this log ties to a file or to itself, and ``ssl`` to a handshake."""
    prints = log.lower("fingerprint")
    yield rows(
        "certificate",
        log.numbers,
        {
            "time": log.time("ts"),
            "reference": log.text("fingerprint", "id", "fuid"),
            "subject": log.text("certificate.subject"),
            "issuer": log.text("certificate.issuer"),
            "names": log.texts("san.dns"),
            "not_before": log.time("certificate.not_valid_before"),
            "not_after": log.time("certificate.not_valid_after"),
            "serial": log.text("certificate.serial"),
            "sha256": _sha256(prints),
        },
    )


def files(log: Columns) -> Iterable[Rows]:
    """A carried file; certificates, which Zeek lists as well, are left to their own logs."""
    kind = log.text("mime_type")
    certificate = pc.or_(
        pc.fill_null(pc.starts_with(kind, "application/x-x509"), False),
        pc.fill_null(pc.is_in(log.text("source"), pa.array(["SSL", "DTLS"])), False),
    )
    log = log.where(pc.invert(certificate))
    sent = log.flag("is_orig")
    flow = ends(log)
    if "id.orig_h" not in log:
        flow |= _carried_between(log, sent)
    total, seen = natural(log.whole("total_bytes")), natural(log.whole("seen_bytes"))
    whole = pc.and_(
        pc.equal(pc.fill_null(log.whole("missing_bytes"), 0), 0),
        pc.or_(pc.is_null(total), pc.greater_equal(seen, total)),
    )
    mime = log.text("mime_type")
    yield rows(
        "file_activity",
        log.numbers,
        {
            "time": log.time("ts"),
            **flow,
            "service": words(log.lower("source"), {"ftp_data": "ftp"}),
            "is_upload": sent,
            "file_name": log.text("filename"),
            "magic": words(mime, MAGIC),
            "file_bytes": pc.coalesce(total, seen),
            "seen_bytes": seen,
            "is_complete": whole,
            "sha256": log.lower("sha256"),
            "file_reference": log.text("fuid"),
        },
    )


def _carried_between(log: Columns, sent: pa.Array) -> dict[str, object]:
    """Ends by sender and receiver, in the log of versions before 5.1."""
    tx, rx = first(log.texts("tx_hosts")), first(log.texts("rx_hosts"))
    src = addresses(pc.if_else(sent, tx, rx))
    dst = addresses(pc.if_else(sent, rx, tx))
    uid = pc.coalesce(log.text("uid"), first(log.texts("conn_uids")))
    return {"uid": uid, **src.columns("src_ip"), **dst.columns("dst_ip")}
