"""Exchanges of HTTP/1 that a chunk holds whole, found by one compiled pass over its flows.

Found are those that stand where a message of the connection has to begin: a request, the response
in the next run, and so on, as far as every header block is plain and every body came to its end.
What comes behind them, or is anything else, is left to the parser.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from netcordon.ingest.capture.application.http.plain_head import (
    NOT_PLAIN,
    REQUEST_TYPE,
    SPANS,
    URI,
    read_request,
    read_response,
)
from netcordon.ingest.capture.compiled import kernel, subkernel
from netcordon.ingest.capture.layout import Octets, Records
from netcordon.ingest.capture.octets import wide

REQUEST, RESPONSE = 0, 1
EXCHANGE = np.dtype(
    [
        ("flow", np.int32),  # number of the flow within the chunk
        # Of request and response: the number of the first segment, of that in which the header
        # block ends, of that with the first octet of the body, and the one behind the last.
        ("begin", np.int32, 2),
        ("head", np.int32, 2),
        ("body", np.int32, 2),
        ("stop", np.int32, 2),
        ("skip", np.int32, 2),  # octets before the body
        ("body_bytes", np.int64, 2),
        ("status", np.int32),
        ("minor", np.int32),  # of the request's version 1.minor
        ("spans", np.int32, (SPANS, 2)),  # as `plain_head` names them
    ],
    align=True,
)
"""One exchange."""
FLOW = np.dtype(
    [
        ("ended", np.int32),  # as `FLOW_END` says; -1 while it is open
        ("end", np.int64, 2),  # of both streams, when it ended
        ("client", np.int32),  # who asks, or `UNKNOWN`, or `OTHERS`; filled where it is not known
        ("next", np.int64, 2),  # where the next messages begin; moved behind those that were found
        ("taken", np.int32),  # filled: its runs that are whole exchanges
    ],
    align=True,
)
"""One flow."""
UNKNOWN, OTHERS = -1, 2
"""No client yet; none, for the flow is in the hands of a parser."""
LONGEST_HEAD = 8 << 10
"""Octets of a header block that is plain."""
_M = 0x6D
"""Lower-case first letter of multipart/form-data."""


@kernel
def find_exchanges(
    block: Octets,
    segments: Records,
    starts: NDArray[np.int64],
    firsts: NDArray[np.int64],
    most_body: int,
    flows: Records,
    exchanges: Records,
    heads: Octets,
) -> int:
    """Find the whole exchanges that the runs of flows begin with.

    Args:
        block: bytes that the segments stand in.
        segments: ``EVENT`` of each segment, by flow.
        starts: first segment of each run, and the number of segments.
        firsts: first run of each flow, and the number of runs.
        most_body: octets of the longest body that is taken.
        flows: ``FLOW`` of each flow; filled as it says.
        exchanges: filled with ``EXCHANGE``; there is room for one of every two runs.
        heads: filled with the header blocks that ``spans`` point into.

    Returns:
        How many exchanges were filled.
    """
    count, to = 0, 0
    for number in range(len(firsts) - 1):
        run, behind = firsts[number], firsts[number + 1]
        flow = flows[number]
        flow.taken = 0
        if flow.client == OTHERS:
            continue
        if flow.client == UNKNOWN:
            flow.client = segments[starts[run]].direction
        while run + 2 <= behind and count < len(exchanges):
            exchange = exchanges[count]
            exchange.flow = number
            for side in range(2):
                exchange.begin[side], exchange.stop[side] = (
                    starts[run + side],
                    starts[run + side + 1],
                )
            end, is_head = _read_request(block, segments, flow, exchange, heads, to, most_body)
            if end < 0:
                break
            end, length = _read_response(block, segments, flow, exchange, heads, end)
            if end < 0:
                break
            is_last = run + 2 == behind
            if not _is_whole(segments, flow, exchange, is_head, length, is_last, most_body):
                break
            flow.next[flow.client] = _behind(segments, exchange.stop[REQUEST])
            flow.next[1 - flow.client] = _behind(segments, exchange.stop[RESPONSE])
            flow.taken += 2
            count += 1
            run += 2
            to = end
    return count


@subkernel
def _read_request(
    block: Octets, segments: Records, flow: Any, exchange: Any, heads: Octets, to: int,
    most_body: int,
) -> tuple[int, bool]:  # fmt: skip
    """Read a run that is a request.

    Returns:
        Where its header block ends in ``heads``, -1 if it is none; whether it is a HEAD request.
    """
    begin, stop, spans = exchange.begin[REQUEST], exchange.stop[REQUEST], exchange.spans
    for k in range(SPANS):
        spans[k, 0], spans[k, 1] = 0, -1
    if not _is_next(segments, flow, begin, stop, flow.client):
        return -1, False
    end = _gather(block, segments, begin, stop, heads, to)
    at, minor, length, is_head = read_request(heads, to, end, spans)
    # What speaks HTTP is told by a segment that begins with a whole request line.
    line = spans[URI, 0] + spans[URI, 1] + 11 - to
    if at == NOT_PLAIN or line > segments[begin].length:
        return -1, False
    _place(segments, exchange, REQUEST, at - to)
    body = wide(exchange.body_bytes[REQUEST])
    if body != max(length, 0) or body > most_body:
        return -1, False
    if body and spans[REQUEST_TYPE, 1] > 0 and heads[spans[REQUEST_TYPE, 0]] | 0x20 == _M:
        return -1, False  # the files of a form
    exchange.minor = minor
    return at, is_head


@subkernel
def _read_response(
    block: Octets, segments: Records, flow: Any, exchange: Any, heads: Octets, to: int
) -> tuple[int, int]:
    """Read the header block at the front of a run.

    Returns:
        Where it ends in ``heads``, -1 if it is none; Content-Length, -1 without.
    """
    begin, stop = exchange.begin[RESPONSE], exchange.stop[RESPONSE]
    if not _is_next(segments, flow, begin, stop, 1 - flow.client):
        return -1, -1
    end = _gather(block, segments, begin, stop, heads, to)
    at, status, length = read_response(heads, to, end, exchange.spans)
    if at == NOT_PLAIN or status < 200 or status == 206:
        return -1, -1
    exchange.status = status
    _place(segments, exchange, RESPONSE, at - to)
    return at, length


@subkernel
def _place(segments: Records, exchange: Any, side: int, skip: int) -> None:
    """Note where the header block of a message ends, and its body begins and ends."""
    begin, stop = exchange.begin[side], exchange.stop[side]
    behind = wide(segments[begin].position) + skip
    exchange.skip[side] = skip
    exchange.head[side] = _segment_at(segments, begin, stop, behind - 1)
    exchange.body[side] = _segment_at(segments, exchange.head[side], stop, behind)
    exchange.body_bytes[side] = _behind(segments, stop) - behind


@subkernel
def _is_whole(
    segments: Records, flow: Any, exchange: Any, is_head: bool, length: int, is_last: bool,
    most_body: int,
) -> bool:  # fmt: skip
    """Whether the run of a response ends where its body does (RFC 9112 section 6.3)."""
    body, server = wide(exchange.body_bytes[RESPONSE]), 1 - wide(flow.client)
    if is_head or exchange.status in (204, 304):
        return body == 0
    if length >= 0:
        return body == length and body <= most_body
    is_ended = flow.ended >= 0 and bool(flow.ended >> server & 1)
    is_end = is_ended and wide(flow.end[server]) <= _behind(segments, exchange.stop[RESPONSE])
    return is_last and is_end and body <= most_body


@subkernel
def _gather(block: Octets, segments: Records, begin: int, stop: int, heads: Octets, to: int) -> int:
    """Copy the first octets of a run to ``heads[to:]``; returns where they end."""
    room = min(len(heads), to + LONGEST_HEAD)
    for number in range(begin, stop):
        offset, length = segments[number].offset, wide(segments[number].length)
        length = min(length, room - to)
        if offset < 0 or length <= 0 or offset + length > len(block):
            break
        for k in range(length):
            heads[to + k] = block[offset + k]
        to += length
    return to


@subkernel
def _is_next(segments: Records, flow: Any, begin: int, stop: int, direction: int) -> bool:
    """Whether a run is the next one of a side, and was captured whole."""
    first, last = segments[begin], segments[stop - 1]
    is_whole = wide(last.length) > 0 and wide(last.wire_length) <= wide(last.length)
    is_next = wide(first.position) == wide(flow.next[direction])
    return is_whole and is_next and wide(first.direction) == direction


@subkernel
def _segment_at(segments: Records, begin: int, stop: int, position: int) -> int:
    """The segment from ``begin`` on that holds a stream offset; the last one for what is behind."""
    while begin + 1 < stop and segments[begin + 1].position <= position:
        begin += 1
    return begin


@subkernel
def _behind(segments: Records, stop: int) -> int:
    """Stream offset behind the segment before ``stop``."""
    return wide(segments[stop - 1].position) + wide(segments[stop - 1].length)
