"""Counts of 802.11 frames that are no data: by minute, kind, ends and network, in a fixed table."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from netcordon.ingest.capture.addresses import NO_MAC
from netcordon.ingest.capture.compiled import kernel, subkernel
from netcordon.ingest.capture.hashing import mix
from netcordon.ingest.capture.layout import Octets, Record, Records
from netcordon.ingest.capture.octets import be48, u16, wide
from netcordon.ingest.capture.packet import verdicts
from netcordon.ingest.capture.wireless.elements import NO_NAME, PRIVACY, PROTECTS, read_elements
from netcordon.ingest.capture.wireless.frame import MANAGEMENT, PROTECTED, end_of
from netcordon.ingest.capture.wireless.radio import NO_SIGNAL, is_wireless, read_radio

ROWS = 4096
_FULL = 3 * ROWS // 4
_MINUTE_NS = 60_000_000_000
_ASSOCIATION, _REASSOCIATION, _PROBE, _PROBE_RESPONSE, _BEACON = 0, 2, 4, 5, 8
_AUTHENTICATION = 11

WIFI_ROW = np.dtype(
    [
        ("minute", np.int64),
        ("kind", np.uint8),  # type << 4 | subtype
        ("name_length", np.uint8),  # NO_NAME: says none
        ("security", np.uint8),  # see elements
        ("channel", np.uint8),  # 0 not known
        ("is_protected", np.uint8),
        ("name", np.uint8, 32),
        ("receiver", np.uint64),
        ("transmitter", np.uint64),
        ("network", np.uint64),
        ("hash", np.uint64),  # of all above
        ("first_ns", np.int64),
        ("last_ns", np.int64),
        ("first_frame", np.int64),
        ("reason", np.int32),  # of the last, -1 without
        ("signal_min", np.int32),  # NO_SIGNAL: none
        ("signal_max", np.int32),
        ("count", np.int64),
    ],
    align=True,
)
"""One row of ``wifi_activity`` in the making."""


class WifiTable(NamedTuple):
    """Rows in the order of their first frames, an index over them, and one row to build in.

    Attributes:
        rows: WIFI_ROW, ``ROWS`` of them.
        lookup: int32, open addressing, row + 1; 0 is empty.
        draft: WIFI_ROW, one.
        used: int64, one: rows in use.
    """

    rows: Records
    lookup: NDArray[np.int32]
    draft: Records
    used: NDArray[np.int64]


@kernel
def count_wifi(
    data: Octets, packets: Records, start: int, count: int, first_frame: int, table: WifiTable
) -> int:
    """Count frames ``start`` to ``count`` of a chunk; return the first that was not taken.

    That is ``count`` unless the table is full and has to be emptied before going on.
    """
    for i in range(start, count):
        packet = packets[i]
        if not is_wireless(packet.link_type):
            continue
        is_counted = (
            packet.verdict == verdicts.WIFI_MANAGEMENT
            or packet.verdict == verdicts.WIFI_CONTROL
            or packet.verdict == verdicts.WIFI_WITHOUT_DATA
        )
        if not is_counted:
            continue
        if table.used[0] >= _FULL:
            return i
        row = table.draft[0]
        signal = _draft(data, packet, row)
        _add(packet, row, signal, first_frame + i, table)
    return count


@subkernel
def _draft(data: Octets, packet: Record, row: Record) -> int:
    """Fill ``row`` from a frame; its signal."""
    at, flags, frequency, signal = read_radio(data, packet)
    end = end_of(packet, flags)
    control = u16(data, at, False)
    row.minute = packet.time_ns // _MINUTE_NS
    row.kind = ((control >> 2) & 3) << 4 | (control >> 4) & 15
    row.name_length = NO_NAME
    row.security = 0
    row.channel = channel_of(frequency)
    row.is_protected = 0
    for k in range(32):
        row.name[k] = 0
    row.receiver = be48(data, at + 4) if at + 10 <= end else np.uint64(NO_MAC)
    has_sender = at + 16 <= end and row.kind != 0x1C and row.kind != 0x1D  # not CTS, ACK
    row.transmitter = be48(data, at + 10) if has_sender else np.uint64(NO_MAC)
    row.network = np.uint64(NO_MAC)
    row.reason = -1
    if row.kind == 0x1A:  # PS-Poll: the receiver is the network
        row.network = row.receiver
    if row.kind >> 4 == MANAGEMENT and at + 24 <= end:
        row.network = be48(data, at + 16)
        if control & PROTECTED:
            row.is_protected = 1
        else:
            body = at + 24 + (4 if control & 0x8000 else 0)
            _read_body(data, body, end, row)
    return signal


@subkernel
def _read_body(data: Octets, at: int, end: int, row: Record) -> None:
    kind = row.kind
    if kind in (10, 12):
        row.reason = u16(data, at, False) if at + 2 <= end else -1
    elif kind in (1, 3):
        row.reason = u16(data, at + 2, False) if at + 4 <= end else -1
    elif kind == _AUTHENTICATION:
        row.reason = u16(data, at + 4, False) if at + 6 <= end else -1
    elif kind in (_BEACON, _PROBE_RESPONSE):
        if at + 12 <= end and u16(data, at + 10, False) & 0x10:
            row.security |= PRIVACY
        read_elements(data, at + 12, end, row)
    elif kind == _ASSOCIATION:
        read_elements(data, at + 4, end, row)
    elif kind == _REASSOCIATION:
        read_elements(data, at + 10, end, row)
    elif kind == _PROBE:
        read_elements(data, at, end, row)
    row.is_protected = np.uint8(row.security & PROTECTS != 0)


@subkernel
def channel_of(frequency: int) -> int:
    """Channel of a centre frequency in MHz (IEEE 802.11-2020, annex E), 0 when there is none."""
    if frequency == 2484:
        return 14
    if 2412 <= frequency <= 2472:
        return (frequency - 2407) // 5
    if 5955 <= frequency <= 7115:
        return (frequency - 5950) // 5
    if 5005 <= frequency <= 5900:
        return (frequency - 5000) // 5
    return 0


@subkernel
def _add(packet: Record, draft: Record, signal: int, frame: int, table: WifiTable) -> None:
    draft.hash = _hash(draft)
    mask = len(table.lookup) - 1
    at = wide(draft.hash & np.uint64(mask))
    number = -1
    while table.lookup[at] != 0:
        if _is_same(table.rows[table.lookup[at] - 1], draft):
            number = wide(table.lookup[at]) - 1
            break
        at = (at + 1) & mask
    if number < 0:
        number = table.used[0]
        table.used[0] += 1
        table.lookup[at] = np.int32(number + 1)
        table.rows[number] = draft
        row = table.rows[number]
        row.first_ns = packet.time_ns
        row.last_ns = packet.time_ns
        row.first_frame = frame
        row.count = 0
        row.signal_min = NO_SIGNAL
        row.signal_max = -NO_SIGNAL
    row = table.rows[number]
    row.count += 1
    row.reason = draft.reason
    row.first_ns = min(row.first_ns, packet.time_ns)
    row.last_ns = max(row.last_ns, packet.time_ns)
    if signal != NO_SIGNAL:
        row.signal_min = min(wide(row.signal_min), signal)
        row.signal_max = max(wide(row.signal_max), signal)


@subkernel
def _hash(row: Record) -> np.uint64:
    value = mix(row.receiver + mix(row.transmitter + mix(row.network + np.uint64(row.minute))))
    few = (np.uint64(row.kind) << np.uint64(32)) | (np.uint64(row.name_length) << np.uint64(24))
    few |= (np.uint64(row.security) << np.uint64(16)) | (np.uint64(row.channel) << np.uint64(8))
    value = mix(value ^ few ^ np.uint64(row.is_protected))
    for k in range(32):
        value = (value ^ np.uint64(row.name[k])) * np.uint64(1099511628211)
    return mix(value)


@subkernel
def _is_same(one: Record, other: Record) -> bool:
    if one.hash != other.hash or one.minute != other.minute or one.kind != other.kind:
        return False
    if one.name_length != other.name_length or one.security != other.security:
        return False
    for k in range(32):
        if one.name[k] != other.name[k]:
            return False
    return bool(
        one.channel == other.channel
        and one.is_protected == other.is_protected
        and one.receiver == other.receiver
        and one.transmitter == other.transmitter
        and one.network == other.network
    )
