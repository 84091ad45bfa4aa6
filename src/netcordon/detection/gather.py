"""Many small findings of one kind are told as one: twelve hosts ask one time server."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from netcordon.detection.assemble import apart, finding_id, thinned
from netcordon.model.detector import Together
from netcordon.model.finding import EvidenceRows, Finding
from netcordon.model.severity import Severity


def gathered(findings: Sequence[Finding], ways: Mapping[str, Together]) -> list[Finding]:
    """Findings below medium that share the key of their ``Together``, as one.

    Args:
        findings: of one detector, in the order to keep.
        ways: id of a finding -> how it is told together with others.

    Returns:
        Each group at the place of its first member. Score, facts and severity are those of its
        surest member, so gathering never makes anything look more harmless.
    """
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        way = ways.get(finding.id)
        minor = finding.severity.rank < Severity.MEDIUM.rank
        key = ("key", *way.key) if way and minor else ("alone", finding.id)
        groups.setdefault(key, []).append(finding)
    return [
        _one(members, ways[members[0].id]) if len(members) > 1 else members[0]
        for members in groups.values()
    ]


def _one(members: Sequence[Finding], way: Together) -> Finding:
    surest = min(members, key=lambda f: (-f.severity.rank, -f.confidence, f.id))
    sources = _all(f.src_ips for f in members)
    addresses = _all(f.dst_ips for f in members)
    names = _all(f.dst_names for f in members)
    first = min(f.first_seen_time for f in members)
    ports = tuple(sorted({port for f in members for port in f.dst_ports}))
    ends = (*sources, *addresses, *names, *map(str, ports), *apart(way.apart))
    return replace(
        surest,
        id=finding_id(surest.detector, ends, first),
        title=way.title(sources, names or addresses),
        src_ips=sources,
        dst_ips=addresses,
        dst_names=names,
        dst_ports=ports,
        accounts=_all(f.accounts for f in members),
        first_seen_time=first,
        last_seen_time=max(f.last_seen_time for f in members),
        facts={**surest.facts, "findings_told_as_one": len(members)},
        evidence_rows=_rows(members),
    )


def _all(values: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(sorted(set(chain.from_iterable(values))))


def _rows(members: Sequence[Finding]) -> tuple[EvidenceRows, ...]:
    """The members' rows together; ``total`` adds up, for members have no row in common."""
    places: dict[tuple[str, str], list[EvidenceRows]] = {}
    for rows in chain.from_iterable(f.evidence_rows for f in members):
        places.setdefault((rows.evidence_id, rows.table), []).append(rows)
    return tuple(
        EvidenceRows(
            evidence_id=evidence_id,
            table=table,
            frames=thinned(sorted(set(chain.from_iterable(r.frames for r in parts)))),
            total=sum(r.total for r in parts),
        )
        for (evidence_id, table), parts in sorted(places.items())
    )
