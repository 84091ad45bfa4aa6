"""``alert`` and ``anomaly``: what Suricata raised itself. ``stats``: how it fared."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

from netcordon.ingest.eve.event import PROTOCOLS, backwards, ends, service
from netcordon.ingest.text.columns import Columns
from netcordon.ingest.text.reading import Facts
from netcordon.ingest.text.rows import Rows, rows
from netcordon.ingest.text.shaping import constant, first, small, words

_SEVERITIES = {"1": "4", "2": "3", "3": "2", "4": "1"}
"""Suricata's priority, 1 the highest -> OCSF's severity."""

_AUTHORS = {"informational": "1", "minor": "2", "major": "4", "critical": "5"}
"""What the rule's author says (``signature_severity``): finer than the class's priority."""

_SURE = {"low": "0.2", "medium": "0.5", "high": "0.8"}
"""Metadata ``confidence`` in words -> a share, the middle of a third."""

_COUNTERS = {
    "stats.capture.kernel_packets": "packets", "stats.capture.kernel_drops": "packets",
    "stats.decoder.pkts": "packets", "stats.decoder.invalid": "packets",
    "stats.tcp.segment_memcap_drop": "segments", "stats.tcp.ssn_memcap_drop": "sessions",
    "stats.tcp.reassembly_gap": "gaps", "stats.tcp.memuse": "bytes",
    "stats.flow.memcap": "flows", "stats.flow.emerg_mode_entered": "times",
    "stats.detect.alert_queue_overflow": "alerts", "stats.detect.alerts_suppressed": "alerts",
}  # fmt: skip


def _finding(log: Columns, kind: str, told: dict[str, object]) -> Rows:
    return rows(
        "detection_finding",
        log.numbers,
        {
            "time": log.time("timestamp"),
            **ends(log),
            "protocol": words(log.lower("proto"), PROTOCOLS),
            "product": constant("suricata", len(log)),
            "kind": constant(kind, len(log)),
            "count": pa.array([1] * len(log)),
            "reporter": log.text("host"),
            "is_from_src": pc.invert(backwards(log)),
            **told,
        },
    )


def alert(log: Columns) -> Iterable[Rows]:
    """A signature that matched; ``rule_id`` is ``gid:sid``."""
    severity = log.text("alert.severity")
    author = pc.utf8_lower(first_text(log, "alert.metadata.signature_severity"))
    sure = pc.utf8_lower(first_text(log, "alert.metadata.confidence"))
    techniques = log.raw("alert.metadata.mitre_technique_id")
    sid = pc.binary_join_element_wise(log.text("alert.gid"), log.text("alert.signature_id"), ":")
    yield _finding(
        log,
        "alert",
        {
            "service": service(log.lower("app_proto")),
            "rule_id": sid,
            "rule_revision": small(log.whole("alert.rev")),
            "title": log.text("alert.signature"),
            "category": log.text("alert.category"),
            "severity": severity,
            "severity_id": pc.coalesce(
                words(author, _AUTHORS, keep=False), words(severity, _SEVERITIES, keep=False)
            ).cast(pa.int32()),
            **({"techniques": techniques} if pa.types.is_list(techniques.type) else {}),
            "confidence": words(sure, _SURE, keep=False).cast(pa.float64()),
            "action": log.text("alert.action"),
            "observable": log.text("tls.sni", "http.hostname", "dns.rrname", "fileinfo.filename"),
        },
    )


def first_text(log: Columns, name: str) -> pa.Array:
    """First item of a list of texts; rules repeat a word that was set twice."""
    found = first(log.raw(name))
    return found if pa.types.is_string(found.type) else pa.nulls(len(log), pa.string())


def anomaly(log: Columns) -> Iterable[Rows]:
    """Something that a decoder, the stream engine or a parser did not expect."""
    yield _finding(
        log,
        "anomaly",
        {
            "service": service(log.lower("anomaly.app_proto", "app_proto")),
            "rule_id": log.text("anomaly.event"),
            "title": log.text("anomaly.event"),
            "category": log.text("anomaly.type"),
            "message": log.text("anomaly.layer"),
        },
    )


def stats(log: Columns, facts: Facts) -> Iterable[Rows]:
    """Counters since the start of the sensor."""
    for fact, name in (
        ("largest_sensor_packets", "stats.capture.kernel_packets"),
        ("largest_sensor_dropped", "stats.capture.kernel_drops"),
        ("largest_sensor_memcap", "stats.tcp.segment_memcap_drop"),
    ):
        most = pc.max(log.whole(name)).as_py()
        if most is not None:
            facts.most(fact, most)
    for name, unit in _COUNTERS.items():
        value = log.number(name)
        known = pc.is_valid(value)
        columns = {
            "time": log.time("timestamp"),
            "device": pc.coalesce(log.text("host"), "suricata"),
            "metric": constant(name.removeprefix("stats."), len(log)),
            "value": value,
            "value_unit": constant(unit, len(log)),
        }
        kept = {key: column.filter(known) for key, column in columns.items()}
        yield rows("device_health", log.where(known).numbers, kept)
