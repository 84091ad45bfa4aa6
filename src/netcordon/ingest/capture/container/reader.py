"""Which container a capture is in, and its packets, block by block."""

from __future__ import annotations

import numpy as np

from netcordon.ingest.capture.container.annotations import NOTE, NOTES, Annotations
from netcordon.ingest.capture.container.framing import (
    BAD_LENGTH,
    BAD_SECTION,
    CLASSIC_SNAPLEN,
    FRAMER,
    FULL,
)
from netcordon.ingest.capture.container.magic import recognise
from netcordon.ingest.capture.container.pcap import FILE_HEADER_BYTES, frame_pcap, open_pcap
from netcordon.ingest.capture.container.pcapng import drops_of, frame_pcapng, open_pcapng
from netcordon.ingest.capture.layout import Octets, Records
from netcordon.model.evidence import IngestWarning


class Container:
    """Reads packets out of consecutive blocks of one capture."""

    def __init__(self) -> None:
        self.kind: str | None = None
        self.state: Records = np.zeros(1, dtype=FRAMER)
        self._interfaces: Records = np.empty(0, dtype=np.uint8)
        self._annotations = Annotations()
        self._notes = np.zeros(NOTES, dtype=NOTE)
        self._damage: int | None = None
        self._is_foreign = False
        self._pending = 0
        self._base = 0

    @property
    def at(self) -> int:
        """Offset in the capture of what comes next."""
        return self._base + int(self.state["at"][0])

    @property
    def interface_offsets(self) -> list[int]:
        """Offsets in the capture of the interface blocks of the current section (pcapng)."""
        known = self._interfaces[: int(self.state["interfaces"][0])]
        return known["offset"].tolist() if self.kind == "pcapng" else []

    def begin_block(self, block: Octets) -> None:
        """Get ready for a block; the first one tells the format."""
        self._pending = 0
        if self.kind is not None or self._is_foreign:
            return
        head = block[:64].tobytes()
        if len(head) < FILE_HEADER_BYTES:
            return  # a short block of a source that trickles; it comes again
        kind = recognise(head)
        if kind == "pcap":
            self.state = open_pcap(head)
        elif kind == "pcapng":
            self.state, self._interfaces = open_pcapng()
        else:
            self._is_foreign = True
        self.kind = kind

    def go_on_at(self, offset: int) -> None:
        """The next block stands elsewhere in the capture; what was read of the head still holds."""
        self._base, self.state["base"], self.state["at"] = offset, offset, 0

    def next_packets(self, block: Octets, packets: Records) -> int:
        """Fill ``packets`` with the next of the block; return how many, 0 when it is used up."""
        if self.kind is None or self._damage is not None:
            return 0
        if self.kind == "pcap":
            frame_pcap(block, self.state, packets)
        else:
            self._frame_pcapng(block, packets)
        status = int(self.state["status"][0])
        if status in (BAD_LENGTH, BAD_SECTION):
            self._damage = status
        return int(self.state["count"][0])

    def _frame_pcapng(self, block: Octets, packets: Records) -> None:
        """Go on until there are packets or the block is used up; read what was noted."""
        while True:
            frame_pcapng(block, self.state, self._interfaces, packets, self._notes)
            self._annotations.take(block, self._notes[: int(self.state["notes"][0])])
            if self.state["count"][0] or self.state["status"][0] != FULL:
                return

    def end_block(self, block: Octets) -> int:
        """Octets at the end of the block that belong to a record still to come."""
        if self._is_foreign or self._damage is not None:
            return 0
        if self.kind is None:
            self._pending = len(block)
        else:
            self._base = self.at
            self._pending = len(block) - int(self.state["at"][0])
            self.state["at"] = 0
            self.state["base"] = self._base
        return self._pending

    @property
    def is_complete(self) -> bool:
        """Whether the capture ended where a record ends."""
        return self.kind is not None and self._damage is None and self._pending == 0

    @property
    def drops(self) -> int:
        """Packets that the capturing interfaces report as dropped (pcapng only)."""
        if self.kind != "pcapng":
            return 0
        return int(self.state["drops"][0]) + int(
            drops_of(self._interfaces, int(self.state["interfaces"][0]))
        )

    @property
    def annotations(self) -> dict[str, object]:
        """What a pcapng holds beside packets; empty for other formats."""
        if self.kind != "pcapng":
            return {}
        state = self.state[0]
        facts = self._annotations.facts
        facts["annotations_lost"] = self._annotations.lost + int(state["notes_lost"])
        facts["sections"] = int(state["sections"])
        facts["secrets_blocks"] = int(state["secrets"])
        facts["other_blocks"] = int(state["other_blocks"])
        return facts

    def warnings(self, frames: int) -> list[IngestWarning]:
        """What could not be read or must be doubted, after ``frames`` frames."""
        state = self.state[0]
        found = []

        def warn(code: str, what: str, count: int = 1, frame: int | None = None) -> None:
            if count:
                found.append(IngestWarning(code=code, what=what, count=count, frame=frame))

        if self._is_foreign:
            warn("NC-210", "The file is neither a pcap nor a pcapng capture.")
        elif self.kind is None:
            warn("NC-211", "The file ends within its first header; it holds no packets.")
        elif self._damage is not None:
            warn(
                "NC-212",
                f"After frame {frames} a record gives an impossible length; where the next one "
                "begins cannot be told, so the rest of the file was not decoded."
                if self._damage == BAD_LENGTH
                else f"After frame {frames} a section header is damaged; the rest of the file was "
                "not decoded.",
                frame=frames or None,
            )
        elif self._pending:
            warn(
                "NC-211",
                f"The file ends in the middle of a record after frame {frames}; "
                f"{self._pending} octets of it were left.",
                frame=frames or None,
            )
        warn(
            "NC-213",
            "Capture blocks with a senseless inside were skipped.",
            int(state["skipped_blocks"]),
        )
        warn(
            "NC-214",
            "Frames are longer than the snapshot length the file declares; they were decoded in "
            f"full (up to {CLASSIC_SNAPLEN} octets).",
            int(state["over_snaplen"]),
        )
        warn(
            "NC-216",
            "Frames claim fewer octets on the wire than were captured; sizes may be wrong.",
            int(state["longer_than_wire"]),
        )
        warn(
            "NC-217",
            "Frames carry no time (simple packet blocks); they got that of the frame before.",
            int(state["without_time"]),
        )
        warn(
            "NC-218",
            "The capture declares more interfaces than are kept; packets of the rest were skipped.",
            int(state["lost_interfaces"]),
        )
        warn(
            "NC-219",
            "The capture holds keys that decrypt its traffic; they were neither used nor kept.",
            int(state["secrets"]),
        )
        return found
