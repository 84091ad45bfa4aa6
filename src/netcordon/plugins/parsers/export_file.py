"""Datagrams of NetFlow and IPFIX in a file, one behind the other (IPFIX files, RFC 5655)."""

from __future__ import annotations

from netcordon.ingest.export_file.splitting import is_head, length_of
from netcordon.model.parser import WHOLE, ByteSource, Parser, ParseResult, Progress, RowSink, Share


def _recognise(head: bytes) -> str | None:
    """``ipfix`` or ``netflow``, by the header of the first datagram and where it ends."""
    if head[:1] != b"\0" or not is_head(head):
        return None
    end = length_of(head, 0, is_last=True)
    if end < len(head) and not is_head(head, end) and any(head[end : end + 16]):
        return None
    return "ipfix" if head[1] == 10 else "netflow"


def _parse(
    source: ByteSource, sink: RowSink, progress: Progress, share: Share = WHOLE
) -> ParseResult:
    """Read the file to its end."""
    from netcordon.ingest.export_file.log import ExportFile

    if share.index:
        return ParseResult(records=0)
    return ExportFile(source, sink).read(progress)


PARSER = Parser(
    title="NetFlow and IPFIX datagrams in a file",
    writes=("network_activity", "device_health", "log_source"),
    recognise=_recognise,
    parse=_parse,
)
