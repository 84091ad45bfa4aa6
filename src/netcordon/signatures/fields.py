"""What a column of the tables is called by Suricata and by Sigma."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Field:
    """A column in other words.

    Attributes:
        buffer: sticky buffer of Suricata 7; empty where it has none, or says it otherwise.
        sigma: field of Sigma's log source; empty where it has none.
        is_name: letters of either case are the same.
    """

    buffer: str = ""
    sigma: str = ""
    is_name: bool = False


@dataclass(frozen=True, kw_only=True)
class Source:
    """A table in other words.

    Attributes:
        protocol: of Suricata's rules; ``logsource``: of Sigma.
        fields: column -> what it is called.
    """

    protocol: str
    logsource: Mapping[str, str]
    fields: Mapping[str, Field]


SOURCES: Mapping[str, Source] = {
    "tls_activity": Source(
        protocol="tls",
        logsource={"product": "zeek", "service": "ssl"},
        fields={
            "ja4": Field(buffer="ja4.hash", sigma="ja4"),
            "ja3": Field(buffer="ja3.hash", sigma="ja3"),
            "server_name": Field(buffer="tls.sni", sigma="server_name", is_name=True),
            "certificate_subject": Field(buffer="tls.cert_subject", sigma="subject"),
            "certificate_issuer": Field(buffer="tls.cert_issuer", sigma="issuer"),
            "dst_ip": Field(sigma="id.resp_h"),
        },
    ),
    "http_activity": Source(
        protocol="http",
        logsource={"category": "proxy"},
        fields={
            "user_agent": Field(buffer="http.user_agent", sigma="c-useragent"),
            "method": Field(buffer="http.method", sigma="cs-method"),
            "host": Field(buffer="http.host", sigma="cs-host", is_name=True),
            "uri": Field(buffer="http.uri.raw", sigma="c-uri"),
        },
    ),
    "dns_activity": Source(
        protocol="dns",
        logsource={"category": "dns"},
        fields={"query": Field(buffer="dns.query", sigma="query", is_name=True)},
    ),
    "ssh_activity": Source(
        protocol="ssh",
        logsource={"product": "zeek", "service": "ssh"},
        fields={"client_banner": Field(buffer="ssh.software", sigma="client")},
    ),
    "smb_activity": Source(
        protocol="smb",
        logsource={"product": "zeek", "service": "smb_files"},
        fields={"path": Field(sigma="name", is_name=True)},
    ),
    "dcerpc_activity": Source(
        protocol="tcp",
        logsource={"product": "zeek", "service": "dce_rpc"},
        fields={
            "interface_uuid": Field(),
            "operation_number": Field(),
            "interface": Field(sigma="endpoint"),
            "operation": Field(sigma="operation"),
        },
    ),
    "network_activity": Source(
        protocol="tcp",
        logsource={"category": "firewall"},
        fields={
            "dst_ip": Field(sigma="dst_ip"),
            "dst_port": Field(sigma="dst_port"),
            "protocol": Field(sigma="proto"),
        },
    ),
}
"""Table -> what it is called elsewhere."""
