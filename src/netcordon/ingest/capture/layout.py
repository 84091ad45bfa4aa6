"""Records that the kernels pass on: a packet's headers, a flow, one direction of a flow.

Addresses are two 64-bit halves; times are nanoseconds since 1970 UTC; offsets count from the start
of the block that the kernel was handed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Octets = NDArray[np.uint8]
Records = NDArray[Any]
"""Array of one of the record types below."""
Record = Any
"""One element of such an array (a kernel sees a reference, not a copy)."""

PACKET = np.dtype(
    [
        # from the container
        ("offset", np.int32),  # of the frame
        ("end", np.int32),  # behind the last captured byte
        ("wire_length", np.int64),  # of the frame on the wire
        ("time_ns", np.int64),
        ("link_type", np.int32),
        ("record", np.int32),  # offset of the container's record
        ("interface", np.int32),  # of the pcapng section, 0 otherwise
        # from the link layer
        ("verdict", np.int32),  # see verdicts.py
        ("network", np.int32),  # offset of the network layer
        ("fragment_at", np.int32),  # of the header that makes it a fragment, -1 when it is none
        ("src_mac", np.uint64),
        ("dst_mac", np.uint64),
        ("vlan", np.int32),  # outermost id, -1 without
        # from the network layer
        ("ip_version", np.uint8),
        ("protocol", np.uint8),
        ("ttl", np.uint8),
        ("is_later_fragment", np.uint8),
        ("src_hi", np.uint64),
        ("src_lo", np.uint64),
        ("dst_hi", np.uint64),
        ("dst_lo", np.uint64),
        ("tunnel", np.uint64),  # identifies the tunnel within a capture, 0 outside of any
        ("ip_id", np.int32),  # -1 for IPv6
        ("header_checksum", np.uint8),  # CHECKSUM_...
        (
            "is_reply",
            np.uint8,
        ),  # ICMP reply: ends are those of the request, sender is the responder
        ("relation", np.uint8),  # to the packet before it in the frame: BESIDE, INSIDE, WHOLE
        ("via", np.uint8),  # index into tunnels.NAMES: what it is inside of, 0 nothing
        ("ip_length", np.int32),  # of the IP packet on the wire
        ("transport", np.int32),  # offset of the transport layer
        ("transport_length", np.int32),  # on the wire
        # from the transport layer
        ("src_port", np.uint16),
        ("dst_port", np.uint16),
        ("window", np.int32),
        ("has_tcp", np.uint8),  # a whole, sound TCP header was captured
        ("tcp_flags", np.uint8),
        ("options_length", np.uint8),
        ("notes", np.uint8),  # NOTE_..., or-ed
        ("sequence", np.uint32),
        ("acknowledgment", np.uint32),
        ("payload", np.int32),  # offset of the payload
        ("payload_length", np.int32),  # on the wire
        ("payload_captured", np.int32),
        ("next", np.int32),  # record of the next packet of the frame, -1 without
    ],
    align=True,
)
"""A packet and what its headers say: that of a frame, or one that another one carries.

The order of the fields leaves no gaps, for the memory that a chunk takes is its speed.
"""

BESIDE, INSIDE, WHOLE = 0, 1, 2
"""A packet of the same frame; carried by the packet before; that packet put together again."""

MOST_INNER = 8
"""Packets read per frame beyond the first: tunnels in tunnels, aggregates, whole datagrams."""

NOTE_NO_LENGTH, NOTE_JUMBOGRAM = 1, 2
"""The IP length is left empty (segmentation offload); IPv6 jumbogram (RFC 2675)."""

CHECKSUM_GOOD, CHECKSUM_ZERO, CHECKSUM_BAD, CHECKSUM_ABSENT = 0, 1, 2, 3

FIN, SYN, RST, PSH, ACK, URG = 1, 2, 4, 8, 16, 32

FLOW = np.dtype(
    [
        ("src_hi", np.uint64),
        ("src_lo", np.uint64),
        ("dst_hi", np.uint64),
        ("dst_lo", np.uint64),
        ("src_port", np.uint16),
        ("dst_port", np.uint16),
        ("protocol", np.uint8),
        ("is_fragment", np.uint8),
        ("tunnel", np.uint64),  # as in PACKET
        ("parent", np.uint64),  # uid of the flow that carries this one, 0 without
        ("is_live", np.uint8),
        ("want", np.uint8),  # bit per direction, as in events.FEEDBACK
        ("tag", np.uint32),  # hash of the key
        ("tells_end", np.uint8),  # the application layer waits for its end
        ("service", np.uint8),
        ("flip", np.uint8),
        ("history_length", np.uint8),
        ("serial", np.int64),
        ("uid", np.uint64),
        ("start_ns", np.int64),
        ("end_ns", np.int64),
        ("latest_ns", np.int64),  # of the latest packet; below end_ns after a clock jump
        ("first_frame", np.int64),
        ("last_frame", np.int64),
        ("patience_ns", np.int64),  # idle time after which the flow is over
        ("spoke_ns", np.int64),  # of the latest packet with new payload
        ("burst_ns", np.int64),  # when the current burst began, see bursts.py
        ("bursts", np.uint32),
        ("history_a", np.uint64),  # 12 letters of 5 bits each, see history.py
        ("history_b", np.uint64),  # the next 12
        ("src_mac", np.uint64),
        ("dst_mac", np.uint64),
        ("vlan", np.int32),
        ("begun_by", np.uint8),  # direction of the first payload
    ],
    align=True,
)
"""A flow: its ends, times and what both directions share."""

SIDE = np.dtype(
    [
        ("packets", np.int64),
        ("payload_bytes", np.int64),
        ("ip_bytes", np.int64),
        ("wire_bytes", np.int64),
        ("next", np.int64),  # stream position after the highest byte seen
        ("highest_ack", np.int64),  # stream position the peer acknowledged
        ("missed", np.int64),  # bytes of holes in the sequence numbers
        ("head_a", np.uint64),  # first eight octets of the latest datagram tried (recognise/)
        ("head_b", np.uint64),  # the next eight
        ("skip", np.int64),  # as in events.FEEDBACK
        ("base", np.uint32),  # sequence number of position 0
        ("first_sequence", np.uint32),  # of the SYN
        ("retransmissions", np.uint32),
        ("zero_windows", np.uint32),
        ("letters", np.uint32),  # history letters written, a bit each
        ("ids", np.uint32),  # IPv4 identifications seen
        ("ids_zero", np.uint32),
        ("ids_same", np.uint32),  # equal to the one before (neither zero)
        ("ids_step", np.uint32),  # a little above the one before (neither zero)
        ("ids_jump", np.uint32),  # anything else (neither zero)
        ("id_last", np.int32),
        ("window", np.int32),  # of the first packet, -1 without
        ("options", np.int32),  # index into the distinct option layouts, -1 without a SYN
        ("told", np.uint32),  # datagrams handed to the application layer
        ("head_length", np.int32),  # octets of that datagram on the wire, 0 without one
        ("crossed", np.int32),  # chunk in which the stream passed the unidentified limit, 0 not yet
        ("state", np.uint8),  # STATE_...
        ("has_base", np.uint8),
        ("has_syn", np.uint8),
        ("flags", np.uint8),
        ("ttl_min", np.uint8),
        ("ttl_max", np.uint8),
        ("holes", np.uint8),
        ("tried", np.uint8),  # datagrams whose protocol was looked for
    ],
    align=True,
)
"""One direction of a flow; the array of sides has the shape (flows, 2)."""

INACTIVE, SYN_SENT, SYN_ACK_SENT, PARTIAL, ESTABLISHED, CLOSED, RESET = 0, 1, 2, 3, 4, 5, 6
"""States of a TCP end, as Zeek names them; other protocols are INACTIVE or ESTABLISHED."""

HOLES = 4
"""Holes remembered per direction; an older one counts as missed for good."""
HOLE = np.dtype([("start", np.int64), ("stop", np.int64)], align=True)
"""A hole in a stream, in stream positions; the array has the shape (flows, 2, HOLES)."""

OPTION_BYTES = 40
"""Most that a TCP header holds."""

TALLY = np.dtype(
    [
        ("chunk_fragments", np.int64),  # of the chunk parsed last
        ("chunk_other_links", np.int64),  # frames of it that are not Ethernet
        ("inner", np.int64),  # IP packets found inside others
        ("inner_other", np.int64),  # tunnels that held something else than IP
        ("inner_unsound", np.int64),  # that held no sound IP header
        ("beside", np.int64),  # IP packets beside the first of an 802.11 aggregate
        ("beside_other", np.int64),  # other parts of such aggregates
    ],
    align=True,
)
"""What the parser counts beside the verdicts: one record."""

COUNTERS = np.dtype(
    [
        ("frames", np.int64),
        ("serial", np.int64),  # flows ever opened
        ("chunk", np.int64),
        ("in_use", np.int64),  # slots that hold a flow
        ("high_water", np.int64),  # slots ever used
        ("free", np.int64),  # slots on the free list
        ("hand", np.int64),  # next slot the sweep looks at
        ("closed", np.int64),  # rows of the closed flows
        ("events", np.int64),
        ("evicted", np.int64),
        ("layouts", np.int64),  # distinct option layouts
        ("layouts_lost", np.int64),  # SYNs whose layout found no place
        ("ip", np.int64),
        ("arp", np.int64),
        ("refused", np.int64),
        ("bytes_wire", np.int64),
        ("first_ns", np.int64),
        ("last_ns", np.int64),
        ("clock_ns", np.int64),  # see clock.py
        ("leap_ns", np.int64),  # time of the frame before, when it was far ahead of the clock
        ("leapt", np.int64),  # whether it was
        ("behind", np.int64),  # frames in a row that were far behind
    ],
    align=True,
)
"""One record of running numbers."""
