"""What the readers of both container formats share: statuses, bounds, and the reading state."""

from __future__ import annotations

import numpy as np

LARGEST_FRAME = 16 << 20
"""A record that claims more captured bytes than this is damage, not a packet."""
CLASSIC_SNAPLEN = 262_144
"""Largest frame that common tools write; below it a wrong snapshot length is forgiven."""

MORE, FULL, BAD_LENGTH, BAD_SECTION = 0, 1, 2, 3
"""Why a framing kernel stopped: block used up, chunk full, damage (two kinds)."""

FRAMER = np.dtype(
    [
        ("at", np.int64),  # next unread byte of the block
        ("count", np.int64),  # packets of the chunk
        ("status", np.int64),
        ("is_big", np.uint8),
        ("is_nano", np.uint8),
        ("header_bytes", np.int64),  # of a pcap record
        ("link_type", np.int64),
        ("snaplen", np.int64),
        ("interfaces", np.int64),  # of the current pcapng section
        ("sections", np.int64),
        ("latest_ns", np.int64),
        ("over_snaplen", np.int64),  # frames longer than the snapshot length
        ("longer_than_wire", np.int64),  # frames with more captured than they had on the wire
        ("truncated", np.int64),  # frames with less captured than they had on the wire
        ("without_time", np.int64),
        ("skipped_blocks", np.int64),  # pcapng blocks whose inside makes no sense
        ("lost_interfaces", np.int64),
        ("largest_capture", np.int64),
        ("drops", np.int64),  # of sections that are over
        ("base", np.int64),  # offset of the block in the capture
        ("section", np.int64),  # offset of the current pcapng section's header in the capture
        ("frames", np.int64),  # of pcapng so far
        ("notes", np.int64),  # places noted in this chunk, see annotations.py
        ("notes_lost", np.int64),
        ("secrets", np.int64),  # blocks with keys that decrypt traffic
        ("other_blocks", np.int64),  # journal, custom and unknown ones
    ],
    align=True,
)
"""State of a container reader between blocks: one record."""
