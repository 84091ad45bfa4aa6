"""Files, mails and FTP commands equal tshark's on the recorded captures, or the reason is here.

tshark unpacks content codings and also exports what is not whole, so only the objects that were
carried plain and are whole by our account are compared: each of them must be among tshark's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow as pa
import pytest

from netcordon.ingest.capture.application import ApplicationLayer
from netcordon.ingest.capture.decode import decode
from netcordon.tables.arrow import to_arrow
from netcordon.tables.schema import TABLES
from tests.engines import tshark_files
from tests.engines.tshark_files import Values

_GROUPS = ("c2", "bruteforce", "benign_apps", "web_exploit", "zeek_labelled")
_MOST_BYTES = 24 << 20
JUSTIFIED: Mapping[tuple[str, str], str] = {
    ("ndpi_match_string_subprotocol__error.pcapng", "http_object"): (
        "a request with damaged fields, which tshark does not take for HTTP"
    ),
}
"""Capture and kind -> why the two differ."""


class _Rows:
    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, object]]] = {}

    def append(self, table: str, columns: Mapping[str, object]) -> None:
        if table in ("file_activity", "application_activity"):
            rows: pa.Table = to_arrow(TABLES[table], columns)
            self.rows.setdefault(table, []).extend(rows.to_pylist())


def own(capture: Path) -> Values:
    """The same kinds of values from our tables."""
    sink, layer = _Rows(), ApplicationLayer()
    with capture.open("rb", buffering=0) as source:
        decode(source, sink, lambda _: None, layer)  # type: ignore[arg-type]
    values: Values = {
        kind: Counter() for kind in ("http_object", "mail", "ftp_object", "ftp_command", "subject")
    }
    for row in sink.rows.get("file_activity", []):
        service, sha256 = row["service"], row["sha256"]
        is_mail = row["declared_type"] == "message/rfc822" and service in ("smtp", "pop3", "imap")
        kind = {"http": "http_object", "ftp": "ftp_object"}.get(
            str(service), "mail" if is_mail else ""
        )
        if kind and sha256 is not None and row["encoding"] is None:
            values[kind][str(sha256)] += 1
    for row in sink.rows.get("application_activity", []):
        if row["service"] == "ftp" and row["operation"] != "GREETING":
            values["ftp_command"][f"{row['operation']} {row['object'] or ''}".strip()] += 1
        if row["operation"] == "MESSAGE" and row["object"]:
            values["subject"][str(row["object"])] += 1
    return values


def captures(corpus: Path) -> list[Path]:
    """Recorded captures of the groups that carry files, mails or FTP."""
    found = [p for group in _GROUPS for p in sorted((corpus / group).rglob("*.pcap*"))]
    return [p for p in found if p.suffix in (".pcap", ".pcapng") and p.stat().st_size < _MOST_BYTES]


@pytest.mark.engines
@pytest.mark.slow
def test_files_mails_and_ftp_agree(corpus: Path, engine_program: Callable[[str], str]) -> None:
    tshark = engine_program("tshark")
    wrong: list[str] = []
    totals: dict[str, Counter[str]] = {}
    for capture in captures(corpus):
        theirs = tshark_files.read(capture, tshark)
        ours = own(capture)
        for kind in theirs:
            total = totals.setdefault(kind, Counter())
            total["ours"] += ours[kind].total()
            total["tshark"] += theirs[kind].total()
            total["equal"] += (ours[kind] & theirs[kind]).total()
            only_ours = ours[kind] - theirs[kind]
            only_theirs = theirs[kind] - ours[kind] if kind == "ftp_command" else Counter[str]()
            if (only_ours or only_theirs) and (capture.name, kind) not in JUSTIFIED:
                wrong.append(f"{capture.name} {kind}: ours {only_ours}, tshark {only_theirs}")
    assert not wrong, "\n".join(wrong)
