"""Events of hosts, clouds and identity providers as JSON: each product by a declaration.

On lines, in an array, in an envelope of an API, or within what a collector put around them.
"""

from __future__ import annotations

from netcordon.ingest.messages.moments import Clock
from netcordon.ingest.records.log import RecordLog, most_frequent
from netcordon.ingest.records.product import Product
from netcordon.ingest.records.products import ALL
from netcordon.ingest.records.record import Record
from netcordon.ingest.text.documents import Records, first_records
from netcordon.ingest.text.head import Peeked
from netcordon.ingest.text.reading import read_lines
from netcordon.model.parser import WHOLE, ByteSource, Parser, ParseResult, Progress, RowSink, Share


def _product(head: bytes) -> Product | None:
    """The product that most of the first records are of."""
    return most_frequent([Record(value) for value in first_records(head)], ALL)


def _recognise(head: bytes) -> str | None:
    """The product's name."""
    found = _product(head)
    return None if found is None else found.name


def _parse(
    source: ByteSource, sink: RowSink, progress: Progress, share: Share = WHOLE
) -> ParseResult:
    """Read the log to its end."""
    peeked = Peeked(source)
    product = _product(peeked.head)
    family = "events" if product is None else product.name
    clock = Clock(peeked.modified, peeked.log_zone)
    reader = RecordLog(ALL, clock)
    records = Records(peeked, peeked.head)
    return read_lines(
        records, sink, progress, share, reader, family, reader.facts.found,
        warnings=clock.warnings, is_in_order=True,
    )  # fmt: skip


PARSER = Parser(
    title="events of endpoints, clouds and identity providers (JSON: OCSF, ECS, osquery, "
    "Defender, CrowdStrike, GuardDuty, WAF, Google, Azure, Duo, Kubernetes, GitHub and others)",
    writes=(
        "network_activity", "dns_activity", "http_activity", "dhcp_activity", "authentication",
        "api_activity", "detection_finding", "log_source",
    ),
    recognise=_recognise,
    parse=_parse,
)  # fmt: skip
