"""One row of a detector's query and its judgement become a finding."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import datetime
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.finding import EvidenceRows, Finding
from netcordon.model.score import confidence

FRAMES_SHOWN = 50
"""Frames kept per piece of evidence and table; the total stands beside them."""

_PARAMETER = re.compile(r"\$([a-z_][a-z0-9_]*)")


def parameters(detector: Detector) -> dict[str, object]:
    """All parameters of a detector by name, whether its query or its judge uses them."""
    return {f.name: getattr(detector.params, f.name) for f in fields(detector.params)}  # type: ignore[arg-type]


def bound_parameters(detector: Detector) -> dict[str, object]:
    """The parameters that the query names."""
    named = set(_PARAMETER.findall(detector.sql))
    return {name: value for name, value in parameters(detector).items() if name in named}


def finding(detector_id: str, detector: Detector, row: Row, judgement: Judgement) -> Finding:
    """Put the finding together.

    Raises:
        KeyError: when the query lacks a column that ``Detector`` asks for.
    """
    src_ips, dst_ips = _texts(row["src_ips"]), _texts(row["dst_ips"])
    dst_names = _texts(row["dst_names"])
    dst_ports = tuple(sorted(set(cast(Iterable[int], row["dst_ports"] or ()))))
    first = cast(datetime, row["first_seen_time"])
    return Finding(
        id=finding_id(
            detector_id,
            src_ips + dst_ips + dst_names + tuple(map(str, dst_ports)) + apart(row.get("apart")),
            first,
        ),
        detector=detector_id,
        title=judgement.title,
        severity=judgement.severity,
        confidence=confidence(detector.prior, judgement.terms),
        src_ips=src_ips,
        dst_ips=dst_ips,
        dst_names=dst_names,
        dst_ports=dst_ports,
        protocol=cast("str | None", row["protocol"]),
        accounts=_texts(row.get("accounts")),
        techniques=()
        if judgement.techniques is None
        else judgement.techniques or detector.techniques,
        first_seen_time=first,
        last_seen_time=cast(datetime, row["last_seen_time"]),
        terms=dict(judgement.terms),
        facts=dict(judgement.facts),
        evidence_rows=evidence_rows(cast(Iterable[Mapping[str, object]], row["evidence"])),
        sql=detector.sql.strip(),
        parameters=parameters(detector),
        benign=detector.benign,
        look_next=detector.look_next,
        succeeded=judgement.succeeded,
    )


def apart(word: object) -> tuple[str, ...]:
    """What tells a finding from others of the same ends and time, as a part of its id."""
    return (f"apart {word}",) if word else ()


def finding_id(detector_id: str, ends: Iterable[str], first: datetime) -> str:
    """``f-`` and 12 hexadecimal digits that depend on detector, ends and first time alone."""
    text = "\n".join((detector_id, *sorted(ends), first.isoformat()))
    return "f-" + hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:12]


def evidence_rows(rows: Iterable[Mapping[str, object]]) -> tuple[EvidenceRows, ...]:
    """Rows grouped by evidence and table, thinned evenly to ``FRAMES_SHOWN``, ends kept.

    A negative frame says how many rows the query left out (``evidence_of``): they count.
    """
    groups: dict[tuple[str, str], set[int]] = {}
    left_out: dict[tuple[str, str], int] = {}
    for row in rows:
        if row["frame"] is not None:
            place = (str(row["evidence_id"]), str(row["table"]))
            frame = cast(int, row["frame"])
            shown = groups.setdefault(place, set())
            if frame < 0:
                left_out[place] = left_out.get(place, 0) - frame
            else:
                shown.add(frame)
    return tuple(
        EvidenceRows(
            evidence_id=evidence_id,
            table=table,
            frames=thinned(sorted(frames)),
            total=len(frames) + left_out.get((evidence_id, table), 0),
        )
        for (evidence_id, table), frames in sorted(groups.items())
    )


def thinned(frames: list[int], keep: int = FRAMES_SHOWN) -> tuple[int, ...]:
    """At most ``keep`` (two or more) of ascending numbers, evenly, with the first and the last."""
    if len(frames) <= keep:
        return tuple(frames)
    last = len(frames) - 1
    return tuple(frames[round(i * last / (keep - 1))] for i in range(keep))


def _texts(values: object) -> tuple[str, ...]:
    return tuple(sorted({str(v) for v in cast(Iterable[object], values or ()) if v is not None}))
