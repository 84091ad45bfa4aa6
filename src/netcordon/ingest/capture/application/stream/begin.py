"""How the reading of a connection begins: as it was announced, or by finding out."""

from __future__ import annotations

from netcordon.ingest.capture.application.ftp.data import FtpDataParser
from netcordon.ingest.capture.application.stream.conversation import Conversation, StreamParser
from netcordon.ingest.capture.application.stream.identify import Identify


def begin(conversation: Conversation) -> StreamParser:
    """The first parser of a connection."""
    announced = conversation.context.expected.of(conversation.ends)
    return FtpDataParser(conversation, announced) if announced else Identify(conversation)
