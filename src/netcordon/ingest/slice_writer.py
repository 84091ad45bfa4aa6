"""Parts of captures written as one pcapng: an interface for each that their frames came from."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netcordon.ingest.capture.container.stretches import Part
from netcordon.ingest.capture.container.write_pcapng import Output, PcapngWriter


class SliceWriter:
    """Writes picked frames of one or more captures.

    Args:
        output: takes the bytes.
        comment: says what the capture is.
        application: who wrote it.
    """

    def __init__(self, output: Output, *, comment: str, application: str) -> None:
        self._writer = PcapngWriter(output, comment=comment, application=application)
        self._interfaces: dict[tuple[str, int, int, int], int] = {}

    def add(self, part: Part, picked: NDArray[np.int64], *, parent: str, origin: str) -> None:
        """Write the frames ``picked`` of a part.

        Args:
            part: frames read again.
            picked: places in ``part.frames``, rising.
            parent: tells captures apart.
            origin: says of the interfaces where they came from.
        """
        packets = part.frames[picked]
        origins = np.stack([packets["interface"], packets["link_type"]], axis=1)
        kinds, which = np.unique(origins, axis=0, return_inverse=True)
        numbers = np.zeros(len(kinds), dtype=np.int64)
        for i, (interface, link_type) in enumerate(kinds.tolist()):
            key = (parent, part.section, interface, link_type)
            if key not in self._interfaces:
                self._interfaces[key] = self._writer.interface(
                    link_type, comment=f"{origin}, interface {interface}"
                )
            numbers[i] = self._interfaces[key]
        self._writer.frames(part.block, packets, numbers[which.reshape(-1)])
