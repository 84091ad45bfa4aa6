"""The TCP connections that are read, bounded in number and in the bytes that wait in them.

A connection waits for the rest of a message as long as its flow is open. A flood of connections
that each begin one and never end it would fill any memory: beyond the bounds the connection that
was silent longest is read no further.
"""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Iterator
from itertools import repeat

from netcordon.ingest.capture.application.stream.conversation import Conversation

_NO_FLOW = -1
_MORE_SLOTS = 1 << 12


class Connections:
    """Conversations by the serial number of their flow.

    Args:
        most: conversations at once.
        most_held: octets of memory that their bytes in order may take, all together.
    """

    def __init__(self, most: int, most_held: int) -> None:
        self._most = most
        self._most_held = most_held
        # Both with the one that was silent longest in front.
        self._open: OrderedDict[int, Conversation] = OrderedDict()
        self._holding: OrderedDict[int, int] = OrderedDict()
        self._held = 0
        self._over = array("q")  # by slot: the flow of which nothing more is wanted

    def __len__(self) -> int:
        return len(self._open)

    def is_over(self, flow: int, slot: int) -> bool:
        """Whether nothing more is wanted of a flow."""
        return slot < len(self._over) and self._over[slot] == flow

    def of(self, flow: int) -> Conversation | None:
        """The conversation of a flow, if it is read."""
        return self._open.get(flow)

    def heard(self, flow: int) -> Conversation | None:
        """The conversation of a flow that has just sent something; ``None`` for a new one."""
        conversation = self._open.get(flow)
        if conversation is not None:
            self._open.move_to_end(flow)
        return conversation

    def enter(self, conversation: Conversation) -> None:
        """Keep a new one."""
        self._open[conversation.flow] = conversation

    def measure(self, conversation: Conversation) -> None:
        """Note what it holds now that its parser has read."""
        first, second = conversation.streams
        if first.buffer or second.buffer:
            held = first.held + second.held
            self._held += held - self._holding.get(conversation.flow, 0)
            self._holding[conversation.flow] = held
            self._holding.move_to_end(conversation.flow)
        elif conversation.flow in self._holding:
            self._held -= self._holding.pop(conversation.flow)

    def over_bounds(self) -> Conversation | None:
        """One to be given up, while there are too many or they hold too much."""
        if self._held > self._most_held:
            return self._open[next(iter(self._holding))]
        return next(iter(self._open.values())) if len(self._open) > self._most else None

    def let_be(self, conversation: Conversation) -> None:
        """Nothing more is wanted of a flow; what it still sends before it ends is passed over."""
        self.leave(conversation.flow)
        lacking = conversation.slot + 1 - len(self._over)
        if lacking > 0:
            self._over.extend(repeat(_NO_FLOW, lacking + _MORE_SLOTS))
        self._over[conversation.slot] = conversation.flow

    def leave(self, flow: int) -> Conversation | None:
        """Part from a flow; returns its conversation when it was still read."""
        self._held -= self._holding.pop(flow, 0)
        return self._open.pop(flow, None)

    def leave_all(self) -> Iterator[Conversation]:
        """Part from one after the other that is still read, in the order of their flows."""
        for flow in sorted(self._open):
            conversation = self.leave(flow)
            if conversation is not None:
                yield conversation
