"""The fields of each log, and which log a set of fields belongs to."""

from __future__ import annotations

from collections.abc import Collection

_ENDS = "id.orig_h id.orig_p id.resp_h id.resp_p uid"

LOGS: dict[str, str] = {
    "conn": f"{_ENDS} proto service duration orig_bytes resp_bytes conn_state history missed_bytes "
    "orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes tunnel_parents orig_l2_addr resp_l2_addr vlan",
    "dns": f"{_ENDS} proto trans_id rtt query qclass_name qtype qtype_name rcode rcode_name AA TC "
    "RD RA answers TTLs rejected opcode",
    "http": f"{_ENDS} method host uri referrer version user_agent request_body_len status_code "
    "response_body_len username proxied resp_filenames resp_mime_types orig_mime_types trans_depth "
    "orig_fuids resp_fuids",
    "ssl": f"{_ENDS} version cipher server_name resumed established subject issuer "
    "client_subject validation_status ja3 ja3s ja4 cert_chain_fuids cert_chain_fps curve",
    "quic": f"{_ENDS} version server_name history client_protocol",
    "x509": "id fuid fingerprint certificate.subject certificate.issuer "
    "certificate.not_valid_before certificate.not_valid_after certificate.serial san.dns host_cert",
    "files": f"{_ENDS} fuid tx_hosts rx_hosts conn_uids source mime_type filename is_orig "
    "seen_bytes total_bytes missing_bytes sha256 timedout",
    "ssh": f"{_ENDS} version auth_success auth_attempts client server hassh hasshServer direction",
    "smb_files": f"{_ENDS} fuid action path name prev_name size",
    "smb_mapping": f"{_ENDS} path service native_file_system share_type",
    "dce_rpc": f"{_ENDS} rtt named_pipe endpoint operation",
    "kerberos": f"{_ENDS} request_type client service success error_msg cipher forwardable till",
    "ntlm": f"{_ENDS} username hostname domainname server_nb_computer_name "
    "server_dns_computer_name success status",
    "rdp": f"{_ENDS} cookie result security_protocol client_channels keyboard_layout client_build "
    "client_name",
    "dhcp": f"{_ENDS} mac client_addr server_addr assigned_addr requested_addr assigned_ip "
    "host_name client_fqdn domain lease_time msg_types trans_id uids client_software",
    "ftp": f"{_ENDS} user command arg mime_type file_size reply_code reply_msg fuid",
    "smtp": f"{_ENDS} helo mailfrom rcptto from to subject last_reply user_agent first_received "
    "tls path",
    "snmp": f"{_ENDS} version community get_requests set_requests display_string",
    "sip": f"{_ENDS} method uri request_from request_to call_id user_agent status_code status_msg "
    "seq",
    "radius": f"{_ENDS} username mac framed_addr remote_ip connect_info reply_msg result ttl",
    "socks": f"{_ENDS} version user status request.host request.name request_p bound_p",
    "irc": f"{_ENDS} nick user command value addl",
    "ldap": f"{_ENDS} message_id version opcode object argument result diagnostic_message",
    "ldap_search": f"{_ENDS} message_id scope base_object filter result result_count",
    "mysql": f"{_ENDS} cmd arg success rows response",
    "modbus": f"{_ENDS} func exception tid unit",
    "mqtt_connect": f"{_ENDS} proto_name proto_version client_id connect_status will_topic",
    "syslog": f"{_ENDS} proto facility severity message",
    "tunnel": f"{_ENDS} tunnel_type action",
    "analyzer": f"{_ENDS} cause analyzer_kind analyzer_name failure_reason",
    "dpd": f"{_ENDS} proto analyzer failure_reason",
    "known_hosts": "host",
    "known_services": "host port_num port_proto service",
    "known_certs": "host port_num subject issuer_subject serial",
    "known_devices": "host mac dhcp_host_name",
    "software": "host host_p software_type name unparsed_version",
    "weird": f"{_ENDS} name addl notice peer source",
    "notice": f"{_ENDS} fuid proto note msg sub src dst p n peer_descr actions",
    "intel": f"{_ENDS} seen.indicator seen.indicator_type seen.where seen.node matched sources",
    "signatures": "uid src_addr src_port dst_addr dst_port note sig_id event_msg sub_msg sig_count",
    "pe": "id machine compile_ts os subsystem is_exe is_64bit section_names",
    "arp": "operation src_mac dst_mac orig_h resp_h orig_hw resp_hw",
    "capture_loss": "ts_delta peer gaps acks percent_lost",
    "stats": "peer mem pkts_proc bytes_recv pkts_dropped pkts_link pkt_lag active_tcp_conns",
    "reporter": "level message location",
}
"""Log -> the fields of it that are read, beside ``ts``."""

_TELLING: tuple[tuple[str, frozenset[str]], ...] = tuple(
    (log, frozenset(fields.split()))
    for log, fields in (
        ("conn", "conn_state"), ("conn", "orig_pkts resp_pkts"), ("dns", "query qtype_name"),
        ("dns", "query rcode"), ("dns", "trans_id qtype"), ("dns", "trans_id proto rtt"),
        ("http", "trans_depth uri"), ("http", "trans_depth method"),
        ("http", "trans_depth status_code"), ("smtp", "trans_depth helo"),
        ("smtp", "trans_depth mailfrom"), ("sip", "trans_depth request_from"),
        ("sip", "call_id"), ("x509", "certificate.subject"), ("x509", "certificate.serial"),
        ("ssl", "cipher curve"), ("ssl", "established version"), ("ssl", "established resumed"),
        ("quic", "client_scid"), ("smb_files", "action name"),
        ("smb_mapping", "share_type"), ("dce_rpc", "endpoint operation"),
        ("dce_rpc", "named_pipe operation"), ("ntlm", "username hostname"),
        ("ntlm", "server_nb_computer_name"), ("kerberos", "request_type"),
        ("files", "fuid source"), ("ssh", "client auth_attempts"), ("ssh", "client version server"),
        ("ssh", "auth_success"), ("rdp", "cookie security_protocol"), ("rdp", "security_protocol"),
        ("dhcp", "msg_types"), ("dhcp", "assigned_ip"), ("ftp", "command reply_code"),
        ("notice", "note msg"), ("notice", "note actions"), ("intel", "seen.indicator"),
        ("signatures", "sig_id"), ("weird", "name notice"), ("software", "software_type"),
        ("known_services", "port_num port_proto"), ("known_certs", "issuer_subject port_num"),
        ("tunnel", "tunnel_type"), ("snmp", "community"), ("radius", "username result"),
        ("pe", "machine is_exe"), ("capture_loss", "percent_lost"), ("stats", "pkts_proc"),
        ("reporter", "level message"), ("arp", "operation orig_h resp_h"),
        ("analyzer", "analyzer_kind"), ("dpd", "analyzer failure_reason"),
        ("syslog", "facility severity message"), ("mysql", "cmd success"),
        ("socks", "request.host bound_p"), ("ldap_search", "base_object scope"),
    )
)  # fmt: skip
"""Fields that only one log has; of several that fit, the first."""


def dotted(name: str) -> str:
    """A field's own name where an exporter wrote ``id_orig_h`` for ``id.orig_h``."""
    for prefix in ("id_orig_", "id_resp_"):
        if name.startswith(prefix):
            return name.replace("id_", "id.", 1)
    for group in ("certificate", "seen", "san", "request"):
        if name.startswith(f"{group}_") and name.replace("_", ".", 1) in _DOTTED:
            return name.replace("_", ".", 1)
    return name


_DOTTED = frozenset(name for fields in LOGS.values() for name in fields.split() if "." in name)


def log_of(fields: Collection[str]) -> str | None:
    """Which log has these fields, or ``None`` where they do not tell."""
    known = {dotted(name) for name in fields}
    for log, telling in _TELLING:
        if telling <= known:
            return log
    return None
