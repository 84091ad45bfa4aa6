"""Flow logs of Azure's network security groups and virtual networks (JSON)."""

from __future__ import annotations

from netcordon.ingest.flow_logs.telling import is_azure_record
from netcordon.ingest.text.documents import Records, first_records
from netcordon.ingest.text.head import PEEK_BYTES, Peeked
from netcordon.model.parser import WHOLE, ByteSource, Parser, ParseResult, Progress, RowSink, Share

_NAME = b'"flowTuples"'


def _recognise(head: bytes) -> str | None:
    """``azure-flow`` where most of the first records hold tuples of flows.

    A record may be longer than what is looked at; then its first names must tell.
    """
    if not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        return None
    records = first_records(head)
    if records:
        known = sum(map(is_azure_record, records))
        return "azure-flow" if known * 2 > len(records) else None
    is_cut = len(head) >= PEEK_BYTES
    return "azure-flow" if is_cut and _NAME in head else None


def _parse(
    source: ByteSource, sink: RowSink, progress: Progress, share: Share = WHOLE
) -> ParseResult:
    """Read the log to its end."""
    from netcordon.ingest.flow_logs.azure import AzureFlowLog
    from netcordon.ingest.text.reading import read_lines

    peeked = Peeked(source)
    log = AzureFlowLog()
    return read_lines(
        Records(peeked, peeked.head), sink, progress, share, log, "azureflow",
        log.reported.facts.found, finish=log.reported.finish, is_in_order=True,
    )  # fmt: skip


PARSER = Parser(
    title="Azure flow logs (network security groups, virtual networks)",
    writes=("network_activity", "log_source"),
    recognise=_recognise,
    parse=_parse,
)
