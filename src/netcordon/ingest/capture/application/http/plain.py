"""Plain exchanges of HTTP/1 as columns: no object for a connection, none for a message.

Most connections of a chunk are a question, an answer and an end. Their rows are made by the column
of what a kernel finds; a body costs its hash. Who is not done with, or not plain, gets a
conversation, which goes on where these exchanges stopped; between two exchanges it gives way again.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from netcordon.ingest.capture.application.files.magic import LOOK, magic_of
from netcordon.ingest.capture.application.http.parser import HttpParser
from netcordon.ingest.capture.application.http.plain_head import (
    HOST,
    LAST_SEGMENT,
    LOCATION,
    METHOD,
    PROXIED_FOR,
    REFERER,
    REQUEST_ENCODING,
    REQUEST_TYPE,
    RESPONSE_ENCODING,
    RESPONSE_TYPE,
    SERVER,
    URI,
    USER_AGENT,
)
from netcordon.ingest.capture.application.http.plain_kernel import (
    EXCHANGE,
    FLOW,
    LONGEST_HEAD,
    OTHERS,
    REQUEST,
    RESPONSE,
    UNKNOWN,
    find_exchanges,
)
from netcordon.ingest.capture.application.record.ends import Ends
from netcordon.ingest.capture.application.record.rows import ends_columns
from netcordon.ingest.capture.application.record.spans import texts
from netcordon.ingest.capture.application.stream.connections import Connections
from netcordon.ingest.capture.application.stream.conversation import Context, Conversation
from netcordon.ingest.capture.application.stream.runs import Runs
from netcordon.ingest.capture.events import FEEDBACK, ORIG, SERVICES
from netcordon.ingest.capture.words import words

Array = NDArray[Any]
_VERSIONS = pa.array([f"1.{minor}" for minor in range(10)])
_HTTP = SERVICES.index("http")


class PlainExchanges:
    """The plain exchanges that the connections of a chunk begin it with.

    Args:
        context: where rows go.
        runs: the segments of the chunk.
        ends: ``FLOW_END`` events of TCP flows in it.
        connections: those that are read already.
    """

    def __init__(self, context: Context, runs: Runs, ends: Array, connections: Connections) -> None:
        self._context = context
        self._runs = runs
        self._of = runs.first_segments()
        self._flows = np.zeros(len(self._of), dtype=FLOW)
        self._flows["ended"], self._flows["client"] = -1, UNKNOWN
        self._note_ends(ends)
        self._note_open(connections)
        exchanges = np.empty(len(runs.starts) // 2, dtype=EXCHANGE)
        # Header blocks are parts of the block, and those that count do not overlap.
        self._heads = np.empty(len(runs.block) + LONGEST_HEAD, dtype=np.uint8)
        count = find_exchanges(
            runs.block, runs.segments, runs.starts, runs.firsts, context.hashed_file_bytes,
            self._flows, exchanges, self._heads,
        )  # fmt: skip
        self._exchanges = exchanges[:count]
        self._taken: list[int] = self._flows["taken"].tolist()
        self._is_taken = np.zeros(len(self._flows), dtype=np.bool_)
        self._is_over = np.zeros(len(self._flows), dtype=np.bool_)

    def _note_ends(self, ends: Array) -> None:
        numbers = self._of["flow"]
        if not len(ends) or not len(numbers):
            return
        at = np.minimum(np.searchsorted(numbers, ends["flow"]), len(numbers) - 1)
        is_heard = numbers[at] == ends["flow"]
        at, ends = at[is_heard], ends[is_heard]
        self._flows["ended"][at] = ends["direction"]
        self._flows["end"][at, 0], self._flows["end"][at, 1] = ends["position"], ends["offset"]

    def _note_open(self, connections: Connections) -> None:
        """Where the next messages of connections begin that were heard before."""
        for number, flow in enumerate(self._of["flow"].tolist()):
            conversation = connections.of(flow)
            if conversation is None:
                continue
            parser, noted = conversation.parser, self._flows[number]
            noted["client"] = OTHERS
            if isinstance(parser, HttpParser) and parser.is_between_exchanges:
                noted["client"] = parser.client
                noted["next"] = [stream.start for stream in conversation.streams]

    def take(self, number: int, ends: Ends, runs: int, *, is_new: bool) -> int:
        """Take the exchanges of a flow.

        Args:
            number: of the flow within the chunk.
            ends: between whom.
            runs: of the flow.
            is_new: whether nothing was heard of it before.

        Returns:
            How many of its runs are done with; -1 when nothing of it needs a conversation.
        """
        taken, context = self._taken[number], self._context
        if not taken or context.copies is not None or context.files.is_crowded:
            return 0
        if context.expected.of(ends):
            return 0
        self._is_taken[number] = True
        if not is_new or taken < runs or self._flows["ended"][number] < 0:
            return taken
        self._is_over[number] = True
        return -1

    def go_on(self, number: int, conversation: Conversation, last: int) -> None:
        """Let a parser read on behind the exchanges of a flow, of which ``last`` ends them."""
        flow = self._flows[number]
        for stream, position in zip(conversation.streams, flow["next"].tolist(), strict=True):
            stream.start = stream.end = position
        conversation.time_ns, conversation.frame = self._runs.places[last]
        if not isinstance(conversation.parser, HttpParser):
            conversation.parser = HttpParser(conversation, int(flow["client"]))

    def write(self) -> Array:
        """Write the rows of what was taken.

        Returns:
            ``FEEDBACK`` of the flows that are done with.
        """
        exchanges = self._exchanges[self._is_taken[self._exchanges["flow"]]]
        if len(exchanges):
            self._write_exchanges(exchanges)
        at = np.flatnonzero(self._is_over)
        answers = np.zeros(len(at), dtype=FEEDBACK)
        answers["flow"], answers["slot"] = self._of["flow"][at], self._of["slot"][at]
        answers["flip"] = self._flows["client"][at] != ORIG
        answers["service"] = _HTTP
        return answers

    def _write_exchanges(self, exchanges: Array) -> None:
        segments, spans = self._runs.segments, exchanges["spans"]
        text = {name: texts(self._heads, spans[:, span]) for name, span in _COLUMNS.items()}
        origin = _urls(text["host"], text["uri"])
        magic = np.full(len(exchanges), None, dtype=object)
        for side in (REQUEST, RESPONSE):
            bodies = np.flatnonzero(exchanges["body_bytes"][:, side] > 0)
            if len(bodies):
                urls = origin.take(pa.array(bodies))
                magics = self._write_files(exchanges.take(bodies), side, urls)
                if side == RESPONSE:
                    magic[bodies] = magics
        self._context.rows.note_columns(
            "http_activity",
            len(exchanges),
            {
                **self._ends(exchanges, exchanges["begin"][:, REQUEST]),
                "frame": segments["frame"][exchanges["head"][:, REQUEST]],
                **text,
                "version": words(_VERSIONS, exchanges["minor"]),
                "request_body_bytes": exchanges["body_bytes"][:, REQUEST].copy(),
                "status_code": exchanges["status"].copy(),
                "response_body_bytes": exchanges["body_bytes"][:, RESPONSE].copy(),
                "response_magic": pa.array(magic, pa.string()),
                "response_time": segments["time_ns"][exchanges["begin"][:, RESPONSE]] // 1000,
                "response_frame": segments["frame"][exchanges["head"][:, RESPONSE]],
            },
        )

    def _ends(self, exchanges: Array, segments: Array) -> dict[str, object]:
        """Time, frame and ends: those of one segment of each exchange, client first."""
        is_swapped = self._flows["client"][exchanges["flow"]] != ORIG
        return ends_columns(self._runs.segments.take(segments), is_swapped)

    def _write_files(self, exchanges: Array, side: int, urls: pa.StringArray) -> list[str | None]:
        """Write the rows of the bodies of requests or responses; returns their types."""
        spans, count = exchanges["spans"], len(exchanges)
        content_type, encoding = _OF_BODIES[side]
        magics, hashes = self._read_bodies(exchanges, side)
        self._context.rows.note_columns(
            "file_activity",
            count,
            {
                **self._ends(exchanges, exchanges["body"][:, side]),
                "service": words(pa.array(["http"]), np.zeros(count)),
                "is_upload": np.full(count, side == REQUEST),
                "file_name": texts(self._heads, spans[:, LAST_SEGMENT]),
                "origin": urls,
                "declared_type": texts(self._heads, spans[:, content_type]),
                "magic": pa.array(magics, pa.string()),
                "file_bytes": exchanges["body_bytes"][:, side].copy(),
                "seen_bytes": exchanges["body_bytes"][:, side].copy(),
                "is_complete": np.ones(count, dtype=np.bool_),
                "sha256": pa.array(hashes, pa.string()),
                "last_frame": self._runs.segments["frame"][exchanges["stop"][:, side] - 1],
                "encoding": texts(self._heads, spans[:, encoding]),
            },
        )
        return magics

    def _read_bodies(self, exchanges: Array, side: int) -> tuple[list[str | None], list[str]]:
        """Type and SHA-256 of each body."""
        magics, hashes = [], []
        for begin, stop, skip in zip(
            *(exchanges[name][:, side].tolist() for name in ("begin", "stop", "skip")), strict=True
        ):
            data = memoryview(self._runs.joined(begin, stop))[skip:]
            magics.append(magic_of(bytes(data[:LOOK])))
            hashes.append(hashlib.sha256(data).hexdigest())
        return magics, hashes


_COLUMNS = {
    "method": METHOD, "host": HOST, "uri": URI, "user_agent": USER_AGENT, "referrer": REFERER,
    "proxied_for": PROXIED_FOR, "request_content_type": REQUEST_TYPE, "server": SERVER,
    "location": LOCATION, "response_content_type": RESPONSE_TYPE,
}  # fmt: skip
"""Columns of `http_activity` that are text of the exchange as it was sent."""
_OF_BODIES = ((REQUEST_TYPE, REQUEST_ENCODING), (RESPONSE_TYPE, RESPONSE_ENCODING))
"""What requests and responses say of their bodies: type and coding."""


def _urls(host: pa.StringArray, uri: pa.StringArray) -> pa.StringArray:
    """The address of each object as it was asked for."""
    is_absolute = pc.match_substring(pc.utf8_slice_codeunits(uri, 0, 16), "://")
    has_host = pc.greater(pc.binary_length(pc.fill_null(host, "")), 0)
    joined = pc.binary_join_element_wise("http://", pc.fill_null(host, ""), uri, "")
    return pc.if_else(pc.and_not(has_host, is_absolute), joined, uri)
