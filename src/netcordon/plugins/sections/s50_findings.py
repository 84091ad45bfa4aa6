"""Each finding: why, how sure, the rows behind it, what harmless thing looks like it, the query."""

from __future__ import annotations

import math
from collections.abc import Set
from dataclasses import replace

from netcordon.model.casework import Judgement
from netcordon.model.document import Check, Document, SampleRows
from netcordon.model.finding import EvidenceRows, Finding
from netcordon.model.quantity import count_text, name_text, span_text, time_text, window_text
from netcordon.model.section import (
    Bar,
    Block,
    Code,
    Contacts,
    Facts,
    Group,
    Inline,
    Items,
    Line,
    Listing,
    Ref,
    Section,
    Strong,
    Table,
    Tag,
    Text,
    commas,
)

_MOST_FULL, _MOST_LISTED = 40, 400
_MOST_FILTER_FRAMES, _MOST_SAMPLES, _MOST_ENDS = 30, 8, 6


def write(document: Document) -> list[Block]:
    """The worst findings in full, the next as rows, the rest as a number."""
    findings = sorted(
        document.findings,
        key=lambda f: (-f.severity.rank, -f.confidence, f.first_seen_time, f.id),
    )
    if not findings:
        return [Text("No detector made a finding.")]
    samples = {s.finding_id: s for s in document.samples}
    checks = {c.detector: c for c in document.checks}
    queries: dict[str, str] = {}
    logs = {e.id for e in document.evidence if e.facts.get("is_log")}
    out: list[Block] = []
    for finding in findings[:_MOST_FULL]:
        contacts = document.contacts.get(finding.id, ())
        check = checks.get(finding.detector)
        group = _finding(finding, samples.get(finding.id), contacts, check, queries, logs)
        ruling = document.judgements.get(finding.id)
        if ruling:
            tag = Tag(f"ruled {ruling.ruling.value}")
            assert isinstance(group.heading, tuple)
            group = replace(
                group,
                heading=(*group.heading, " ", tag),
                blocks=(_ruling(ruling), *group.blocks),
            )
        out.append(group)
    if len(findings) > _MOST_FULL:
        out.append(_rest(findings[_MOST_FULL:]))
    return out


def _finding(
    finding: Finding,
    sample: SampleRows | None,
    contacts: tuple[float, ...],
    check: Check | None,
    queries: dict[str, str],
    logs: Set[str],
) -> Group:
    blocks: list[Block] = [_facts(finding), *_why(finding)]
    if contacts:
        blocks.append(_contacts(contacts))
    blocks += _rows(finding, sample, logs)
    doubts: list[Line] = []
    if finding.benign:
        doubts.append((Strong("Harmless things that look like this: "), finding.benign))
    if check and check.blind_spots:
        doubts.append((Strong("This detector cannot see: "), check.blind_spots))
    if finding.look_next:
        doubts.append((Strong("Look next: "), finding.look_next))
    if doubts:
        blocks.append(Items(tuple(doubts)))
    blocks += _query(finding, queries)
    tag = Tag(finding.severity, finding.severity.value)
    return Group(
        heading=(tag, " ", finding.title), blocks=tuple(blocks), anchor=finding.id, folded=True
    )


def _ruling(ruling: Judgement) -> Text:
    said = f"{ruling.author}, {time_text(ruling.time)} UTC: {ruling.reason}"
    return Text((Strong(f"Ruled {ruling.ruling.value} ({ruling.ruling.meaning}). "), said))


def _facts(finding: Finding) -> Facts:
    outcome = {True: "yes", False: "no", None: "cannot be told from this evidence"}
    ports = ", ".join(str(p) for p in finding.dst_ports[:_MOST_ENDS])
    pairs: list[tuple[str, Line]] = [
        ("Confidence", f"{finding.confidence:.0%}"),
        ("When", window_text(finding.first_seen_time, finding.last_seen_time)),
        ("From", _ends(finding.src_ips)),
        ("To", _ends(tuple(dict.fromkeys((*finding.dst_ips, *finding.dst_names))))),
        ("Protocol", " ".join(filter(None, (finding.protocol, ports))) or "unknown"),
        ("Succeeded", outcome[finding.succeeded]),
    ]
    if finding.accounts:
        pairs.append(("Accounts", _ends(finding.accounts)))
    pairs += [
        ("Techniques", ", ".join(finding.techniques) or "none assigned"),
        ("Found by", (Code(finding.detector), " as ", Code(finding.id))),
    ]
    return Facts(tuple(pairs))


def _ends(ends: tuple[str, ...]) -> Line:
    shown = commas([Code(end) for end in ends[:_MOST_ENDS]])
    left = len(ends) - _MOST_ENDS
    return (*shown, f" and {left:,} more") if left > 0 else shown or "unknown"


def _value(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "unknown"}[value]
    if isinstance(value, float):
        return f"{value:,.4g}" if math.isfinite(value) else "unknown"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, list | tuple):
        more = f" and {len(value) - 10:,} more" if len(value) > 10 else ""
        return ", ".join(_value(v) for v in value[:10]) + more
    return str(value)


def _why(finding: Finding) -> list[Block]:
    out: list[Block] = []
    scale = max((abs(t.contribution) for t in finding.terms.values()), default=1.0) or 1.0
    rows = tuple(
        (name_text(name), _value(term.value), Bar(term.contribution, scale))
        for name, term in finding.terms.items()
    )
    if rows:
        caption = "Why: what was measured, and what it adds to the score (log-odds)"
        out.append(Table(caption=caption, columns=("Term", "Measured", "Adds"), rows=rows))
    if finding.facts:
        facts = list(finding.facts.items())[:20]
        out.append(Facts(tuple((name_text(name), _value(v)) for name, v in facts), compact=True))
    return out


def _contacts(contacts: tuple[float, ...]) -> Contacts:
    times = sorted(contacts)
    span = span_text(times[-1] - times[0])
    return Contacts(
        title="Contacts over time and the gaps between them",
        description=f"{count_text(len(times), 'contact')} in {span}. A beacon shows as one narrow "
        "hill of gaps, people show as a long slope.",
        times=contacts,
    )


def _rows(finding: Finding, sample: SampleRows | None, logs: Set[str]) -> list[Block]:
    of_logs = [r.evidence_id in logs for r in finding.evidence_rows]
    units = "lines" if of_logs and all(of_logs) else "frames or lines" if any(of_logs) else "frames"
    out: list[Block] = []
    rows: list[tuple[Line, ...]] = [
        (Ref(f"ev-{r.evidence_id}", r.evidence_id), Code(r.table), f"{r.total:,}", _frames(r))
        for r in finding.evidence_rows
    ]
    if rows:
        columns = ("Evidence", "Table", "Rows", f"First {units}")
        out.append(Table(caption="Rows behind it", columns=columns, rows=tuple(rows[:20])))
    else:
        out.append(Text("This finding names no rows.", muted=True))
    text = sample.display_filter if sample else _frame_filter(finding.evidence_rows)
    if text and units != "lines":  # of a log there is nothing to look at in packets
        out.append(Listing("Wireshark display filter", text))
    if sample and sample.rows:
        out += _sample(sample)
    return out


def _sample(sample: SampleRows) -> list[Block]:
    """The rows as a table; what is the same in all of them is said once."""
    rows = sample.rows[:_MOST_SAMPLES]
    same = [len(rows) > 1 and len(set(column)) == 1 for column in zip(*rows, strict=True)]
    shared: list[Line] = [
        (f"{name} ", Code(value))
        for name, value, constant in zip(sample.columns, rows[0], same, strict=True)
        if constant and value
    ]
    table = Table(
        caption="Sample of these rows",
        columns=tuple(c for c, constant in zip(sample.columns, same, strict=True) if not constant),
        rows=tuple(
            tuple(Code(v) for v, constant in zip(row, same, strict=True) if not constant)
            for row in rows
        ),
        left_out=max(len(sample.rows) - _MOST_SAMPLES, 0),
        where_all="the workspace",
    )
    if not shared:
        return [table]
    listed: list[Inline] = ["The same in all of them: "]
    for place, line in enumerate(shared):
        listed += ([", "] if place else []) + list(line if isinstance(line, tuple) else (line,))
    return [table, Text(tuple(listed), muted=True)] if table.columns else [Text(tuple(listed))]


def _frames(rows: EvidenceRows) -> str:
    shown = ", ".join(str(f) for f in rows.frames[:8])
    return (shown + (" …" if rows.total > 8 else "")) or "none given"


def _frame_filter(rows: tuple[EvidenceRows, ...]) -> str:
    """A filter by frame number, when all frames are of one file (numbers count per file)."""
    if len({r.evidence_id for r in rows}) != 1:
        return ""
    frames = sorted({f for r in rows for f in r.frames})[:_MOST_FILTER_FRAMES]
    return f"frame.number in {{{', '.join(map(str, frames))}}}" if frames else ""


def _query(finding: Finding, queries: dict[str, str]) -> list[Block]:
    if not finding.sql:
        return []
    blocks: list[Block] = []
    first = queries.setdefault(finding.sql, finding.id)
    if first == finding.id:
        blocks.append(Listing("SQL", finding.sql.strip("\n")))
    else:
        blocks.append(Text(("The query is that of ", Ref(first, first), ".")))
    if finding.parameters:
        pairs = tuple((f"${name}", Code(str(v))) for name, v in finding.parameters.items())
        blocks.append(Facts(pairs))
    return [Group(heading="The query that found it", blocks=tuple(blocks), folded=True)]


def _rest(findings: list[Finding]) -> Table:
    rows: tuple[tuple[Line, ...], ...] = tuple(
        (
            Tag(f.severity, f.severity.value),
            f.title,
            f"{f.confidence:.0%}",
            _ends(f.src_ips[:2]),
            time_text(f.first_seen_time),
            Code(f.id),
        )
        for f in findings[:_MOST_LISTED]
    )
    return Table(
        caption="Further findings, less severe or less sure; in full in report.json",
        columns=("Severity", "What", "Confidence", "From", "First, UTC", "Finding"),
        rows=rows,
        left_out=max(len(findings) - _MOST_LISTED, 0),
    )


SECTION = Section(heading="Findings", irm=("I11", "I15"), write=write)
