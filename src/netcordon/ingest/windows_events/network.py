"""Connections (Sysmon 3, Security 5156 and 5157) and lookups (Sysmon 22)."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from netcordon.ingest.text.addresses import canonical
from netcordon.ingest.text.rows import Rows
from netcordon.ingest.text.shaping import constant, port, words
from netcordon.ingest.windows_events.event import SECURITY, SYSMON, Events, end, of

_PROTOCOLS = {"1": "icmp", "6": "tcp", "17": "udp", "58": "icmp6", "47": "gre", "50": "esp"}
_RCODES = {"0": "NOERROR", "9001": "FORMERR", "9002": "SERVFAIL", "9003": "NXDOMAIN",
           "9004": "NOTIMP", "9005": "REFUSED"}  # fmt: skip
"""DNS errors of Windows (winerror.h) -> response codes."""


def is_connection(events: Events) -> pa.Array:
    """Which of them are connections with two addresses."""
    named = pc.or_(of(events, SYSMON, 3), of(events, SECURITY, 5156, 5157))
    ends = [
        events.address("SourceIp", "SourceAddress")["ip"],
        events.address("DestinationIp", "DestAddress")["ip"],
    ]
    return pc.and_(named, pc.and_(pc.is_valid(ends[0]), pc.is_valid(ends[1])))


def connection(events: Events) -> Rows:
    """A connection that was allowed or refused; nothing is said of what it carried.

    The source is who began it, in both logs.
    """
    time = events.sysmon_time()
    protocol = words(pc.utf8_lower(events.text("Protocol")), _PROTOCOLS)
    return events.rows(
        "network_activity",
        {
            "start_time": time,
            "end_time": time,
            **end(events, "src", "SourceIp", "SourceAddress"),
            "src_port": port(events.whole("SourcePort")),
            **end(events, "dst", "DestinationIp", "DestAddress"),
            "dst_port": port(events.whole("DestinationPort", "DestPort")),
            "protocol": protocol,
        },
    )


def is_lookup(events: Events) -> pa.Array:
    """Which of them are lookups."""
    return pc.and_(of(events, SYSMON, 22), pc.is_valid(events.text("QueryName")))


def lookup(events: Events) -> Rows:
    """A name that a program of this computer looked up, with what it got.

    Results stand between semicolons; records other than addresses are ``type:  5 name``.
    """
    results = pc.replace_substring_regex(events.text("QueryResults"), r"type: +[0-9]+ +", "")
    parts = pc.split_pattern(pc.utf8_rtrim(results, ";"), ";", max_splits=64)
    answers = pa.ListArray.from_arrays(parts.offsets, _plain(parts.values), mask=parts.is_null())
    name = events.text("QueryName")
    return events.rows(
        "dns_activity",
        {
            "time": events.sysmon_time(),
            "service": constant("dns", len(events)),
            "is_response": pc.is_valid(events.text("QueryStatus")),
            "query": pc.utf8_rtrim(name, "."),
            "query_bytes": pc.add(pc.binary_length(name), 2),
            "rcode": words(events.text("QueryStatus"), _RCODES, keep=False),
            "answers": answers,
            "answer_count": pc.list_value_length(answers),
        },
    )


def _plain(texts: pa.Array) -> pa.Array:
    """Addresses in canonical form, other answers as they are."""
    return pc.coalesce(canonical(texts), texts)
