"""Hunt: everything wanted against all evidence at once, and what was seen of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from netcordon.hunting.cautions import caution
from netcordon.hunting.touches import find_touches
from netcordon.hunting.visibility import not_visible, searched
from netcordon.hunting.wanted_tables import register
from netcordon.incidents.addresses import HomeNets, is_private
from netcordon.incidents.identity import Identities, said_identities
from netcordon.incidents.queries import plain
from netcordon.model.hunt import (
    MOST_HOSTS,
    Atom,
    ExampleRow,
    HuntResult,
    Sighting,
    Toucher,
    Trace,
    Wanted,
    WantedType,
)  # fmt: skip
from netcordon.tables.engine import Engine

_EXAMPLES = 4

_SIGHTINGS = """
SELECT no, tbl, col, way, is_exact, sum(n)::BIGINT AS n, count(DISTINCT host) AS hosts,
       min(first_seen_time) AS first, max(last_seen_time) AS last, min(value) AS seen_as,
       count(DISTINCT value) AS "values"
FROM touch GROUP BY no, tbl, col, way, is_exact
ORDER BY no, is_exact DESC, first, tbl, col, way
"""
_HOSTS = f"""
WITH by_host AS (
    SELECT no, host, sum(n)::BIGINT AS n, min(first_seen_time) AS first,
           max(last_seen_time) AS last, list(DISTINCT way ORDER BY way) AS ways
    FROM touch GROUP BY no, host
)
SELECT *, count(*) OVER (PARTITION BY no) AS hosts FROM by_host
QUALIFY row_number() OVER (PARTITION BY no ORDER BY n DESC, host) <= {MOST_HOSTS}
ORDER BY no, n DESC, host
"""
_EXAMPLE_ROWS = f"""
WITH placed AS (SELECT no, {{'is_weak': NOT is_exact, 'row': ex}} AS ex FROM touch)
SELECT no, min(ex, {_EXAMPLES}) AS firsts FROM placed GROUP BY no ORDER BY no
"""

RESOLVERS = """
WITH wanted AS (SELECT unnest($ips) AS ip)
SELECT DISTINCT ip FROM dns_activity JOIN wanted ON ip = dst_ip
WHERE is_response AND ra AND service = 'dns'
"""


def sweep(
    engine: Engine,
    wanted: Sequence[Wanted],
    evidence_ids: Sequence[str],
    unread: Mapping[str, int] | None = None,
) -> HuntResult:
    """Look for everything wanted.

    Args:
        engine: with the views and the home networks.
        wanted: what to look for.
        evidence_ids: what the views are made of, to be told.
        unread: what ``visibility.counted`` says of rows that the views leave out.
    """
    numbered: dict[Atom, int] = {}
    for one in wanted:
        for atom in one.parts:
            if atom.type is not WantedType.PORT:
                numbered.setdefault(atom, len(numbered))
    numbers: list[int] = []
    patterns: list[tuple[int, list[int], int | None]] = []
    for one in wanted:
        atoms = [atom for atom in one.parts if atom.type is not WantedType.PORT]
        if len(one.parts) == 1:
            numbers.append(numbered[atoms[0]])
            continue
        ports = [int(atom.value) for atom in one.parts if atom.type is WantedType.PORT]
        numbers.append(len(numbered) + len(patterns))
        patterns.append((numbers[-1], [numbered[a] for a in atoms], ports[0] if ports else None))
    register(engine, numbered)
    find_touches(engine, numbered, patterns)
    traces = _traces(engine, wanted, numbers)
    return HuntResult(
        traces=tuple(traces[i] for i in sorted(traces)),
        nothing=tuple(one for i, one in enumerate(wanted) if i not in traces),
        searched=searched(engine),
        evidence_ids=tuple(evidence_ids),
        not_visible=not_visible(engine, types_of(wanted), unread or {}),
    )


def types_of(wanted: Sequence[Wanted]) -> frozenset[WantedType]:
    """The types of everything wanted."""
    return frozenset(atom.type for one in wanted for atom in one.parts)


class _Who(NamedTuple):
    """What is known of hosts."""

    said: Identities
    home: HomeNets
    resolvers: frozenset[str]


def _traces(engine: Engine, wanted: Sequence[Wanted], numbers: Sequence[int]) -> dict[int, Trace]:
    sightings = _grouped(engine.query(_SIGHTINGS))
    hosts = _grouped(engine.query(_HOSTS))
    examples = {row["no"]: row for row in engine.query(_EXAMPLE_ROWS)}
    ips = {str(row["host"]) for no in set(numbers) for row in hosts.get(no, ())}
    who = _Who(
        said_identities(engine, ips),
        HomeNets(engine.home_nets),
        frozenset(str(row["ip"]) for row in engine.query(RESOLVERS, {"ips": sorted(ips)})),
    )
    return {
        i: _trace(wanted[i], sightings[no], hosts[no], examples[no], who)
        for i, no in enumerate(numbers)
        if no in sightings
    }


def _trace(
    wanted: Wanted,
    sightings: Sequence[Mapping[str, Any]],
    hosts: Sequence[Mapping[str, Any]],
    examples: Mapping[str, Any],
    who: _Who,
) -> Trace:
    return Trace(
        wanted=wanted,
        sightings=tuple(_sighting(row) for row in sightings),
        hosts=tuple(_toucher(row, who) for row in hosts),
        host_count=int(hosts[0]["hosts"]),
        examples=_examples(one["row"] for one in examples["firsts"]),
        rows=sum(int(row["n"]) for row in sightings),
        first_seen_time=min(row["first"] for row in sightings),
        last_seen_time=max(row["last"] for row in sightings),
        caution=caution(wanted),
    )


def _sighting(row: Mapping[str, Any]) -> Sighting:
    return Sighting(
        table=row["tbl"],
        column=row["col"],
        way=row["way"],
        rows=int(row["n"]),
        hosts=int(row["hosts"]),
        first_seen_time=row["first"],
        last_seen_time=row["last"],
        seen_as=str(row["seen_as"]),
        values=int(row["values"]),
        is_exact=bool(row["is_exact"]),
    )


def _toucher(row: Mapping[str, Any], known: _Who) -> Toucher:
    ip, first, last = str(row["host"]), row["first"], row["last"]
    who, home = known.said.who(ip, plain(first), plain(last)), known.home
    return Toucher(
        ip=ip,
        name=who.name,
        user=who.user,
        mac=who.mac,
        is_internal=home.holds(ip) if home.networks else is_private(ip),
        is_resolver=ip in known.resolvers,
        ways=tuple(row["ways"]),
        rows=int(row["n"]),
        first_seen_time=first,
        last_seen_time=last,
    )


def _examples(found: Iterable[Mapping[str, Any]]) -> tuple[ExampleRow, ...]:
    rows = {
        (e["tbl"], e["evidence_id"], e["frame"]): ExampleRow(
            table=e["tbl"], evidence_id=e["evidence_id"], frame=int(e["frame"]), time=e["t"]
        )
        for e in found
        if e is not None and e["frame"] is not None
    }
    return tuple(rows.values())


def _grouped(rows: Iterable[Mapping[str, Any]]) -> dict[int, list[Mapping[str, Any]]]:
    out: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        out[row["no"]].append(row)
    return dict(out)
