"""Files of nfdump's collectors (nfcapd): layouts 1 and 2, plain or packed."""

from __future__ import annotations

from netcordon.model.parser import WHOLE, ByteSource, Parser, ParseResult, Progress, RowSink, Share


def _recognise(head: bytes) -> str | None:
    """``nfcapd`` by the magic number, in either byte order."""
    is_one = head[:2] in (b"\x0c\xa5", b"\xa5\x0c") and head[2:4] in (
        b"\x01\0", b"\0\x01", b"\x02\0", b"\0\x02",
    )  # fmt: skip
    return "nfcapd" if is_one else None


def _parse(
    source: ByteSource, sink: RowSink, progress: Progress, share: Share = WHOLE
) -> ParseResult:
    """Read the file to its end."""
    from netcordon.ingest.nfcapd.log import NfcapdLog

    if share.index:
        return ParseResult(records=0)
    return NfcapdLog(source, sink).read(progress)


PARSER = Parser(
    title="nfdump files (nfcapd)",
    writes=("network_activity", "device_health", "log_source"),
    recognise=_recognise,
    parse=_parse,
)
