"""Types of the fields that are read."""

from __future__ import annotations

import pyarrow as pa

from netcordon.ingest.zeek.telling import LOGS

_TEXT, _WHOLE, _NUMBER, _FLAG = pa.string(), pa.int64(), pa.float64(), pa.bool_()
_TEXTS = pa.list_(pa.string())
_NUMBERS = pa.list_(pa.float64())

_BY_TYPE: tuple[tuple[pa.DataType, str], ...] = (
    (
        _WHOLE,
        "id.orig_p id.resp_p orig_bytes resp_bytes missed_bytes orig_pkts orig_ip_bytes resp_pkts "
        "resp_ip_bytes vlan trans_id qtype rcode opcode request_body_len status_code trans_depth "
        "response_body_len seen_bytes total_bytes missing_bytes auth_attempts size p n file_size "
        "host_p port_num gaps acks pkts_proc bytes_recv pkts_dropped pkts_link mem message_id "
        "active_tcp_conns src_port dst_port sig_count result_count rows",
    ),
    (_NUMBER, "duration rtt lease_time percent_lost ts_delta pkt_lag"),
    (
        _FLAG,
        "AA TC RD RA rejected resumed established is_orig timedout auth_success success notice "
        "forwardable host_cert is_exe is_64bit tls",
    ),
    (
        _TEXTS,
        "tunnel_parents answers proxied resp_filenames resp_mime_types orig_mime_types to rcptto "
        "orig_fuids resp_fuids cert_chain_fuids cert_chain_fps san.dns tx_hosts rx_hosts conn_uids "
        "client_channels msg_types uids matched sources actions section_names",
    ),
    (_NUMBERS, "TTLs"),
)
_TIMES = frozenset(("ts", "certificate.not_valid_before", "certificate.not_valid_after"))
_TYPES = {name: type_ for type_, names in _BY_TYPE for name in names.split()}
"""Fields that are no plain texts."""


def schema(log: str, *, has_iso_times: bool) -> pa.Schema:
    """The fields of a log in JSON, under both spellings where there are two.

    Args:
        log: one of ``LOGS``.
        has_iso_times: times are written as texts, not as seconds.
    """
    time = _TEXT if has_iso_times else _NUMBER
    types = {"ts": time}
    for name in LOGS[log].split():
        type_ = time if name in _TIMES else _TYPES.get(name, _TEXT)
        if log == "smtp" and name == "path":
            type_ = _TEXTS
        if log == "ssh" and name == "version":
            type_ = _WHOLE
        types[name] = type_
        if "." in name:
            types[name.replace(".", "_", 1)] = type_
    return pa.schema(list(types.items()))
