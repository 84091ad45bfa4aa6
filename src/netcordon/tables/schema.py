"""The tables: every column once, with type, unit and meaning.

Names follow OCSF for tables and Zeek for connection semantics. ``src`` is the initiator and ``dst``
the responder in every table. Times are UTC with microseconds. ``frame`` columns count frames of the
evidence from 1, as Wireshark does. Each address is stored three times over: as canonical text
(RFC 5952) to read, and as two 64-bit halves of its 16 bytes (IPv4 as ``::ffff:a.b.c.d``) so that a
prefix is a range of integers. ``evidence_id`` and ``day`` are no columns of the files: they
are the names of the folders that the files stand in, and the views add them.
"""

from __future__ import annotations

from dataclasses import dataclass

ADDRESS = "address"
"""Shorthand type: expands to ``<name> VARCHAR``, ``<name>_hi UBIGINT``, ``<name>_lo UBIGINT``."""


@dataclass(frozen=True)
class Column:
    """A column: DuckDB type (or ``ADDRESS``) and what it means."""

    name: str
    type: str
    doc: str


@dataclass(frozen=True)
class Table:
    """A table: its columns, the column that dates a row, and the order rows are kept in."""

    name: str
    doc: str
    time: str
    sort: tuple[str, ...]
    columns: tuple[Column, ...]

    def flat(self) -> tuple[Column, ...]:
        """The columns as stored, with ``ADDRESS`` expanded."""
        out: list[Column] = []
        for column in self.columns:
            if column.type == ADDRESS:
                out.append(Column(column.name, "VARCHAR", column.doc))
                out.append(
                    Column(f"{column.name}_hi", "UBIGINT", f"upper 64 bits of {column.name}")
                )
                out.append(
                    Column(f"{column.name}_lo", "UBIGINT", f"lower 64 bits of {column.name}")
                )
            else:
                out.append(column)
        return tuple(out)


def _c(name: str, type_: str, doc: str) -> Column:
    return Column(name, type_, doc)


def _both(name: str, type_: str, doc: str) -> tuple[Column, Column]:
    """A measurement for each direction: initiator to responder, and back."""
    return (
        _c(f"{name}_out", type_, f"{doc}, initiator to responder"),
        _c(f"{name}_in", type_, f"{doc}, responder to initiator"),
    )


_ENDS = (
    _c("uid", "VARCHAR", "flow the row belongs to, `network_activity.uid`"),
    _c("src_ip", ADDRESS, "initiator (client)"),
    _c("src_port", "INTEGER", "port of the initiator"),
    _c("dst_ip", ADDRESS, "responder (server)"),
    _c("dst_port", "INTEGER", "port of the responder"),
)

NETWORK_ACTIVITY = Table(
    "network_activity",
    "Flows. Each IP packet, of any protocol, counts in exactly one outer row.",
    "start_time",
    ("src_ip_hi", "src_ip_lo", "dst_ip_hi", "dst_ip_lo", "dst_port", "start_time", "first_frame"),
    (
        _c("uid", "VARCHAR", "id of the flow, derived from its ends, first time and first frame"),
        _c("start_time", "TIMESTAMP", "time of the first packet"),
        _c("end_time", "TIMESTAMP", "time of the last packet"),
        _c("duration_s", "DOUBLE", "end minus start, seconds"),
        _c("src_ip", ADDRESS, "initiator"),
        _c("src_port", "INTEGER", "TCP/UDP port; ICMP type; 0 otherwise and for later fragments"),
        _c("dst_ip", ADDRESS, "responder"),
        _c("dst_port", "INTEGER", "TCP/UDP port; ICMP code; 0 otherwise and for later fragments"),
        _c("protocol", "VARCHAR", "tcp, udp, icmp, icmp6, or the IP protocol's number as text"),
        _c("service", "VARCHAR", "application protocol identified in the payload, or NULL"),
        _c("conn_state", "VARCHAR", "Zeek's conn_state (SF, S0, REJ, ...)"),
        _c("history", "VARCHAR", "Zeek's history letters"),
        *_both("packets", "BIGINT", "packets"),
        *_both(
            "payload_bytes",
            "BIGINT",
            "transport payload as seen on the wire (not by sequence number)",
        ),
        *_both("ip_bytes", "BIGINT", "IP total length"),
        *_both("wire_bytes", "BIGINT", "frame length on the wire"),
        *_both("missed_bytes", "BIGINT", "TCP bytes the sequence numbers prove missing"),
        *_both("ttl_min", "INTEGER", "lowest TTL or hop limit; NULL without packets"),
        *_both("ttl_max", "INTEGER", "highest TTL or hop limit; NULL without packets"),
        *_both(
            "ip_id_pattern",
            "VARCHAR",
            "IPv4 identification: zero, constant, incremental, random; NULL below 4 packets or IPv6",
        ),
        *_both(
            "tcp_flags", "INTEGER", "TCP flags seen, OR-ed (CWR 128 ... FIN 1); NULL when not TCP"
        ),
        *_both("window", "INTEGER", "TCP window of the first packet; NULL when not TCP"),
        *_both(
            "tcp_options",
            "VARCHAR",
            "options of the SYN in order, e.g. mss=1460,sok,ts,nop,ws=7; NULL without a SYN",
        ),
        _c("src_mac", "VARCHAR", "Ethernet source of the initiator's first packet"),
        _c("dst_mac", "VARCHAR", "Ethernet destination of the initiator's first packet"),
        _c("vlan", "INTEGER", "outer VLAN id, or NULL"),
        _c("is_fragment", "BOOLEAN", "row of later IP fragments, which carry no ports"),
        _c("tunnel_parent", "VARCHAR", "uid of the outer flow when this one was inside a tunnel"),
        _c("first_frame", "BIGINT", "frame of the first packet"),
        _c("last_frame", "BIGINT", "frame of the last packet"),
    ),
)

DNS_ACTIVITY = Table(
    "dns_activity",
    "One row a DNS message (DNS, mDNS, LLMNR, NBNS). src is the one who asks, also in answers.",
    "time",
    ("src_ip_hi", "src_ip_lo", "time", "frame"),
    (
        _c("time", "TIMESTAMP", "time of the message"),
        _c("frame", "BIGINT", "frame it ends in"),
        *_ENDS,
        _c("protocol", "VARCHAR", "udp or tcp"),
        _c("service", "VARCHAR", "dns, mdns, llmnr or nbns"),
        _c("transaction_id", "BIGINT", "id of the message"),
        _c("is_response", "BOOLEAN", "QR bit"),
        _c("opcode", "INTEGER", "OPCODE"),
        _c("rcode", "VARCHAR", "NOERROR, NXDOMAIN, ... in answers; NULL in questions"),
        _c(
            "query",
            "VARCHAR",
            "name of the first question in presentation form (RFC 4343 escapes), no final dot; root is '.'",
        ),
        _c("query_type", "VARCHAR", "A, AAAA, TXT, ... or TYPE123"),
        _c("query_bytes", "INTEGER", "octets of the name on the wire"),
        _c("aa", "BOOLEAN", "authoritative answer"),
        _c("tc", "BOOLEAN", "truncated"),
        _c("rd", "BOOLEAN", "recursion desired"),
        _c("ra", "BOOLEAN", "recursion available"),
        _c("answers", "VARCHAR[]", "data of the answer records as text, in order, at most 32"),
        _c("answer_types", "VARCHAR[]", "their types"),
        _c("answer_ttls", "BIGINT[]", "their times to live, seconds"),
        _c("answer_count", "INTEGER", "ANCOUNT"),
        _c("answer_bytes", "INTEGER", "octets of answer data"),
        _c("message_bytes", "INTEGER", "octets of the message"),
    ),
)

HTTP_ACTIVITY = Table(
    "http_activity",
    "One row an HTTP/1 request with the response that answers it (or a response whose request was not seen).",
    "time",
    ("src_ip_hi", "src_ip_lo", "time", "frame"),
    (
        _c("time", "TIMESTAMP", "time of the request's first byte"),
        _c("frame", "BIGINT", "frame its header block ends in"),
        *_ENDS,
        _c("method", "VARCHAR", "request method"),
        _c("host", "VARCHAR", "Host field as sent"),
        _c("uri", "VARCHAR", "request target as sent, at most 8 KiB"),
        _c("version", "VARCHAR", "1.0 or 1.1"),
        _c("user_agent", "VARCHAR", "User-Agent field"),
        _c("referrer", "VARCHAR", "Referer field"),
        _c("proxied_for", "VARCHAR", "X-Forwarded-For field"),
        _c("account", "VARCHAR", "user name of Basic or Digest credentials; never a password"),
        _c("request_content_type", "VARCHAR", "Content-Type of the request"),
        _c("request_body_bytes", "BIGINT", "body bytes seen"),
        _c("status_code", "INTEGER", "status of the response, NULL when none was seen"),
        _c("server", "VARCHAR", "Server field of the response"),
        _c("location", "VARCHAR", "Location field of the response"),
        _c("response_content_type", "VARCHAR", "Content-Type of the response"),
        _c("response_body_bytes", "BIGINT", "body bytes seen"),
        _c(
            "response_magic",
            "VARCHAR",
            "type by the first bytes of the body (pe, elf, zip, pdf, script, ...), or NULL",
        ),
        _c("file_name", "VARCHAR", "name from Content-Disposition"),
        _c("response_time", "TIMESTAMP", "time of the response's first byte"),
        _c("response_frame", "BIGINT", "frame its header block ends in"),
    ),
)

TLS_ACTIVITY = Table(
    "tls_activity",
    "One row a TLS handshake. TLS 1.3 certificates are not visible and not claimed.",
    "time",
    ("src_ip_hi", "src_ip_lo", "time", "frame"),
    (
        _c("time", "TIMESTAMP", "time of the first hello seen"),
        _c(
            "frame",
            "BIGINT",
            "frame of the ClientHello, or of the ServerHello when that is missing",
        ),
        *_ENDS,
        _c("server_name", "VARCHAR", "SNI of the ClientHello"),
        _c("version", "VARCHAR", "negotiated version (TLSv1.2, ...), NULL without ServerHello"),
        _c("client_version", "VARCHAR", "highest version the client offers"),
        _c("cipher", "VARCHAR", "negotiated cipher suite as 0xC02F"),
        _c("alpn", "VARCHAR[]", "protocols the client offers"),
        _c("ja3", "VARCHAR", "JA3 of the ClientHello (MD5 hex)"),
        _c("ja3s", "VARCHAR", "JA3S of the ServerHello (MD5 hex)"),
        _c("ja4", "VARCHAR", "JA4 of the ClientHello"),
        _c("is_resumed", "BOOLEAN", "session resumed, as far as the hellos tell"),
        _c("has_ech", "BOOLEAN", "the client sent an encrypted ClientHello"),
        _c("server_frame", "BIGINT", "frame of the ServerHello"),
    ),
)

SSH_ACTIVITY = Table(
    "ssh_activity",
    "One row an SSH connection.",
    "time",
    ("src_ip_hi", "src_ip_lo", "time", "frame"),
    (
        _c("time", "TIMESTAMP", "time of the first banner"),
        _c("frame", "BIGINT", "frame of the first banner"),
        *_ENDS,
        _c("client_banner", "VARCHAR", "identification string of the client"),
        _c("server_banner", "VARCHAR", "identification string of the server"),
        _c("hassh", "VARCHAR", "fingerprint of the client's algorithms (MD5 hex)"),
        _c("hassh_server", "VARCHAR", "fingerprint of the server's algorithms (MD5 hex)"),
    ),
)

DHCP_ACTIVITY = Table(
    "dhcp_activity",
    "One row a DHCPv4 message.",
    "time",
    ("time", "frame"),
    (
        _c("time", "TIMESTAMP", "time of the message"),
        _c("frame", "BIGINT", "frame of the message"),
        *_ENDS,
        _c("message_type", "VARCHAR", "DISCOVER, OFFER, REQUEST, ACK, NAK, ..."),
        _c("transaction_id", "BIGINT", "xid"),
        _c("client_mac", "VARCHAR", "hardware address of the client"),
        _c(
            "assigned_ip",
            "VARCHAR",
            "address given (yiaddr) or asked for (option 50) or in use (ciaddr)",
        ),
        _c("server_ip", "VARCHAR", "server identifier (option 54), else siaddr"),
        _c("host_name", "VARCHAR", "option 12"),
        _c("fqdn", "VARCHAR", "option 81"),
        _c("vendor_class", "VARCHAR", "option 60"),
        _c("routers", "VARCHAR[]", "option 3"),
        _c("dns_servers", "VARCHAR[]", "option 6"),
        _c("domain", "VARCHAR", "option 15"),
        _c("lease_s", "BIGINT", "option 51, seconds"),
    ),
)

ARP_ACTIVITY = Table(
    "arp_activity",
    "One row an ARP packet for IPv4.",
    "time",
    ("time", "frame"),
    (
        _c("time", "TIMESTAMP", "time of the packet"),
        _c("frame", "BIGINT", "its frame"),
        _c("operation", "VARCHAR", "request, reply or the number"),
        _c("src_mac", "VARCHAR", "Ethernet source, which may differ from the sender claimed"),
        _c("dst_mac", "VARCHAR", "Ethernet destination"),
        _c("sender_mac", "VARCHAR", "sender hardware address"),
        _c("sender_ip", "VARCHAR", "sender protocol address"),
        _c("target_mac", "VARCHAR", "target hardware address"),
        _c("target_ip", "VARCHAR", "target protocol address"),
    ),
)

KERBEROS_ACTIVITY = Table(
    "kerberos_activity",
    "One row a Kerberos message (RFC 4120).",
    "time",
    ("time", "frame"),
    (
        _c("time", "TIMESTAMP", "time of the message"),
        _c("frame", "BIGINT", "frame it ends in"),
        *_ENDS,
        _c("message_type", "VARCHAR", "AS-REQ, AS-REP, TGS-REQ, TGS-REP, KRB-ERROR, ..."),
        _c("client_name", "VARCHAR", "cname, components joined by /"),
        _c("realm", "VARCHAR", "realm"),
        _c("service_name", "VARCHAR", "sname, components joined by /"),
        _c("error_code", "INTEGER", "of KRB-ERROR"),
        _c("encryption_types", "INTEGER[]", "etypes asked for, or the one used"),
    ),
)

AUTHENTICATION = Table(
    "authentication",
    "One row a login seen on the wire.",
    "time",
    ("time", "frame"),
    (
        _c("time", "TIMESTAMP", "time of the message that names the account"),
        _c("frame", "BIGINT", "its frame"),
        *_ENDS,
        _c("method", "VARCHAR", "ntlm, kerberos, ftp, basic, ..."),
        _c("service", "VARCHAR", "protocol that carried it, e.g. smb, http"),
        _c("account", "VARCHAR", "user name"),
        _c("domain", "VARCHAR", "domain or realm"),
        _c("workstation", "VARCHAR", "host the client says it is"),
        _c("outcome", "VARCHAR", "success, failure, or NULL when not seen"),
    ),
)

HOST_IDENTITY = Table(
    "host_identity",
    "What an address said (or was told) about itself: one row per address, fact set and source.",
    "first_seen_time",
    ("ip", "source", "first_seen_time", "first_frame"),
    (
        _c("ip", "VARCHAR", "address; NULL while only the MAC is known"),
        _c("mac", "VARCHAR", "Ethernet address"),
        _c("host_name", "VARCHAR", "host name without domain where it can be told apart"),
        _c("user", "VARCHAR", "account seen on the host"),
        _c("domain", "VARCHAR", "domain of host or account"),
        _c("os_hint", "VARCHAR", "operating system as the host announces it"),
        _c("source", "VARCHAR", "dhcp, nbns, mdns, llmnr, ntlm, smb, kerberos, arp"),
        _c("first_seen_time", "TIMESTAMP", "first time it was said"),
        _c("last_seen_time", "TIMESTAMP", "last time it was said"),
        _c("count", "BIGINT", "how often"),
        _c("first_frame", "BIGINT", "frame of the first time"),
    ),
)

INGEST_WARNING = Table(
    "ingest_warning",
    "What could not be read, by reason.",
    "time",
    ("code", "first_frame"),
    (
        _c("time", "TIMESTAMP", "time of the first occurrence, NULL when it has none"),
        _c("code", "VARCHAR", "stable identifier"),
        _c("what", "VARCHAR", "one sentence"),
        _c("count", "BIGINT", "occurrences"),
        _c("first_frame", "BIGINT", "first frame, NULL when it has none"),
    ),
)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        NETWORK_ACTIVITY, DNS_ACTIVITY, HTTP_ACTIVITY, TLS_ACTIVITY, SSH_ACTIVITY, DHCP_ACTIVITY,
        ARP_ACTIVITY, KERBEROS_ACTIVITY, AUTHENTICATION, HOST_IDENTITY, INGEST_WARNING,
    )
}  # fmt: skip
"""Every table by name."""
