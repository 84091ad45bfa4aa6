"""Kerberos over UDP and TCP into `kerberos_activity`, logins and identities."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netcordon.ingest.capture.application.datagram.within import within
from netcordon.ingest.capture.application.kerberos.message import KerberosMessage, parse
from netcordon.ingest.capture.application.record.ends import Ends
from netcordon.ingest.capture.application.stream.conversation import Context, Conversation
from netcordon.ingest.capture.events import ORIG, chosen

Array = NDArray[Any]
_PORT = 88
_CLIENT_TAGS = (0x6A, 0x6C, 0x6E)
_MOST_BYTES = 64 << 10
_PRE_AUTHENTICATION_REQUIRED = 25
_RESPONSE_TOO_BIG = 52
_LOGIN_ERRORS = frozenset((6, 14, 18, 23, 24))
"""Unknown client, no common encryption, revoked, expired, wrong password (RFC 4120, 7.5.9)."""


_AP_REQ = re.compile(
    rb"\x6e(?:[\x00-\x7f]|\x81.|\x82..)\x30(?:[\x00-\x7f]|\x81.|\x82..)"
    rb"\xa0\x03\x02\x01\x05\xa1\x03\x02\x01\x0e",
    re.DOTALL,
)
"""Beginning of an AP-REQ, protocol version 5, whatever wraps it (RFC 4121, SPNEGO, or nothing)."""


def read_token(context: Context, data: bytes, ends: Ends, time_ns: int, frame: int) -> None:
    """Write the row of an AP-REQ within a security token: which service's ticket is shown."""
    found = _AP_REQ.search(data)
    if found is not None:
        read_message(context, data[found.start() :], ends, time_ns, frame)


def read_message(context: Context, data: bytes, ends: Ends, time_ns: int, frame: int) -> bool:
    """Write the rows of one message; ``ends`` has the client first. Says whether it was one."""
    message = parse(data)
    if message is None:
        return False
    context.rows.note(
        "kerberos_activity",
        time_ns,
        frame,
        ends,
        {
            "message_type": message.message_type,
            "client_name": message.client_name or None,
            "realm": message.realm or None,
            "service_name": message.service_name or None,
            "error_code": message.error_code,
            "encryption_types": list(message.encryption_types),
            "ticket_encryption_type": message.ticket_encryption_type,
            "pre_authentication": message.pre_authentication,
            "ticket_options": message.options,
            "padata_types": list(message.padata_types) if message.from_client else None,
            "impersonated_name": message.impersonated or None,
        },
    )
    _login(context, message, ends, time_ns, frame)
    _identity(context, message, ends, time_ns, frame)
    return True


def _login(
    context: Context, message: KerberosMessage, ends: Ends, time_ns: int, frame: int
) -> None:
    failed = message.message_type == "KRB-ERROR" and message.error_code in _LOGIN_ERRORS
    if message.message_type == "AS-REP" or (failed and message.client_name):
        context.rows.add(
            "authentication",
            time_ns,
            frame,
            *ends,
            "kerberos",
            "kerberos",
            message.client_name or None,
            message.realm or None,
            None,
            "failure" if failed else "success",
            None,
        )


def _identity(
    context: Context, message: KerberosMessage, ends: Ends, time_ns: int, frame: int
) -> None:
    # A TGS-REP repeats the name of the AS-REP; an error may echo a name that does not exist.
    if message.message_type not in ("AS-REQ", "AS-REP", "TGS-REP") or not message.client_name:
        return
    name = message.client_name
    is_machine = name.endswith("$")
    host = name[:-1] if is_machine else message.host_name
    context.identities.say(
        "kerberos",
        time_ns,
        frame,
        ip=ends.src_ip,
        host_name=host,
        user="" if is_machine else name,
        domain=message.realm,
    )


def read_datagrams(
    context: Context, buffer: NDArray[np.uint8], events: Array
) -> tuple[Array, NDArray[np.bool_]]:
    """Write the rows of the messages among datagrams.

    Args:
        context: takes rows and identities.
        buffer: the block.
        events: ``EVENT`` rows of the datagrams.

    Returns:
        The events that are messages, and of each whether the flow's responder is the client.
    """
    events = within(buffer, events, 1)
    src_serves, dst_serves = events["src_port"] == _PORT, events["dst_port"] == _PORT
    is_asking = np.isin(buffer[events["offset"]], _CLIENT_TAGS)
    by_sender = (events["direction"] == ORIG) != is_asking
    swap = np.where(src_serves != dst_serves, src_serves, by_sender)
    is_message = np.zeros(len(events), dtype=np.bool_)
    for i, event in enumerate(events):
        offset = int(event["offset"])
        ends = Ends(
            int(event["uid"]),
            (int(event["src_hi"]), int(event["src_lo"])),
            int(event["src_port"]),
            (int(event["dst_hi"]), int(event["dst_lo"])),
            int(event["dst_port"]),
        )
        is_message[i] = read_message(
            context,
            buffer[offset : offset + int(event["length"])].tobytes(),
            ends.swapped() if swap[i] else ends,
            int(event["time_ns"]),
            int(event["frame"]),
        )
    return chosen(events, is_message), swap[is_message]


class KerberosParser:
    """Kerberos over TCP: each message behind its length (RFC 4120 section 7.2.2)."""

    measures = False

    def __init__(self, conversation: Conversation, client: int) -> None:
        self._conversation = conversation
        self._ends = conversation.client(client)
        conversation.label("kerberos")

    def advance(self, direction: int) -> None:
        """Read messages as far as the bytes go."""
        stream = self._conversation.streams[direction]
        while len(stream.buffer) >= 4:
            size = int.from_bytes(stream.buffer[:4], "big")
            if not 0 < size <= _MOST_BYTES:
                self._conversation.stop(direction)
                return
            if len(stream.buffer) < size + 4:
                return
            data = bytes(stream.buffer[4 : size + 4])
            time_ns, frame = stream.mark(size + 3)
            stream.consume(size + 4)
            read_message(self._conversation.context, data, self._ends, time_ns, frame)

    def gap(self, direction: int) -> None:
        """The length that would follow is lost."""
        self._conversation.stop(direction)

    def finish(self) -> None:
        """Nothing is pending."""
