"""Every address of the recorded traffic with its zone, and which devices it passes on its way."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa

from netcordon.hunting.spans import Span, spans
from netcordon.model.register import INTERNET, Register
from netcordon.planning.crossing import crossings
from netcordon.tables.engine import Engine

EVERYWHERE = "*"
"""A point that all traffic passes: what a command would do that a person carries out somewhere."""

_ENDS = """
SELECT src_ip_hi AS hi, src_ip_lo AS lo FROM network_activity GROUP BY ALL
UNION
SELECT dst_ip_hi, dst_ip_lo FROM network_activity GROUP BY ALL
"""
_ZONED = f"""
SELECT e.hi, e.lo,
       coalesce(CASE WHEN e.lo <= n.last THEN n.label END,
                CASE WHEN e.hi <= w.last AND NOT (e.hi = 0 AND e.lo >> 32 = 65535)
                     THEN w.label END, '{INTERNET}') AS zone
FROM ends e
ASOF LEFT JOIN zone_narrow n ON e.hi = n.hi AND e.lo >= n.first
ASOF LEFT JOIN zone_wide w ON e.hi >= w.first
"""


def add_zones(engine: Engine, register: Register) -> None:
    """Put beside the views which zone each address is in, and what lies between zones.

    They are ``zoned(hi, lo, zone)``, ``crossed(a, b, boundary)`` and ``passed(a, b, point)``, for
    all plans and rehearsals on this engine. A device on two boundaries has one set of rules, which
    holds at both.
    """
    nets = [(zone.name, text) for zone in register.zones for text in zone.networks]
    # A span names all networks that hold it; the smallest decides, as in ``Register.zone_of``.
    size = {no: int(text.partition("/")[2]) for no, (_, text) in enumerate(nets)}
    wide, narrow = spans((no, text) for no, (_, text) in enumerate(nets))
    for name, parts in (("zone_wide", wide), ("zone_narrow", narrow)):
        labels = [nets[max(part.nos, key=size.__getitem__)][0] for part in parts]
        engine.add_table(name, _span_rows(parts).append_column("label", [labels]))
    engine.keep("ends", _ENDS)
    engine.keep("zoned", _ZONED)
    between = crossings(register)
    engine.add_table("crossed", _pairs(between, "boundary"))
    at = {boundary.name: boundary.points for boundary in register.boundaries}
    points = {
        pair: tuple(dict.fromkeys(point for name in names for point in at[name]))
        for pair, names in between.items()
    }
    # A command for a guarding device names the guarded host, all of whose traffic passes it.
    everywhere = (EVERYWHERE, *(point.name for point in register.points if point.guards))
    zones = (*(zone.name for zone in register.zones), INTERNET)
    for pair in itertools.product(zones, zones):
        points[pair] = tuple(dict.fromkeys((*points.get(pair, ()), *everywhere)))
    engine.add_table("passed", _pairs(points, "point"))


def span_table(parts: Sequence[Span]) -> pa.Table:
    """Spans with the numbers of all that hold them: ``hi``, ``first``, ``last``, ``nos``."""
    nos = pa.array([part.nos for part in parts], pa.list_(pa.int64()))
    return _span_rows(parts).append_column("nos", nos)


def _span_rows(parts: Iterable[Span]) -> pa.Table:
    rows = list(parts)
    return pa.table(
        {
            name: pa.array([getattr(part, name) for part in rows], pa.uint64())
            for name in ("hi", "first", "last")
        }
    )


def _pairs(between: Mapping[tuple[str, str], Sequence[str]], what: str) -> pa.Table:
    rows = [(a, b, name) for (a, b), names in sorted(between.items()) for name in names]
    return pa.table(
        {
            name: pa.array([row[i] for row in rows], pa.string())
            for i, name in enumerate(("a", "b", what))
        }
    )
