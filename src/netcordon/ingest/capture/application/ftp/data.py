"""FTP data connections (RFC 959): one file or listing, from the first byte to the close."""

from __future__ import annotations

from netcordon.ingest.capture.application.files.feeding import UntilClose
from netcordon.ingest.capture.application.stream.conversation import Conversation
from netcordon.ingest.capture.application.stream.expected import Announced
from netcordon.ingest.capture.events import ORIG


class FtpDataParser:
    """The connection that a control connection announced."""

    measures = True

    def __init__(self, conversation: Conversation, announced: list[Announced]) -> None:
        self._conversation = conversation
        self._announced = announced
        self._files: list[UntilClose | None] = [None, None]
        self._served: Announced | None = None
        self._is_known = False

    def advance(self, direction: int) -> None:
        """Hand on the bytes of the file; a listing is not read."""
        conversation = self._conversation
        if not self._is_known:
            self._is_known = True
            conversation.label("ftp-data")
        file = self._files[direction] or self._open(direction)
        if file is None:
            conversation.stop(direction)
        else:
            file.read(conversation, direction)

    def _open(self, direction: int) -> UntilClose | None:
        conversation = self._conversation
        began_ns = conversation.streams[direction].mark()[0]
        for announced in self._announced:  # ends are used again: the last before the first byte
            if announced.time_ns <= began_ns or self._served is None:
                self._served = announced
        assert self._served is not None
        if self._served.is_listing:
            return None
        label = self._served.label._replace(is_upload=direction == ORIG)
        carried = conversation.context.files.begin(conversation.ends, label)
        if self._served.is_part:
            carried.miss()
        self._files[direction] = UntilClose(carried)
        return self._files[direction]

    def gap(self, direction: int) -> None:
        """The file lacks bytes; the rest of it is still counted."""
        file = self._files[direction]
        if file is not None:
            file.read(self._conversation, direction)
            file.file.miss()

    def finish(self) -> None:
        """The close is the end of the file; by now all that was said of it is known."""
        for direction, file in enumerate(self._files):
            if file is None or self._served is None:
                continue
            if self._served.is_listing:
                file.file.drop()
                continue
            file.file.label = self._served.label._replace(is_upload=direction == ORIG)
            file.close(self._conversation, direction)
