"""What Zeek raised itself: notices, intelligence, oddities, signatures, broken protocols."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

from netcordon.ingest.text.addresses import addresses
from netcordon.ingest.text.columns import Columns
from netcordon.ingest.text.rows import Rows, rows
from netcordon.ingest.text.shaping import constant, natural, port
from netcordon.ingest.zeek.ends import ends


def _finding(log: Columns, kind: str, told: dict[str, object]) -> Rows:
    return rows(
        "detection_finding",
        log.numbers,
        {
            "time": log.time("ts"),
            **ends(log),
            "protocol": log.lower("proto"),
            "product": constant("zeek", len(log)),
            "kind": constant(kind, len(log)),
            "count": pa.array([1] * len(log)),
            **told,
        },
    )


def notice(log: Columns) -> Iterable[Rows]:
    """A notice; where it names no flow, the addresses it is about."""
    note = log.text("note")
    src = addresses(log.text("id.orig_h", "src"))
    dst = addresses(log.text("id.resp_h", "dst"))
    to = port(log.whole("id.resp_p", "p"))
    yield _finding(
        log,
        "notice",
        {
            **src.columns("src_ip"),
            **dst.columns("dst_ip"),
            "dst_port": to,
            "rule_id": note,
            "title": note,
            "category": pc.extract_regex(note, r"^(?P<module>[^:]*)::").field(0),
            "message": log.text("msg"),
            "observable": log.text("sub"),
            "reporter": log.text("peer_descr"),
        },
    )


def intel(log: Columns) -> Iterable[Rows]:
    """A value that stands on a list."""
    yield _finding(
        log,
        "intel",
        {
            "rule_id": log.text("seen.indicator_type"),
            "title": pc.binary_join_element_wise(
                "Intelligence match", log.text("seen.where"), ": ", null_handling="skip"
            ),
            "category": log.text("seen.indicator_type"),
            "message": pc.binary_join(log.texts("sources"), ", "),
            "observable": log.text("seen.indicator"),
            "reporter": log.text("seen.node"),
        },
    )


def weird(log: Columns) -> Iterable[Rows]:
    """Something that no protocol foresees; most of it is noise of networks."""
    name = log.text("name")
    yield _finding(
        log,
        "weird",
        {
            "rule_id": name,
            "title": name,
            "category": log.text("source"),
            "message": log.text("addl"),
            "reporter": log.text("peer"),
        },
    )


def signatures(log: Columns) -> Iterable[Rows]:
    """A match of a signature."""
    yield _finding(
        log,
        "alert",
        {
            **log.address("src_addr").columns("src_ip"),
            "src_port": port(log.whole("src_port")),
            **log.address("dst_addr").columns("dst_ip"),
            "dst_port": port(log.whole("dst_port")),
            "rule_id": log.text("sig_id"),
            "title": log.text("event_msg", "sig_id"),
            "category": log.text("note"),
            "message": log.text("sub_msg"),
            "count": pc.coalesce(natural(log.whole("sig_count")), 1),
        },
    )


def analyzer(log: Columns) -> Iterable[Rows]:
    """A protocol that did not keep to its form."""
    yield _finding(
        log,
        "anomaly",
        {
            "rule_id": constant("analyzer", len(log)),
            "title": constant("A protocol analyzer gave up", len(log)),
            "category": log.text("analyzer_name", "analyzer"),
            "message": log.text("failure_reason"),
        },
    )
