"""Who an address is: DNS, DHCP, ARP, and what hosts say of themselves."""

from __future__ import annotations

from netcordon.tables.schema.columns import ENDS, Table, column

DNS_ACTIVITY = Table(
    "dns_activity",
    "One row a DNS message (DNS, mDNS, LLMNR, NBNS). src is the one who asks, also in answers.",
    "time",
    ("src_ip_hi", "src_ip_lo", "time", "frame"),
    (
        column("time", "TIMESTAMP", "time of the message"),
        column("frame", "BIGINT", "frame it ends in"),
        *ENDS,
        column("protocol", "VARCHAR", "udp or tcp"),
        column("service", "VARCHAR", "dns, mdns, llmnr or nbns"),
        column("transaction_id", "BIGINT", "id of the message"),
        column("is_response", "BOOLEAN", "QR bit"),
        column("opcode", "INTEGER", "OPCODE"),
        column("rcode", "VARCHAR", "NOERROR, NXDOMAIN, ... in answers; NULL in questions"),
        column(
            "query",
            "VARCHAR",
            "name of the first question in presentation form (RFC 4343 escapes), no final dot; root is '.'",
        ),
        column("query_type", "VARCHAR", "A, AAAA, TXT, ... or TYPE123"),
        column("query_bytes", "INTEGER", "octets of the name on the wire"),
        column("aa", "BOOLEAN", "authoritative answer"),
        column("tc", "BOOLEAN", "truncated"),
        column("rd", "BOOLEAN", "recursion desired"),
        column("ra", "BOOLEAN", "recursion available"),
        column("answers", "VARCHAR[]", "data of the answer records as text, in order, at most 32"),
        column("answer_types", "VARCHAR[]", "their types"),
        column("answer_ttls", "BIGINT[]", "their times to live, seconds"),
        column("answer_count", "INTEGER", "ANCOUNT"),
        column("answer_bytes", "INTEGER", "octets of answer data"),
        column("message_bytes", "INTEGER", "octets of the message"),
    ),
)

DHCP_ACTIVITY = Table(
    "dhcp_activity",
    "One row a DHCPv4 message.",
    "time",
    ("time", "frame"),
    (
        column("time", "TIMESTAMP", "time of the message"),
        column("frame", "BIGINT", "frame of the message"),
        *ENDS,
        column("message_type", "VARCHAR", "DISCOVER, OFFER, REQUEST, ACK, NAK, ..."),
        column("transaction_id", "BIGINT", "xid"),
        column("client_mac", "VARCHAR", "hardware address of the client"),
        column(
            "assigned_ip",
            "VARCHAR",
            "address given (yiaddr) or asked for (option 50) or in use (ciaddr)",
        ),
        column("server_ip", "VARCHAR", "server identifier (option 54), else siaddr"),
        column("host_name", "VARCHAR", "option 12"),
        column("fqdn", "VARCHAR", "option 81"),
        column("vendor_class", "VARCHAR", "option 60"),
        column("routers", "VARCHAR[]", "option 3"),
        column("dns_servers", "VARCHAR[]", "option 6"),
        column("domain", "VARCHAR", "option 15"),
        column("lease_s", "BIGINT", "option 51, seconds"),
    ),
)

ARP_ACTIVITY = Table(
    "arp_activity",
    "One row an ARP packet for IPv4.",
    "time",
    ("time", "frame"),
    (
        column("time", "TIMESTAMP", "time of the packet"),
        column("frame", "BIGINT", "its frame"),
        column("operation", "VARCHAR", "request, reply or the number"),
        column("src_mac", "VARCHAR", "Ethernet source, which may differ from the sender claimed"),
        column("dst_mac", "VARCHAR", "Ethernet destination"),
        column("sender_mac", "VARCHAR", "sender hardware address"),
        column("sender_ip", "VARCHAR", "sender protocol address"),
        column("target_mac", "VARCHAR", "target hardware address"),
        column("target_ip", "VARCHAR", "target protocol address"),
    ),
)

HOST_IDENTITY = Table(
    "host_identity",
    "What an address said (or was told) about itself: one row per address, fact set and source.",
    "first_seen_time",
    ("ip", "source", "first_seen_time", "first_frame"),
    (
        column("ip", "VARCHAR", "address; NULL while only the MAC is known"),
        column("mac", "VARCHAR", "Ethernet address"),
        column("host_name", "VARCHAR", "host name without domain where it can be told apart"),
        column("user", "VARCHAR", "account seen on the host"),
        column("domain", "VARCHAR", "domain of host or account"),
        column("os_hint", "VARCHAR", "operating system as the host announces it"),
        column("source", "VARCHAR", "dhcp, nbns, mdns, llmnr, ntlm, smb, kerberos, arp"),
        column("first_seen_time", "TIMESTAMP", "first time it was said"),
        column("last_seen_time", "TIMESTAMP", "last time it was said"),
        column("count", "BIGINT", "how often"),
        column("first_frame", "BIGINT", "frame of the first time"),
    ),
)
