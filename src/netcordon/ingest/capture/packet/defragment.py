"""Fragmented datagrams of a chunk become packets of their own, read like any other.

Flows go on counting fragments as they came; only payload is taken from the whole.
"""

from __future__ import annotations

import numpy as np

from netcordon.ingest.capture.compiled import kernel
from netcordon.ingest.capture.layout import FIN, SYN, Octets, Records
from netcordon.ingest.capture.octets import wide
from netcordon.ingest.capture.packet.fragments import (
    FRAGMENT_FACTS,
    PLACE,
    PLACES,
    WHOLES,
    FragmentTable,
    collect,
)
from netcordon.ingest.capture.packet.nesting import read_packets


class Defragmenter:
    """Puts the datagrams of one capture together again."""

    def __init__(self, chunk_packets: int, block_bytes: int) -> None:
        self._table = FragmentTable(
            places=np.zeros(PLACES, dtype=PLACE),
            octets=np.zeros((PLACES, 1 << 16), dtype=np.uint8),
            there=np.zeros((PLACES, (1 << 13) // 64), dtype=np.uint64),
            wholes=np.zeros(chunk_packets, dtype=WHOLES),
            # A chunk may complete all that waits, and what the block itself holds.
            annex=np.zeros((PLACES << 16) + 2 * block_bytes + (1 << 20), dtype=np.uint8),
            facts=np.zeros(1, dtype=FRAGMENT_FACTS),
        )

    def take(
        self, block: Octets, packets: Records, count: int, used: int, tally: Records
    ) -> tuple[Octets, int]:
        """Take the fragments among the parsed packets of a chunk.

        Returns:
            The block, with the datagrams that became whole behind it, and the records in use.
        """
        used, wholes, filled = collect(block, packets, count, used, self._table)
        if not wholes:
            return block, used
        block = np.concatenate([block, self._table.annex[:filled]])
        return block, read_wholes(block, packets, used, self._table.wholes[:wholes], tally)

    @property
    def facts(self) -> dict[str, int]:
        """What happened to fragments."""
        record = self._table.facts[0]
        return {name: int(record[name]) for name in FRAGMENT_FACTS.names or ()}


@kernel
def read_wholes(
    data: Octets, packets: Records, used: int, wholes: Records, tallies: Records
) -> int:
    """Read the headers of datagrams that became whole, and what they carry.

    Args:
        data: the block with its annex.
        packets: records; those from ``used`` on are free.
        used: records in use.
        wholes: WHOLES.
        tallies: one TALLY.

    Returns:
        Records in use now.
    """
    for i in range(len(wholes)):
        entry = wholes[i]
        whole = packets[entry.record]
        following = whole.next
        whole.next = -1
        used = read_packets(
            data, packets, wide(entry.record), wide(entry.ether_type), used, tallies[0]
        )
        last = wide(entry.record)
        while packets[last].next >= 0:
            last = wide(packets[last].next)
        packets[last].next = following
        header = whole.payload - whole.transport
        if whole.has_tcp and entry.first_length >= header:
            # The first fragment was followed as a segment; the rest goes on from there.
            seen = min(entry.first_length - header, wide(whole.payload_length))
            whole.sequence += np.uint32(seen + (1 if whole.tcp_flags & SYN else 0))
            whole.tcp_flags &= np.uint8(255 ^ (SYN | FIN))
            whole.payload += np.int32(seen)
            whole.payload_length -= np.int32(seen)
            whole.payload_captured = np.int32(max(whole.payload_captured - seen, 0))
    return used
