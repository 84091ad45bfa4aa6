"""Names that logs use for what the tables call otherwise, and what values must look like."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Sequence

SYNONYMS: dict[str, dict[str, tuple[str, ...]]] = {
    "network_activity": {
        "start_time": ("start_time", "starttime", "start", "first_seen", "timestamp", "time", "ts",
                       "date", "datetime", "event_time", "@timestamp", "_time", "received",
                       "when", "zeit", "zeitpunkt", "datum", "heure", "horodatage"),
        "end_time": ("end_time", "endtime", "end", "last_seen", "stop"),
        "src_ip": ("src_ip", "source_ip", "src", "source", "saddr", "srcaddr", "src_addr",
                   "source_address", "client_ip", "client", "from", "orig_h", "sourceip", "sip",
                   "local_ip", "quelle", "quell_ip", "quelle_ip", "ip_source"),
        "dst_ip": ("dst_ip", "dest_ip", "destination_ip", "dst", "destination", "daddr", "dstaddr",
                   "dst_addr", "destination_address", "server_ip", "server", "to", "resp_h",
                   "destip", "dip", "remote_ip", "ziel", "ziel_ip", "ip_destination"),
        "src_port": ("src_port", "source_port", "sport", "srcport", "spt", "client_port", "orig_p",
                     "quellport"),
        "dst_port": ("dst_port", "dest_port", "destination_port", "dport", "dstport", "dpt",
                     "server_port", "resp_p", "zielport", "port", "service_port", "svc", "dienst"),
        "protocol": ("protocol", "proto", "ip_protocol", "transport", "l4_proto"),
        "service": ("service", "app", "application", "app_name", "l7_protocol"),
        "duration_s": ("duration_s", "duration", "elapsed", "duration_ms", "session_duration"),
        "ip_bytes_out": ("bytes_out", "sent_bytes", "sentbyte", "bytes_sent", "out_bytes",
                         "orig_bytes", "tx_bytes", "src_bytes", "bytes_toserver", "kb_out", "sent",
                         "upload", "tx", "gesendet", "envoyes"),
        "ip_bytes_in": ("bytes_in", "received_bytes", "rcvdbyte", "bytes_received", "in_bytes",
                        "resp_bytes", "rx_bytes", "dst_bytes", "bytes_toclient", "kb_in", "rcvd",
                        "recv", "got", "download", "rx", "empfangen", "recus"),
        "packets_out": ("packets_out", "sent_packets", "pkts_sent", "out_pkts", "orig_pkts"),
        "packets_in": ("packets_in", "received_packets", "pkts_received", "in_pkts", "resp_pkts"),
        "src_mac": ("src_mac", "source_mac", "smac"),
        "dst_mac": ("dst_mac", "destination_mac", "dmac"),
        "vlan": ("vlan", "vlan_id"),
    },
    "dns_activity": {
        "time": ("time", "timestamp", "ts", "date", "datetime", "@timestamp", "_time", "received",
                 "when", "zeit", "datum", "heure"),
        "src_ip": ("src_ip", "client_ip", "client", "source_ip", "src", "source", "requester"),
        "dst_ip": ("dst_ip", "server_ip", "resolver", "server", "destination_ip"),
        "query": ("query", "qname", "query_name", "question", "domain", "rrname", "dns_query",
                  "name"),
        "query_type": ("query_type", "qtype", "type", "rrtype", "record_type"),
        "rcode": ("rcode", "response_code", "status", "rcode_name"),
    },
    "http_activity": {
        "time": ("time", "timestamp", "ts", "date", "datetime", "@timestamp", "_time", "received",
                 "when", "zeit", "datum", "heure"),
        "src_ip": ("src_ip", "client_ip", "client", "source_ip", "src", "remote_addr", "c_ip"),
        "dst_ip": ("dst_ip", "server_ip", "destination_ip", "dst", "s_ip"),
        "dst_port": ("dst_port", "server_port", "port", "dport"),
        "method": ("method", "http_method", "request_method", "verb", "cs_method"),
        "host": ("host", "hostname", "http_host", "domain", "server_name", "cs_host"),
        "uri": ("uri", "url", "path", "request_uri", "uri_path", "cs_uri_stem"),
        "user_agent": ("user_agent", "useragent", "http_user_agent", "agent"),
        "referrer": ("referrer", "referer", "http_referer"),
        "status_code": ("status_code", "status", "http_status", "sc_status", "response_code"),
        "account": ("account", "user", "username", "cs_username"),
        "response_body_bytes": ("response_body_bytes", "bytes", "size", "bytes_out", "sc_bytes"),
    },
    "authentication": {
        "time": ("time", "timestamp", "ts", "date", "datetime", "@timestamp", "_time", "received",
                 "when", "zeit", "datum", "heure"),
        "src_ip": ("src_ip", "client_ip", "ip", "ip_address", "source_ip", "src", "remote_ip"),
        "dst_ip": ("dst_ip", "server_ip", "destination_ip", "host_ip"),
        "account": ("account", "user", "username", "user_name", "login", "account_name", "upn",
                    "benutzer", "utilisateur"),
        "outcome": ("outcome", "result", "status", "action", "success"),
        "domain": ("domain", "realm", "tenant"),
        "provider": ("provider", "service", "application", "app"),
    },
    "detection_finding": {
        "time": ("time", "timestamp", "ts", "date", "datetime", "@timestamp", "_time", "received",
                 "when", "zeit", "datum", "heure"),
        "src_ip": ("src_ip", "source_ip", "src", "source", "attacker", "client_ip"),
        "src_port": ("src_port", "source_port", "sport", "spt"),
        "dst_ip": ("dst_ip", "dest_ip", "destination_ip", "dst", "destination", "target", "victim"),
        "dst_port": ("dst_port", "dest_port", "destination_port", "dport", "dpt"),
        "protocol": ("protocol", "proto"),
        "rule_id": ("rule_id", "signature_id", "sid", "rule", "threat_id"),
        "title": ("title", "signature", "alert", "name", "threat", "rule_name", "message"),
        "category": ("category", "class", "classification", "type"),
        "severity": ("severity", "priority", "level", "risk"),
        "action": ("action", "disposition"),
        "account": ("account", "user", "username"),
    },
}  # fmt: skip
"""Table -> column -> names of fields in other logs, the most telling first."""

TELLING: dict[str, tuple[str, ...]] = {
    "network_activity": ("src_ip", "dst_ip"),
    "dns_activity": ("query",),
    "http_activity": ("uri", "host", "user_agent"),
    "authentication": ("account",),
    "detection_finding": ("title", "rule_id"),
}
"""Table -> columns one of which makes a row of it; an address and a time stand in every log."""

_METHODS = ("GET", "POST", "HEAD", "PUT", "CONNECT", "OPTIONS", "DELETE", "PATCH")
_PROTOCOLS = ("tcp", "udp", "icmp", "icmp6", "icmpv6", "gre", "esp", "sctp", "igmp", "6", "17", "1",
              "58", "47", "50")  # fmt: skip
_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})+\.?$", re.IGNORECASE)
_MAC = re.compile(r"[0-9a-f]{2}([:-][0-9a-f]{2}){5}$", re.IGNORECASE)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 5 and int(text) < 65_536


def _is_number(text: str) -> bool:
    return re.match(r"-?[0-9]{1,18}(\.[0-9]{1,18})?$", text) is not None


_LOOKS: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("_ip", _is_address),
    ("_port", _is_port),
    ("_mac", lambda text: _MAC.match(text) is not None),
    ("bytes", _is_number), ("packets", _is_number), ("duration_s", _is_number), ("vlan", _is_port),
    ("protocol", lambda text: text.lower() in _PROTOCOLS),
    ("query_type", lambda text: len(text) <= 10),
    ("query", lambda text: _NAME.match(text) is not None),
    ("method", lambda text: text.upper() in _METHODS),
    ("status_code", lambda text: text.isdigit() and len(text) == 3),
    ("uri", lambda text: text.startswith(("/", "http"))),
)  # fmt: skip


def fitting(column: str, values: Sequence[str]) -> float | None:
    """Share of values that look like what the column holds; ``None`` where nothing is known."""
    test = next((test for part, test in _LOOKS if part in column), None)
    said = [value.strip() for value in values if value.strip() not in ("", "-")]
    if test is None or not said:
        return None
    return sum(map(test, said)) / len(said)
