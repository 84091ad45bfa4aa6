"""One UDP flow whose protocol is read: its reader, and what is still wanted of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from netcordon.ingest.capture.application.record.activity import Activity
from netcordon.ingest.capture.application.record.ends import Ends
from netcordon.ingest.capture.application.stream.conversation import Context
from netcordon.ingest.capture.events import ORIG, SERVICES

_NUMBERS = {name: number for number, name in enumerate(SERVICES)}


class Datagram(NamedTuple):
    """One datagram's payload and where it stands.

    Attributes:
        payload: what the capture holds of it.
        wire_length: octets on the wire; more than ``payload`` when the capture cuts packets off.
        direction: ORIG or RESP, who sent it.
        time_ns: since 1970, UTC.
        frame: 1-based.
    """

    payload: bytes
    wire_length: int
    direction: int
    time_ns: int
    frame: int


datagram_of: Callable[[tuple[bytes, int, int, int, int]], Datagram] = partial(
    tuple.__new__, Datagram
)
"""``Datagram`` of a tuple of its fields."""


class DatagramFlow:
    """State of one UDP flow.

    Attributes:
        want: bit 0 while ORIG's datagrams are wanted, bit 1 for RESP's.
        flip: whether the payload showed that RESP is the client.
        service: index into SERVICES.
        changed: whether the kernel has to be told something.
    """

    __slots__ = ("changed", "context", "ends", "flip", "flow", "service", "slot", "want")

    def __init__(self, context: Context, flow: int, slot: int, ends: Ends, service: int) -> None:
        self.context = context
        self.flow = flow
        self.slot = slot
        self.ends = ends
        self.want = 3
        self.flip = False
        self.service = service
        self.changed = False

    def client(self, direction: int) -> Ends:
        """The ends as rows show them once ``direction`` is known to be the client."""
        if direction != ORIG and not self.flip:
            self.flip = self.changed = True
        return self.ends if direction == ORIG else self.ends.swapped()

    def label(self, service: str) -> None:
        """Name the service for `network_activity.service`."""
        number = _NUMBERS[service]
        if number != self.service:
            self.service = number
            self.changed = True

    def stop(self, direction: int) -> None:
        """No more datagrams of this direction are wanted."""
        bit = 1 << direction
        if self.want & bit:
            self.want &= ~bit
            self.changed = True

    def stop_all(self) -> None:
        """Nothing more is wanted."""
        self.stop(0)
        self.stop(1)


class DatagramReader(ABC):
    """A protocol over UDP; one object a flow."""

    def __init__(self, flow: DatagramFlow) -> None:
        self._flow = flow

    @abstractmethod
    def read(self, datagram: Datagram) -> bool:
        """Read one datagram; says whether it is a message of the protocol.

        What is none is counted, and the datagrams after it are read all the same.
        """

    def finish(self) -> None:  # noqa: B027 - most have nothing pending
        """The flow is over; hand on what is known."""


class MessageReader(DatagramReader):
    """Notes messages in `application_activity`.

    Attributes:
        service: name of the protocol.
    """

    service = ""

    def __init__(self, flow: DatagramFlow) -> None:
        super().__init__(flow)
        self._activity = Activity(flow.context, self.service, "udp")
        self._is_silent = True

    def note(self, datagram: Datagram, client: int, **values: object) -> None:
        """One row about a datagram.

        Args:
            datagram: the message.
            client: ORIG or RESP, who of the two is the client. The first message says it of the
                flow; later ones may be asked the other way round.
            values: columns of the table that the message fills.
        """
        flow = self._flow
        if self._is_silent:
            self._is_silent = False
            flow.client(client)
        _, size, direction, time_ns, frame = datagram
        ends = flow.ends if client == ORIG else flow.ends.swapped()
        self._activity.put(ends, (time_ns, frame), direction != client, size, values)

    def finish(self) -> None:
        """Tell of the messages that found no place."""
        self._activity.finish()


MakeReader = Callable[[DatagramFlow], DatagramReader]
