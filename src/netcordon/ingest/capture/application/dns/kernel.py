"""All DNS messages of a block decoded in one compiled pass into columns.

Text goes into arenas; a column of ends says where each value stops. A pass stops before an arena
could overflow and says how far it came, so memory does not depend on what the messages hold.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from netcordon.ingest.capture.application.dns.names import (
    LONGEST_NAME,
    Octets,
    skip_name,
    write_name,
)
from netcordon.ingest.capture.application.dns.rdata import LONGEST_DATA, write_data
from netcordon.ingest.capture.compiled import kernel, subkernel
from netcordon.ingest.capture.events import SERVICES
from netcordon.ingest.capture.octets import be16, be32, be64, wide

DNS, MDNS, LLMNR, NBNS = (SERVICES.index(name) for name in ("dns", "mdns", "llmnr", "nbns"))

MOST_ANSWERS = 32
MOST_CLAIMS = 16
"""Records of a message that are kept as text, and as statements of a host about itself."""

MESSAGE = np.dtype(
    [
        ("event", np.int32),
        ("id", np.int32),
        ("flags", np.int32),
        ("questions", np.int32),
        ("answers", np.int32),
        ("kept", np.int32),  # answers in `RECORD`
        ("kind", np.int32),  # type of the first question, -1 without
        ("name_bytes", np.int32),
        ("answer_bytes", np.int32),
        ("bytes", np.int32),
        ("name_end", np.int32),
    ],
    align=True,
)
"""One message."""
RECORD = np.dtype([("kind", np.int32), ("end", np.int32), ("ttl", np.int64)], align=True)
"""One answer; ``end`` of its text in the arena."""
CLAIM = np.dtype(
    [
        ("event", np.int32),
        ("is_group", np.int32),
        ("end", np.int32),
        ("hi", np.uint64),
        ("lo", np.uint64),
    ],
    align=True,
)
"""An address that a local-name message states for a name."""

Records = NDArray[Any]
_A, _AAAA, _NB, _NBSTAT = 1, 28, 32, 33
_MAPPED = np.uint64(0xFFFF << 32)
_NAME_ROOM, _TEXT_ROOM = LONGEST_NAME, MOST_ANSWERS * LONGEST_DATA
_CLAIM_ROOM = MOST_CLAIMS * LONGEST_NAME


@kernel
def decode_messages(
    block: Octets,
    offsets: NDArray[np.int64],
    lengths: NDArray[np.int32],
    wire_lengths: NDArray[np.int32],
    services: NDArray[np.uint8],
    begin: int,
    messages: Records,
    names: Octets,
    records: Records,
    texts: Octets,
    claims: Records,
    owners: Octets,
) -> tuple[int, int, int, int]:
    """Decode datagrams from ``begin`` on into the columns.

    Args:
        block: bytes that the datagrams stand in.
        offsets: of each datagram in the block.
        lengths: captured octets of each.
        wire_lengths: octets of each on the wire.
        services: which of the four protocols each datagram is.
        begin: first datagram to decode.
        messages: filled with ``MESSAGE``, one a datagram that is one.
        names: arena of the questions' names.
        records: filled with ``RECORD``.
        texts: arena of the answers' data.
        claims: filled with ``CLAIM``.
        owners: arena of the claims' names.

    Returns:
        Datagram to go on with, and how many messages, records and claims were filled.
    """
    count, used, stated = 0, 0, 0
    name_at, text_at, owner_at = 0, 0, 0
    at = begin
    while at < len(offsets):
        if (
            count >= len(messages)
            or used + MOST_ANSWERS > len(records)
            or stated + MOST_CLAIMS > len(claims)
            or name_at + _NAME_ROOM > len(names)
            or text_at + _TEXT_ROOM > len(texts)
            or owner_at + _CLAIM_ROOM > len(owners)
        ):
            break
        start = offsets[at]
        end = start + lengths[at]
        if start < 0 or end > len(block) or lengths[at] < 12:
            at += 1
            continue
        message = messages[count]
        service = wide(services[at])
        behind, name_at = _question(block, start, end, service == NBNS, message, names, name_at)
        if behind >= 0 and _is_plausible(block, start, lengths[at], wire_lengths[at], message):
            message.event = at
            message.bytes = wire_lengths[at]
            message.name_end = name_at
            used, text_at, behind = _answers(
                block, start, end, behind, service, message, records, used, texts, text_at
            )
            if service != DNS:
                stated, owner_at = _claims(
                    block, start, end, service, at, message, claims, stated, owners, owner_at
                )
            count += 1
        elif count > 0:
            name_at = messages[count - 1].name_end
        else:
            name_at = 0
        at += 1
    return at, count, used, stated


@subkernel
def _is_plausible(block: Octets, start: int, length: int, wire_length: int, message: Any) -> bool:
    """Refuse datagrams whose header promises more records than could fit."""
    records = be16(block, start + 6) + be16(block, start + 8) + be16(block, start + 10)
    room = max(length, wire_length) - 12
    if message.questions == 0 and records == 0 and not message.flags & 0x8000:
        return False
    return message.questions * 5 + records * 11 <= room or bool(message.flags & 0x8200)


@subkernel
def _question(
    block: Octets, start: int, end: int, is_netbios: bool, message: Any, names: Octets, to: int
) -> tuple[int, int]:
    """Header and questions; returns the offset behind them (-1: no message) and the arena's end."""
    message.id = be16(block, start)
    message.flags = be16(block, start + 2)
    message.questions = be16(block, start + 4)
    message.answers = be16(block, start + 6)
    message.kind = -1
    message.name_bytes = 0
    message.answer_bytes = 0
    message.kept = 0
    at = start + 12
    if message.questions == 0:
        return at, to
    at, to, octets = write_name(block, start, at, end, is_netbios, names, to)
    if at < 0 or at + 4 > end:
        return -1, to
    message.kind = be16(block, at)
    message.name_bytes = octets
    at += 4
    for _ in range(message.questions - 1):
        behind = skip_name(block, at, end)
        if behind < 0 or behind + 4 > end:
            return end, to
        at = behind + 4
    return at, to


@subkernel
def _answers(
    block: Octets, start: int, end: int, at: int, service: int, message: Any,
    records: Records, used: int, texts: Octets, to: int,
) -> tuple[int, int, int]:  # fmt: skip
    """Answer records as text, as far as they are whole."""
    for _ in range(message.answers):
        head = skip_name(block, at, end)
        if head < 0 or head + 10 > end:
            return used, to, end
        kind = be16(block, head)
        size = be16(block, head + 8)
        if head + 10 + size > end:
            return used, to, end
        if message.kept < MOST_ANSWERS:
            shown = -1 if service == NBNS and kind == _NBSTAT else kind
            shown = -1 if service != NBNS and kind == _NB else shown
            to = write_data(block, start, head + 10, size, shown, texts, to)
            record = records[used]
            record.kind = kind
            record.ttl = be32(block, head + 4)
            record.end = to
            used += 1
            message.kept += 1
        message.answer_bytes += size
        at = head + 10 + size
    return used, to, at


@subkernel
def _claims(
    block: Octets, start: int, end: int, service: int, event: int, message: Any,
    claims: Records, stated: int, owners: Octets, to: int,
) -> tuple[int, int]:  # fmt: skip
    """Addresses that a host states for names: answers, and NetBIOS registrations and refreshes."""
    opcode = (message.flags >> 11) & 15
    is_answer = (message.flags & 0x800F) == 0x8000
    if not is_answer and not (service == NBNS and opcode in (5, 8, 9)):
        return stated, to
    at = start + 12
    for _ in range(message.questions):
        behind = skip_name(block, at, end)
        if behind < 0 or behind + 4 > end:
            return stated, to
        at = behind + 4
    total = message.answers + be16(block, start + 8) + be16(block, start + 10)
    found = 0
    for _ in range(total):
        head = skip_name(block, at, end)
        if head < 0 or head + 10 > end or found >= MOST_CLAIMS:
            return stated, to
        kind = be16(block, head)
        size = be16(block, head + 8)
        data = head + 10
        if data + size > end:
            return stated, to
        is_wanted = (
            (kind == _A and size == 4)
            or (kind == _AAAA and size == 16)
            or (kind == _NB and size >= 6 and service == NBNS)
        )
        if is_wanted:
            behind, owner_end, _octets = write_name(
                block, start, at, end, service == NBNS, owners, to
            )
            if behind >= 0:
                to = owner_end
                claim = claims[stated]
                claim.event = event
                claim.is_group = 0
                claim.end = to
                if kind == _AAAA:
                    claim.hi = be64(block, data)
                    claim.lo = be64(block, data + 8)
                else:
                    claim.hi = 0
                    shift = 2 if kind == _NB else 0
                    claim.lo = (_MAPPED) | np.uint64(be32(block, data + shift))
                    claim.is_group = 1 if kind == _NB and block[data] & 0x80 else 0
                stated += 1
                found += 1
        at = data + size
    return stated, to
