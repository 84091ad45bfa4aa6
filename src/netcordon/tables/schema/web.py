"""The web: HTTP, TLS, and files that protocols carry."""

from __future__ import annotations

from netcordon.tables.schema.columns import ENDS, Table, column

HTTP_ACTIVITY = Table(
    "http_activity",
    "One row an HTTP/1 request with the response that answers it (or a response whose request was not seen).",
    "time",
    ("src_ip_hi", "src_ip_lo", "time", "frame"),
    (
        column("time", "TIMESTAMP", "time of the request's first byte"),
        column("frame", "BIGINT", "frame its header block ends in"),
        *ENDS,
        column("method", "VARCHAR", "request method"),
        column("host", "VARCHAR", "Host field as sent"),
        column("uri", "VARCHAR", "request target as sent, at most 8 KiB"),
        column("version", "VARCHAR", "1.0 or 1.1"),
        column("user_agent", "VARCHAR", "User-Agent field"),
        column("referrer", "VARCHAR", "Referer field"),
        column("proxied_for", "VARCHAR", "X-Forwarded-For field"),
        column("account", "VARCHAR", "user name of Basic or Digest credentials; never a password"),
        column(
            "request_content_type",
            "VARCHAR",
            "Content-Type of the request; in logs without it, the type their sensor saw",
        ),
        column("request_body_bytes", "BIGINT", "body bytes seen"),
        column("status_code", "INTEGER", "status of the response, NULL when none was seen"),
        column("server", "VARCHAR", "Server field of the response"),
        column("location", "VARCHAR", "Location field of the response"),
        column("response_content_type", "VARCHAR", "the same of the response"),
        column("response_body_bytes", "BIGINT", "body bytes seen"),
        column(
            "response_magic",
            "VARCHAR",
            "type by the first bytes of the body (pe, elf, zip, pdf, script, ...), or NULL",
        ),
        column("file_name", "VARCHAR", "name from Content-Disposition"),
        column("response_time", "TIMESTAMP", "time of the response's first byte"),
        column("response_frame", "BIGINT", "frame its header block ends in"),
        column("file_references", "VARCHAR[]", "what a log calls the bodies of both directions"),
    ),
)

TLS_ACTIVITY = Table(
    "tls_activity",
    "One row a handshake of TLS, DTLS or QUIC. TLS 1.3 certificates are not visible and not claimed.",
    "time",
    ("src_ip_hi", "src_ip_lo", "time", "frame"),
    (
        column("time", "TIMESTAMP", "time of the first hello seen"),
        column(
            "frame",
            "BIGINT",
            "frame of the ClientHello, or of the ServerHello when that is missing",
        ),
        *ENDS,
        column("server_name", "VARCHAR", "SNI of the ClientHello"),
        column("version", "VARCHAR", "negotiated version (TLSv1.2, ...), NULL without ServerHello"),
        column("client_version", "VARCHAR", "highest version the client offers"),
        column(
            "cipher",
            "VARCHAR",
            "negotiated cipher suite as 0xC02F, or its name where a log gives only that",
        ),
        column("alpn", "VARCHAR[]", "protocols the client offers"),
        column("ja3", "VARCHAR", "JA3 of the ClientHello (MD5 hex)"),
        column("ja3s", "VARCHAR", "JA3S of the ServerHello (MD5 hex)"),
        column("ja4", "VARCHAR", "JA4 of the ClientHello"),
        column("is_resumed", "BOOLEAN", "session resumed, as far as the hellos tell"),
        column(
            "has_ech",
            "BOOLEAN",
            "the client sent an encrypted ClientHello (or the encrypted name that came before it)",
        ),
        column("server_frame", "BIGINT", "frame of the ServerHello"),
        column("protocol", "VARCHAR", "tcp, udp (DTLS) or quic"),
        column(
            "certificate",
            "VARCHAR",
            "seen, encrypted (TLS 1.3), resumed, not sent, or not captured",
        ),
        column("certificate_subject", "VARCHAR", "subject of the server's certificate (RFC 4514)"),
        column("certificate_issuer", "VARCHAR", "its issuer (RFC 4514)"),
        column("certificate_names", "VARCHAR[]", "its subject alternative names, at most 64"),
        column("not_before", "TIMESTAMP", "its validity begins"),
        column("not_after", "TIMESTAMP", "its validity ends"),
        column("is_self_signed", "BOOLEAN", "issuer equals subject, and its own key signed it"),
        column("certificate_sha256", "VARCHAR", "SHA-256 of the certificate (hex)"),
        column("certificate_count", "INTEGER", "certificates the server sent"),
        column("client_certificate_subject", "VARCHAR", "subject of the client's certificate"),
        column(
            "certificate_reference",
            "VARCHAR",
            "what a log calls the server's certificate, which table certificate may hold",
        ),
    ),
)

CERTIFICATE = Table(
    "certificate",
    "One row a certificate that a log lists apart from the handshakes that showed it; "
    "tls_activity tells it with each of them.",
    "time",
    ("reference", "time", "frame"),
    (
        column("time", "TIMESTAMP", "when it was seen"),
        column("frame", "BIGINT", "line of the log"),
        column("reference", "VARCHAR", "what handshakes call it: id of a file, or fingerprint"),
        column("subject", "VARCHAR", "its subject, as the log writes it"),
        column("issuer", "VARCHAR", "its issuer"),
        column("names", "VARCHAR[]", "its subject alternative names"),
        column("not_before", "TIMESTAMP", "its validity begins"),
        column("not_after", "TIMESTAMP", "its validity ends"),
        column("serial", "VARCHAR", "its serial number (hex)"),
        column("sha256", "VARCHAR", "SHA-256 of it (hex), where the log gives it"),
    ),
)

FILE_ACTIVITY = Table(
    "file_activity",
    "One row an object that a protocol carried: a body, an attachment, a file read or written.",
    "time",
    ("src_ip_hi", "src_ip_lo", "time", "frame"),
    (
        column("time", "TIMESTAMP", "time of its first byte"),
        column("frame", "BIGINT", "frame of its first byte"),
        *ENDS,
        column("service", "VARCHAR", "http, ftp, smtp, smb, ..."),
        column("is_upload", "BOOLEAN", "from initiator to responder"),
        column("file_name", "VARCHAR", "name or path the protocol gives it, as sent"),
        column("origin", "VARCHAR", "where it came from: URL, share, or mail subject"),
        column("declared_type", "VARCHAR", "media type the protocol declares, or NULL"),
        column("magic", "VARCHAR", "type by its first bytes (pe, elf, zip, pdf, ...), or NULL"),
        column("file_bytes", "BIGINT", "size the protocol announces, or what was seen when whole"),
        column("seen_bytes", "BIGINT", "bytes that were captured"),
        column("is_complete", "BOOLEAN", "all bytes were seen"),
        column(
            "sha256",
            "VARCHAR",
            "of the whole object (hex); NULL when it is not complete or too long to be hashed",
        ),
        column("last_frame", "BIGINT", "frame of its last byte"),
        column("encoding", "VARCHAR", "coding the object was carried in and hashed in, or NULL"),
        column("file_reference", "VARCHAR", "what a log calls the object, as other logs name it"),
    ),
)
