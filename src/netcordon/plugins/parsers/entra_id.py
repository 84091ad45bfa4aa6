"""Microsoft Entra ID (JSON): records on lines, in an array or in an envelope."""

from __future__ import annotations

from netcordon.ingest.audit.entra import ENTRA
from netcordon.ingest.audit.event import read_audit
from netcordon.ingest.text.documents import first_records
from netcordon.model.parser import WHOLE, ByteSource, Parser, ParseResult, Progress, RowSink, Share

_CATEGORIES = ("signinlogs", "auditlogs")


def _recognise(head: bytes) -> str | None:
    """``entra`` where most of the first records are sign-ins or directory audits."""
    records = first_records(head)
    known = [value for value in records if _is_event(value)]
    return "entra" if records and len(known) * 2 > len(records) else None


def _is_event(value: dict[str, object]) -> bool:
    graph = {"activityDateTime", "activityDisplayName"} <= value.keys() or {
        "createdDateTime", "userPrincipalName", "status",
    } <= value.keys()  # fmt: skip
    category = str(value.get("category", "")).lower()
    diagnostic = "properties" in value and category.endswith(_CATEGORIES)
    analytics = "TimeGenerated" in value and (
        {"InitiatedBy", "TargetResources"} <= value.keys()
        or {"UserPrincipalName", "ResultType", "AppDisplayName"} <= value.keys()
    )
    return graph or diagnostic or analytics


def _parse(
    source: ByteSource, sink: RowSink, progress: Progress, share: Share = WHOLE
) -> ParseResult:
    """Read the log to its end."""
    return read_audit(source, sink, progress, share, ENTRA)


PARSER = Parser(
    title="Microsoft Entra ID sign-ins and audits (JSON)",
    writes=("authentication", "api_activity", "log_source"),
    recognise=_recognise,
    parse=_parse,
    has_threads=True,
)
