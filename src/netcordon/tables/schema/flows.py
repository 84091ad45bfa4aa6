"""Flows, and packets when they are asked for."""

from __future__ import annotations

from netcordon.tables.schema.columns import ADDRESS, Table, both, column

NETWORK_ACTIVITY = Table(
    "network_activity",
    "Flows. Each IP packet, of any protocol, counts in exactly one outer row.",
    "start_time",
    ("src_ip_hi", "src_ip_lo", "dst_ip_hi", "dst_ip_lo", "dst_port", "start_time", "first_frame"),
    (
        column(
            "uid", "VARCHAR", "id of the flow, derived from its ends, first time and first frame"
        ),
        column("start_time", "TIMESTAMP", "time of the first packet"),
        column("end_time", "TIMESTAMP", "time of the last packet"),
        column("duration_s", "DOUBLE", "end minus start, seconds"),
        column("src_ip", ADDRESS, "initiator"),
        column(
            "src_port", "INTEGER", "TCP/UDP port; ICMP type; 0 otherwise and for later fragments"
        ),
        column("dst_ip", ADDRESS, "responder"),
        column(
            "dst_port", "INTEGER", "TCP/UDP port; ICMP code; 0 otherwise and for later fragments"
        ),
        column(
            "protocol", "VARCHAR", "tcp, udp, icmp, icmp6, gre, esp, ..., or the number as text"
        ),
        column("service", "VARCHAR", "application protocol identified in the payload, or NULL"),
        column("conn_state", "VARCHAR", "Zeek's conn_state (SF, S0, REJ, ...)"),
        column("history", "VARCHAR", "Zeek's history letters"),
        *both("packets", "BIGINT", "packets"),
        *both(
            "payload_bytes",
            "BIGINT",
            "transport payload as seen on the wire (not by sequence number)",
        ),
        *both("ip_bytes", "BIGINT", "IP total length"),
        *both("wire_bytes", "BIGINT", "frame length on the wire"),
        *both("missed_bytes", "BIGINT", "TCP bytes the sequence numbers prove missing"),
        *both("ttl_min", "INTEGER", "lowest TTL or hop limit; NULL without packets"),
        *both("ttl_max", "INTEGER", "highest TTL or hop limit; NULL without packets"),
        *both(
            "ip_id_pattern",
            "VARCHAR",
            "IPv4 identification: zero, constant, incremental, random; NULL below 4 packets or IPv6",
        ),
        *both(
            "tcp_flags", "INTEGER", "TCP flags seen, OR-ed (CWR 128 ... FIN 1); NULL when not TCP"
        ),
        *both("window", "INTEGER", "TCP window of the first packet; NULL when not TCP"),
        *both(
            "tcp_options",
            "VARCHAR",
            "options of the SYN in order, e.g. mss=1460,sok,ts,nop,ws=7; NULL without a SYN",
        ),
        column("src_mac", "VARCHAR", "Ethernet source of the initiator's first packet"),
        column("dst_mac", "VARCHAR", "Ethernet destination of the initiator's first packet"),
        column("vlan", "INTEGER", "outer VLAN id, or NULL"),
        column("is_fragment", "BOOLEAN", "row of later IP fragments, which carry no ports"),
        column(
            "tunnel_parent", "VARCHAR", "uid of the outer flow when this one was inside a tunnel"
        ),
        column("first_frame", "BIGINT", "frame of the first packet, or line of a log"),
        column("last_frame", "BIGINT", "frame of the last packet; NULL in rows from a log"),
        column("bursts", "BIGINT", "bursts: new payload after at least 1 s without any"),
        *both("bursts_begun", "BIGINT", "bursts whose first payload was of this direction"),
        column(
            "burst_span_s",
            "DOUBLE",
            "begin of the first burst to begin of the last, seconds; NULL below two",
        ),
        column(
            "burst_gaps_ms",
            "INTEGER[]",
            "begin of a burst to begin of the next, a sample of at most 32; NULL below two bursts",
        ),
        *both("burst_bytes", "INTEGER[]", "payload in those bursts, each at most 65535"),
        column(
            "exporter",
            "VARCHAR",
            "device that reported the flow (NetFlow, IPFIX, sFlow, a cloud), with #domain; NULL "
            "where packets or a sensor's log show it",
        ),
        column(
            "sampling_interval",
            "INTEGER",
            "one of so many packets was counted, counters are as reported; NULL where not said",
        ),
        column("flow_records", "BIGINT", "records of the exporter joined in this row, or NULL"),
    ),
)

PACKET = Table(
    "packet",
    "Header rows of single packets; filled on demand, for a slice of a capture.",
    "time",
    ("frame",),
    (
        column("time", "TIMESTAMP", "time of the frame"),
        column("time_ns", "BIGINT", "ns since 1970 UTC, as exact as the capture"),
        column("frame", "BIGINT", "number of the frame"),
        column("uid", "VARCHAR", "flow it counts in, or NULL"),
        column("src_ip", ADDRESS, "sender"),
        column("src_port", "INTEGER", "port of the sender; ICMP type"),
        column("dst_ip", ADDRESS, "receiver"),
        column("dst_port", "INTEGER", "port of the receiver; ICMP code"),
        column(
            "protocol", "VARCHAR", "tcp, udp, icmp, icmp6, gre, esp, ..., or the number as text"
        ),
        column("wire_bytes", "BIGINT", "length of the frame on the wire"),
        column("captured_bytes", "BIGINT", "what the capture holds of it"),
        column("payload_bytes", "BIGINT", "transport payload on the wire"),
        column("ttl", "INTEGER", "TTL or hop limit"),
        column("ip_id", "INTEGER", "IPv4 identification, NULL for IPv6"),
        column("tcp_flags", "INTEGER", "TCP flags, or NULL"),
        column("tcp_seq", "BIGINT", "sequence number as sent, or NULL"),
        column("tcp_ack", "BIGINT", "acknowledgment number as sent, or NULL"),
        column("window", "INTEGER", "TCP window, or NULL"),
        column("src_mac", "VARCHAR", "Ethernet source"),
        column("dst_mac", "VARCHAR", "Ethernet destination"),
        column("vlan", "INTEGER", "outer VLAN id, or NULL"),
        column("not_decoded", "VARCHAR", "reason why the frame holds no decoded packet, or NULL"),
    ),
)
