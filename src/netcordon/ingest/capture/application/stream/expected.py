"""Connections that another one announced: FTP names the end that its data will go to."""

from __future__ import annotations

from dataclasses import dataclass

from netcordon.ingest.capture.application.files.tracker import Label
from netcordon.ingest.capture.application.record.ends import Address, Ends

_MOST = 1 << 14
_MOST_OF_AN_END = 16
_FILE = Label("ftp", is_upload=False)


@dataclass
class Announced:
    """A data connection to come.

    Attributes:
        time_ns: when it was announced.
        label: what is known of the file.
        is_listing: it carries no file.
        is_part: the transfer begins within the file.
    """

    time_ns: int
    label: Label = _FILE
    is_listing: bool = False
    is_part: bool = False


class Expected:
    """Announced ends, bounded: the oldest are forgotten first."""

    def __init__(self) -> None:
        self._by_end: dict[tuple[Address, int], list[Announced]] = {}

    def announce(self, address: Address, port: int, announced: Announced) -> None:
        """Somebody will connect to this end."""
        found = self._by_end.setdefault((address, port), [])
        found.append(announced)
        del found[:-_MOST_OF_AN_END]
        if len(self._by_end) > _MOST:
            del self._by_end[next(iter(self._by_end))]

    def of(self, ends: Ends) -> list[Announced]:
        """What was announced of either end of a flow, the oldest first; empty mostly."""
        if not self._by_end:
            return []
        return self._by_end.get((ends.dst_ip, ends.dst_port)) or self._by_end.get(
            (ends.src_ip, ends.src_port), []
        )
