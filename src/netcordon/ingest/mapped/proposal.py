"""A mapping proposed from a sample: which field is which column, and how sure that is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

import pyarrow as pa

from netcordon.ingest.mapped.definition import column_types
from netcordon.ingest.mapped.sample import Sample
from netcordon.ingest.mapped.stamps import microseconds, seems
from netcordon.ingest.mapped.synonyms import SYNONYMS, TELLING, fitting
from netcordon.model.log_mapping import ColumnSource
from netcordon.tables.schema import ADDRESS, TABLES

LEAST = 0.35
"""Confidence below which nothing is proposed."""
_LOOKS_ALONE = 0.9
_FORMATS = (
    "iso", "epoch", "epoch_ms", "epoch_us", "epoch_ns", "%d/%b/%Y:%H:%M:%S %z",
    "%d.%m.%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p",
    "%Y/%m/%d %H:%M:%S", "%d-%m-%Y %H:%M:%S", "%d-%b-%Y %H:%M:%S", "%b %d %Y %H:%M:%S",
    "%a %b %d %H:%M:%S %Y", "%Y%m%d %H%M%S", "%d.%m.%Y %H:%M:%S.%f", "%Y%m%d%H%M%S",
)  # fmt: skip
_NUMBERS = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmp6", "47": "gre", "50": "esp"}
_OUTCOMES = {
    **dict.fromkeys(("ok", "success", "successful", "succeeded", "true", "allowed", "accept",
                     "accepted", "passed", "1"), "success"),
    **dict.fromkeys(("fail", "failed", "failure", "false", "denied", "rejected", "error", "0",
                     "refused"), "failure"),
}  # fmt: skip
_EARLIEST = 788_918_400
"""1995 in epoch seconds: small numbers are no times, whatever they are called."""


@dataclass(frozen=True, kw_only=True)
class Proposed:
    """A column and where it may come from.

    Attributes:
        confidence: 0 to 1.
        why: in words.
    """

    column: str
    source: ColumnSource
    confidence: float
    why: str


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What a sample suggests.

    Attributes:
        missing: columns without which there is no row, and for which nothing fits.
        unused: fields that go nowhere.
        remarks: what a person must decide.
    """

    table: str
    sample: Sample
    time_format: str
    columns: Sequence[Proposed]
    missing: Sequence[str]
    unused: Sequence[str]
    remarks: Sequence[str] = field(default_factory=tuple)


def propose(sample: Sample, table: str | None = None) -> Proposal:
    """Propose a mapping.

    Args:
        sample: of the log.
        table: the rows shall go to; ``None`` takes the one that most of the fields fit.
    """
    tables = [table] if table else list(SYNONYMS)
    stamps = {path: time_format(values) for path, values in sample.fields.items()}
    return max((_for(sample, name, stamps) for name in tables), key=_weight)


def _weight(proposal: Proposal) -> tuple[bool, bool, float]:
    telling = TELLING.get(proposal.table, ())
    told = any(one.column in telling and one.confidence > LEAST for one in proposal.columns)
    return not proposal.missing, told, sum(one.confidence for one in proposal.columns)


def _for(sample: Sample, table: str, stamps: Mapping[tuple[str, ...], tuple[str, str]]) -> Proposal:
    known = SYNONYMS.get(table, {name: (name,) for name in column_types(table)})
    types = column_types(table)
    scored = []
    for path, values in sample.fields.items():
        for column, names in known.items():
            if column not in types:
                continue
            told = _named(path, names)
            if types[column] == "TIMESTAMP":
                looks: float | None = 1.0 if stamps[path][0] else 0.0
            else:
                looks = fitting(column, values)
            score = _score(told, looks)
            if not told:
                # Times and addresses are told by their looks alone; which is which, by their order.
                is_plain = types[column] in ("TIMESTAMP", ADDRESS) and (looks or 0) >= _LOOKS_ALONE
                score = LEAST if is_plain else 0.0
            if score >= LEAST:
                scored.append((score, column, path, looks if told else None))
    order_of = {path: place for place, path in enumerate(sample.fields)}
    scored.sort(key=lambda one: (-one[0], order_of[one[2]], list(known).index(one[1])))
    columns: dict[str, Proposed] = {}
    used: set[tuple[str, ...]] = set()
    for score, column, path, looks in scored:
        if column not in columns and path not in used:
            used.add(path)
            columns[column] = _proposed(column, path, score, looks, sample.fields[path])
    needed = [TABLES[table].time, *(["src_ip", "dst_ip"] if table == "network_activity" else [])]
    dated = columns.get(TABLES[table].time)
    form, remark = stamps.get(dated.source.path, ("iso", "")) if dated else ("iso", "")
    unused = [".".join(path) for path in sample.fields if path not in used]
    order = [column for column in known if column in columns]
    return Proposal(
        table=table, sample=sample, time_format=form or "iso",
        columns=[columns[column] for column in order],
        missing=[column for column in needed if column not in columns], unused=unused,
        remarks=[remark] if remark else [],
    )  # fmt: skip


def _named(path: tuple[str, ...], names: Sequence[str]) -> float:
    """How much a field is called like one of the names: 1 the first, less the further on."""
    whole = re.sub(r"[^a-z0-9@]+", "_", "_".join(path).lower()).strip("_")
    last = re.sub(r"[^a-z0-9@]+", "_", path[-1].lower()).strip("_")
    for place, name in enumerate(names):
        if name in (whole, last):
            return 1.0 - 0.3 * place / len(names)
    words = set(whole.split("_"))
    for place, name in enumerate(names):
        if set(name.split("_")) <= words and len(name) > 2:
            return 0.6 - 0.2 * place / len(names)
    return 0.0


def _score(told: float, looks: float | None) -> float:
    return round(told * 0.7 if looks is None else told * 0.5 * (0.2 + 0.8 * looks) + 0.5 * looks, 2)


def _proposed(
    column: str, path: tuple[str, ...], score: float, looks: float | None, values: Sequence[str]
) -> Proposed:
    factor, unit = _factor(column, path)
    source = ColumnSource(path=path, factor=factor, values=_meanings(column, values))
    why = "by its name" if looks is None else f"by its name; {looks:.0%} of the values fit"
    if score == LEAST:
        why = "only by what its values look like, and its place: CHECK"
    return Proposed(column=column, source=source, confidence=score, why=why + unit)


def _factor(column: str, path: tuple[str, ...]) -> tuple[float, str]:
    name = path[-1].lower()
    if column == "duration_s" and re.search(r"ms\b|_ms|milli", name):
        return 0.001, "; milliseconds, by its name"
    if "bytes" in column and re.search(r"(?<![a-z])kb|kib", name):
        return 1024.0, "; kibibytes, by its name: check"
    return 1.0, ""


def _meanings(column: str, values: Sequence[str]) -> Mapping[str, str]:
    said = {value for value in values if value}
    if column == "outcome":
        return {v: _OUTCOMES[v.lower()] for v in sorted(said) if v.lower() in _OUTCOMES}
    if column != "protocol" or not said or not all(value.isdigit() for value in said):
        return {}
    return {number: _NUMBERS[number] for number in sorted(said) if number in _NUMBERS}


def time_format(values: Sequence[str]) -> tuple[str, str]:
    """The format most of the values have, and a remark where two fit; empty for none."""
    said = [value for value in islice((v.strip() for v in values), 200) if value and value != "-"]
    if not said or sum(any(c.isdigit() for c in value) for value in said) * 2 < len(said):
        return "", ""
    seeming = [form for form in _FORMATS if any(seems(value, form) for value in said[:5])]
    shares = {form: _share(said, form) for form in seeming}
    fits = [form for form in seeming if shares[form] >= 0.9]
    if not fits:
        return "", ""
    other = [form for form in fits[1:] if "%m/%d" in form]
    remark = ""
    if other and "%d/%m" in fits[0]:
        remark = "day and month could be the other way round (%m/%d): no value tells"
    return fits[0], remark


def _share(values: Sequence[str], form: str) -> float:
    found = microseconds(pa.array(values, pa.string()), form, "UTC").to_pylist()
    good = [one for one in found if one is not None and one / 1e6 > _EARLIEST]
    return len(good) / len(values)
