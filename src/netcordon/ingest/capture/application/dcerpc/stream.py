"""DCE/RPC over TCP: the endpoint mapper's port and the dynamic ports it names."""

from __future__ import annotations

from netcordon.ingest.capture.application.dcerpc import pdu
from netcordon.ingest.capture.application.dcerpc.association import Association
from netcordon.ingest.capture.application.record.logins import Logins
from netcordon.ingest.capture.application.stream.conversation import Conversation

_CALL_HEAD = 28
"""Octets that say all of a sealed call."""


class DcerpcParser:
    """Units by their fragment length; the stubs of sealed ones are skipped."""

    measures = False

    def __init__(self, conversation: Conversation, client: int) -> None:
        self._conversation = conversation
        self._client = client
        ends = conversation.client(client)
        self._association = Association(
            conversation.context, ends, Logins(conversation, client, "dcerpc")
        )
        self._lost = [False, False]
        conversation.label("dcerpc")

    def advance(self, direction: int) -> None:
        """Read units as far as the bytes go."""
        stream = self._conversation.streams[direction]
        if self._lost[direction] and not self._find_unit(direction):
            return
        while len(stream.buffer) >= pdu.HEAD:
            unit = pdu.head(stream.buffer)
            if unit is None:
                self._lost[direction] = True
                if not self._find_unit(direction):
                    return
                continue
            is_head_enough = self._association.sealed and unit.auth_size > 0
            is_head_enough = is_head_enough and unit.kind in (pdu.REQUEST, pdu.RESPONSE)
            needed = min(unit.size, _CALL_HEAD) if is_head_enough else unit.size
            if len(stream.buffer) < needed:
                return
            data, mark = bytes(stream.buffer[:needed]), stream.mark(needed - 1)
            self._association.read(unit, data, direction == self._client, mark)
            self._conversation.skip(direction, unit.size)

    def _find_unit(self, direction: int) -> bool:
        stream = self._conversation.streams[direction]
        is_found = stream.find_segment(lambda head: pdu.head(head) is not None, pdu.HEAD)
        self._lost[direction] = not is_found
        return is_found

    def gap(self, direction: int) -> None:
        """Find the next unit behind the gap."""
        self._lost[direction] = True

    def finish(self) -> None:
        """Write the calls that were not answered."""
        self._association.finish()
