"""One behaviour seen through two keys is one finding: the more specific explains the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from netcordon.model.finding import Finding

KEY = "key_kind"
"""Fact by which a detector says what a finding is grouped by; the position here is its rank."""

SPECIFICITY = ("name", "address", "fingerprint")
"""What a group is keyed by, most telling first."""


def merged(findings: Sequence[Finding]) -> list[Finding]:
    """Findings of one detector with those explained by a better one folded into it.

    Two belong together when they share a source, their times overlap, and either they have the
    same names or they share an address and are keyed differently (two names on one address stay
    two). The worse
    severity wins, then the more specific key, then confidence. Findings without the fact
    ``key_kind`` are never merged.
    """
    order = sorted(findings, key=_precedence)
    kept: list[Finding] = []
    # Only findings that share a source can belong together; a scan of the Internet has thousands.
    of_source: dict[str, list[int]] = {}
    for candidate in order:
        near: set[int] = set()
        if KEY in candidate.facts:
            near.update(*(of_source.get(ip, ()) for ip in candidate.src_ips))
        host = next((i for i in sorted(near) if _explains(kept[i], candidate)), None)
        if host is not None:
            kept[host] = _folded(kept[host], candidate)
            continue
        if KEY in candidate.facts:
            for ip in candidate.src_ips:
                of_source.setdefault(ip, []).append(len(kept))
        kept.append(candidate)
    place = {f.id: i for i, f in enumerate(findings)}
    return sorted(kept, key=lambda f: place[f.id])


def _precedence(finding: Finding) -> tuple[int, int, float, str]:
    kind = finding.facts.get(KEY)
    rank = SPECIFICITY.index(str(kind)) if kind in SPECIFICITY else len(SPECIFICITY)
    return (-finding.severity.rank, rank, -finding.confidence, finding.id)


def _explains(better: Finding, other: Finding) -> bool:
    kinds = better.facts.get(KEY), other.facts.get(KEY)
    return (
        None not in kinds
        and bool(set(better.src_ips) & set(other.src_ips))
        and (
            bool(better.dst_names and better.dst_names == other.dst_names)
            or (kinds[0] != kinds[1] and bool(set(better.dst_ips) & set(other.dst_ips)))
        )
        and better.first_seen_time <= other.last_seen_time
        and other.first_seen_time <= better.last_seen_time
    )


def _folded(better: Finding, other: Finding) -> Finding:
    before = better.facts.get("also_seen_by")
    also = {str(other.facts[KEY]), *(before if isinstance(before, tuple) else ())}
    rows = {(r.evidence_id, r.table): r for r in (*other.evidence_rows, *better.evidence_rows)}
    return replace(
        better,
        dst_names=tuple(sorted({*better.dst_names, *other.dst_names})),
        dst_ports=tuple(sorted({*better.dst_ports, *other.dst_ports})),
        facts={**better.facts, "also_seen_by": tuple(sorted(also))},
        evidence_rows=tuple(row for _, row in sorted(rows.items())),
    )
