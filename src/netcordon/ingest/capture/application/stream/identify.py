"""Which protocol a TCP stream speaks, told by its bytes and never by its port alone.

A recording may begin in the middle of a connection, so the first bytes of every segment are tried
until something is recognised or the budget of a direction is spent.
"""

from __future__ import annotations

import re

from netcordon.ingest.capture.application.stream.conversation import Conversation
from netcordon.ingest.capture.application.stream.signatures import Recognised, named_only, recognise

_MOST_BYTES = 16 << 10
_MOST_SEGMENTS = 24
_FEW = 24
_LONGEST_LINE = 64 << 10
_LINE_BEGUN = re.compile(rb"[A-Z][A-Z_-]{1,31} [^\r\n]*\Z")


class Identify:
    """The parser of a connection whose protocol is not known yet."""

    __slots__ = ("_bytes", "_conversation", "_segments", "_tried", "measures")

    def __init__(self, conversation: Conversation) -> None:
        self.measures = False
        self._conversation = conversation
        self._bytes = [0, 0]
        self._segments = [0, 0]
        self._tried = [0, 0]  # bytes of an unfinished line that hold no line end

    def advance(self, direction: int) -> None:
        """Try the new bytes; hand over to a protocol's parser, wait for more, or give up."""
        conversation = self._conversation
        stream = conversation.streams[direction]
        tried, size = self._tried[direction], len(stream.buffer)
        if tried and size < _LONGEST_LINE and stream.buffer.find(b"\n", tried) < 0:
            self._tried[direction] = size
            return
        data = bytes(stream.buffer)
        for start in stream.segment_starts():
            recognised = recognise(data[start:], direction, conversation.ends)
            if recognised is not None:
                stream.consume(start)
                self._hand_over(recognised, direction)
                return
        label = named_only(data)
        if label:
            conversation.label(label)
            conversation.stop_all()
        elif size < _LONGEST_LINE and _LINE_BEGUN.match(data):
            self._tried[direction] = size
        elif size >= _FEW:
            self._pass_over(direction)

    def _pass_over(self, direction: int) -> None:
        stream = self._conversation.streams[direction]
        self._tried[direction] = 0
        self._bytes[direction] += len(stream.buffer)
        self._segments[direction] += 1
        stream.consume(len(stream.buffer))
        if self._bytes[direction] > _MOST_BYTES or self._segments[direction] > _MOST_SEGMENTS:
            self._conversation.stop(direction)

    def _hand_over(self, recognised: Recognised, direction: int) -> None:
        conversation = self._conversation
        parser = recognised.make(conversation, recognised.client)
        conversation.parser = parser
        parser.advance(direction)
        # The parser may have been replaced by what it found inside.
        if conversation.streams[1 - direction].buffer and conversation.parser is parser:
            parser.advance(1 - direction)

    def gap(self, direction: int) -> None:
        """What stood before the gap was not recognised."""
        self._tried[direction] = 0

    def finish(self) -> None:
        """Nothing was recognised."""
