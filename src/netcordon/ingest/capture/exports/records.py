"""What the kernels make of exported records: a flow record, a set of a datagram, its header."""

from __future__ import annotations

import numpy as np

UNKNOWN = -1
"""A counter, a set of flags or a time that the record does not hold."""
NO_MAC = np.uint64(1 << 63)

EXPORTED = np.dtype(
    [
        ("src_hi", np.uint64),
        ("src_lo", np.uint64),
        ("dst_hi", np.uint64),
        ("dst_lo", np.uint64),
        ("start_us", np.int64),  # of the flow, since 1970 UTC
        ("end_us", np.int64),
        ("start_out_us", np.int64),  # of its packets from src to dst, UNKNOWN without any
        ("start_in_us", np.int64),
        ("packets_out", np.int64),  # src to dst, UNKNOWN where not counted
        ("packets_in", np.int64),
        ("octets_out", np.int64),  # of IP packets
        ("octets_in", np.int64),
        ("frame", np.int64),  # of the datagram, or number of the record, 1-based
        ("src_mac", np.uint64),
        ("dst_mac", np.uint64),
        ("src_port", np.int32),  # ICMP type
        ("dst_port", np.int32),  # ICMP code
        ("vlan", np.int32),
        ("flags_out", np.int32),  # TCP flags, or-ed
        ("flags_in", np.int32),
        ("sampling", np.int32),  # one of so many packets was counted, 0 where not said
        ("sampler", np.int32),  # id that options resolve to a rate, UNKNOWN without
        ("exporter", np.int32),  # index into the reader's list
        ("records", np.int32),  # that are joined here
        ("protocol", np.uint8),
        ("begun_by", np.uint8),  # BY_...
        ("outcome", np.uint8),  # PASSED and so on, 0 where not said
        ("meter", np.uint8),  # 0 where the packets entered the device, 1 where they left it
    ],
    align=True,
)
"""One record, or several that show pieces and halves of one flow."""

BY_UNKNOWN, BY_SRC, BY_DST = 0, 1, 2
"""Who began the flow, where the record says it."""
PASSED, DROPPED, UNANSWERED, ESTABLISHED, RESET, ENDED = range(1, 7)
"""What became of the flow, where the record says it; the last four in place of TCP flags."""

HEAD = np.dtype(
    [
        ("event", np.int32),  # index of the datagram
        ("version", np.int32),  # 5, 7, 9 or 10; 0 where it is none
        ("domain", np.int64),  # source id, observation domain, engine
        ("export_us", np.int64),
        ("uptime_ms", np.int64),  # UNKNOWN for IPFIX
        ("sequence", np.int64),
        ("count", np.int32),  # records, as the header says; UNKNOWN for IPFIX
        ("sampling", np.int32),
        ("is_sound", np.uint8),  # its sets fill it
    ],
    align=True,
)
"""The header of a datagram."""

SET = np.dtype(
    [
        ("head", np.int32),  # index of its datagram's header
        ("id", np.int32),  # 0 to 3 for templates, above 255 for data, BUILT_IN for version 5 and 7
        ("offset", np.int64),  # of its content
        ("length", np.int32),  # of its content
        ("plan", np.int32),  # by which it is read, UNKNOWN as long as there is no template
    ],
    align=True,
)
"""A set of records (RFC 3954: FlowSet)."""

FIELD = np.dtype([("meaning", np.int32), ("length", np.int32)], align=True)
"""A field of a record: what it is read into, and its octets or ``VARIABLE``."""
VARIABLE = 65535

PLAN = np.dtype(
    [
        ("first", np.int32),  # of its fields
        ("stop", np.int32),
        ("size", np.int32),  # octets of a record; the least, where fields vary
        ("is_variable", np.uint8),
        ("is_flow", np.uint8),  # it holds both ends
    ],
    align=True,
)
"""How records of a template are read."""

BUILT_IN_5, BUILT_IN_7 = -5, -7
"""In the place of a set's id, where the version and not a template says what the records hold."""


def new_flows(count: int) -> np.ndarray:
    """Records that say nothing yet."""
    flows = np.zeros(count, dtype=EXPORTED)
    for name in (
        "start_us", "end_us", "start_out_us", "start_in_us", "packets_out", "packets_in",
        "octets_out", "octets_in", "src_port", "dst_port", "vlan", "flags_out", "flags_in",
        "sampler",
    ):  # fmt: skip
        flows[name] = UNKNOWN
    flows["src_mac"] = flows["dst_mac"] = NO_MAC
    flows["records"] = 1
    return flows


def copied(flows: np.ndarray) -> np.ndarray:
    """A copy of ``EXPORTED`` records that stand side by side.

    NumPy copies records field by field, which takes twenty times as long as their octets do.
    """
    return flows.view(np.uint64).copy().view(EXPORTED)


def together(parts: list[np.ndarray]) -> np.ndarray:
    """Several arrays of ``EXPORTED`` records as one."""
    if len(parts) == 1:
        return parts[0]
    words = [np.ascontiguousarray(part).view(np.uint64) for part in parts]
    return np.concatenate([np.empty(0, dtype=np.uint64), *words]).view(EXPORTED)
