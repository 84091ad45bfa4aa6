"""The fields that are read, with their types."""

from __future__ import annotations

from functools import cache

import pyarrow as pa

from netcordon.ingest.text.json_lines import schema_of

_TEXT, _WHOLE, _FLAG = pa.string(), pa.int64(), pa.bool_()
_TEXTS = pa.list_(_TEXT)

_RECORD = pa.struct([("rrname", _TEXT), ("rrtype", _TEXT), ("ttl", _WHOLE), ("rdata", _TEXT)])
_QUERY = pa.struct([("rrname", _TEXT), ("rrtype", _TEXT)])
_INTERFACE = pa.struct([("uuid", _TEXT)])

_TEXTS_OF = {
    "": "timestamp event_type src_ip dest_ip proto app_proto direction host in_iface",
    "flow": "start end state reason src_ip dest_ip",
    "netflow": "start end",
    "tcp": "tcp_flags_ts tcp_flags_tc tcp_flags state",
    "dns": "type rrname rrtype rcode rdata flags",
    "http": "hostname url http_user_agent http_refer http_method protocol http_content_type "
    "redirect xff",
    "tls": "subject issuerdn sni version fingerprint notbefore notafter ja4 server_alpn",
    "quic": "version sni ua ja4",
    "smb": "dialect command status filename share disposition named_pipe share_type directory",
    "krb5": "msg_type cname realm sname encryption error_code ticket_encryption failed_request",
    "rdp": "event_type cookie protocol error_code",
    "dhcp": "type client_mac assigned_ip dhcp_type hostname client_ip requested_ip "
    "vendor_class_identifier next_server_ip",
    "ftp": "command command_data",
    "ftp_data": "filename command",
    "smtp": "helo mail_from",
    "email": "from subject status",
    "fileinfo": "filename magic state md5 sha256",
    "alert": "action signature category",
    "anomaly": "app_proto type event layer",
    "tftp": "packet file mode",
    "snmp": "community pdu_type usm",
    "sip": "method uri code user_agent request_line",
    "ike": "alg_enc alg_auth role",
    "dcerpc": "request response",
}
_WHOLES_OF = {
    "": "flow_id src_port dest_port icmp_type icmp_code parent_id",
    "flow": "pkts_toserver pkts_toclient bytes_toserver bytes_toclient age src_port dest_port",
    "netflow": "pkts bytes age min_ttl max_ttl",
    "dns": "id ttl opcode version tx_id",
    "http": "status length",
    "dhcp": "id lease_time",
    "fileinfo": "size",
    "alert": "gid signature_id rev severity",
    "anomaly": "code",
    "snmp": "version",
    "ike": "version_major",
    "stats": "uptime",
    "dcerpc": "call_id",
}
_OTHERS: dict[str, pa.DataType] = {
    "vlan": pa.list_(_WHOLE),
    "dns.rd": _FLAG, "dns.ra": _FLAG, "dns.aa": _FLAG, "dns.tc": _FLAG,
    "dns.answers": pa.list_(_RECORD), "dns.queries": pa.list_(_QUERY),
    "tls.session_resumed": _FLAG, "tls.subjectaltname": _TEXTS, "tls.client_alpns": _TEXTS,
    "tls.ja3.hash": _TEXT, "tls.ja3s.hash": _TEXT, "quic.ja3.hash": _TEXT,
    "ssh.client.proto_version": _TEXT, "ssh.client.software_version": _TEXT,
    "ssh.client.hassh.hash": _TEXT, "ssh.server.proto_version": _TEXT,
    "ssh.server.software_version": _TEXT, "ssh.server.hassh.hash": _TEXT,
    "smb.ntlmssp.user": _TEXT, "smb.ntlmssp.domain": _TEXT, "smb.ntlmssp.host": _TEXT,
    "smb.rename.from": _TEXT, "smb.rename.to": _TEXT,
    "dcerpc.interfaces": pa.list_(_INTERFACE), "dcerpc.req.opnum": _WHOLE,
    "rdp.client.client_name": _TEXT, "rdp.client.build": _TEXT,
    "rdp.client.keyboard_layout": _TEXT,
    "alert.metadata.signature_severity": _TEXTS, "alert.metadata.confidence": _TEXTS,
    "alert.metadata.mitre_technique_id": _TEXTS,
    "dhcp.routers": _TEXTS, "dhcp.dns_servers": _TEXTS,
    "ftp.completion_code": _TEXTS, "ftp.reply": _TEXTS,
    "smtp.rcpt_to": _TEXTS, "fileinfo.gaps": _FLAG,
    "mqtt.connect.client_id": _TEXT, "mqtt.connect.username": _TEXT,
    "mqtt.publish.topic": _TEXT,
    "ether.src_mac": _TEXT, "ether.dest_mac": _TEXT,
    "stats.capture.kernel_packets": _WHOLE, "stats.capture.kernel_drops": _WHOLE,
    "stats.decoder.pkts": _WHOLE, "stats.decoder.invalid": _WHOLE,
    "stats.tcp.segment_memcap_drop": _WHOLE, "stats.tcp.ssn_memcap_drop": _WHOLE,
    "stats.tcp.reassembly_gap": _WHOLE, "stats.tcp.memuse": _WHOLE,
    "stats.flow.memcap": _WHOLE, "stats.flow.emerg_mode_entered": _WHOLE,
    "stats.detect.alert_queue_overflow": _WHOLE, "stats.detect.alerts_suppressed": _WHOLE,
}  # fmt: skip


def _types() -> dict[str, pa.DataType]:
    found: dict[str, pa.DataType] = {}
    for groups, type_ in ((_TEXTS_OF, _TEXT), (_WHOLES_OF, _WHOLE)):
        for group, names in groups.items():
            for name in names.split():
                found[f"{group}.{name}" if group else name] = type_
    return {**found, **_OTHERS}


_ALL = _types()
_BESIDE = {
    "flow": "tcp ether", "netflow": "tcp", "alert": "flow tls http dns fileinfo",
    "fileinfo": "http", "smtp": "email", "tftp": "", "ikev2": "ike",
}  # fmt: skip
"""Event type -> structures that matter in it beside the one of its own name."""


@cache
def schema(kind: str) -> pa.Schema:
    """The fields of one type of event; ``Columns`` reads members of structures by dotted names."""
    groups = {kind, *_BESIDE.get(kind, "").split()}
    return schema_of(
        {path: type_ for path, type_ in _ALL.items() if _group(path) in groups or "." not in path}
    )


def _group(path: str) -> str:
    return path.partition(".")[0]
