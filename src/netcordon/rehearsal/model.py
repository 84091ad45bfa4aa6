"""The model's verdict: commands joined with recorded flows, and what they miss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from netcordon.model.command import Command
from netcordon.model.plan import Harm, Plan, Way
from netcordon.model.register import Register
from netcordon.model.rehearsal import CommandVerdict, Effect, Missed, ModelVerdict
from netcordon.planning.effect import prepare, touch
from netcordon.planning.harm import find_harm
from netcordon.planning.ways import way_table
from netcordon.tables.engine import Engine

_ROWS = 20

_OF_WAY = """
SELECT w.no AS way, f.evidence_id, f.uid, f.src_ip_hi, f.src_ip_lo, f.dst_ip_hi, f.dst_ip_lo
FROM network_activity f JOIN meant w ON w.src = f.src_ip AND w.dst = f.dst_ip
WHERE (w.port IS NULL OR w.port = f.dst_port) AND f.protocol = w.protocol
  AND f.tunnel_parent IS NULL
"""
_STOPPED = """
SELECT t.no, w.way, count(*) AS flows FROM touched t
JOIN of_way w ON w.evidence_id = t.evidence_id AND w.uid = t.uid
WHERE t.stops
GROUP BY t.no, w.way ORDER BY t.no, w.way
"""
# A name that is not answered stops no packet by itself: what counts is whether packets are stopped.
_MISSED = f"""
SELECT w.way, x.boundary, count(*) AS flows,
       list({{'evidence_id': w.evidence_id, 'uid': w.uid}} ORDER BY w.evidence_id, w.uid)[1:{_ROWS}]
       AS "rows"
FROM of_way w
JOIN zoned a ON a.hi = w.src_ip_hi AND a.lo = w.src_ip_lo
JOIN zoned b ON b.hi = w.dst_ip_hi AND b.lo = w.dst_ip_lo
JOIN crossed x ON x.a = a.zone AND x.b = b.zone
ANTI JOIN (SELECT t.evidence_id, t.uid, s.boundary FROM touched t JOIN stands s ON s.no = t.no
           WHERE t.stops) t
  ON t.evidence_id = w.evidence_id AND t.uid = w.uid AND t.boundary = x.boundary
GROUP BY w.way, x.boundary ORDER BY w.way, x.boundary
"""
# What all commands together do; a flow that several meet counts once.
_EFFECT = """
WITH met AS (
    SELECT DISTINCT t.evidence_id, t.uid, t.src_ip FROM touched t JOIN stands s ON s.no = t.no
    WHERE t.stops
), known AS (SELECT DISTINCT evidence_id, uid FROM of_way)
SELECT count(k.uid) AS stopped, count(*) - count(k.uid) AS harmed,
       count(DISTINCT m.src_ip) FILTER (k.uid IS NULL) AS hosts_harmed
FROM met m LEFT JOIN known k ON k.evidence_id = m.evidence_id AND k.uid = m.uid
"""
_LOOKUPS = "SELECT no, sum(queries)::BIGINT AS queries FROM touched_lookup GROUP BY no ORDER BY no"


def judge_model(engine: Engine, plan: Plan, register: Register) -> ModelVerdict:
    """What each command would have done, what all of them miss, and how many flows were judged.

    ``touched``, ``zoned`` and ``of_way`` stay with the engine for the judges that follow.

    Args:
        engine: with the views and the home networks.
        plan: whose commands are judged.
        register: that the plan was made with.
    """
    (verdict,) = judge_plans(engine, [plan], register)
    return verdict


def judge_plans(
    engine: Engine, plans: Sequence[Plan], register: Register
) -> tuple[ModelVerdict, ...]:
    """The same for plans that are much alike: what is in several of them is joined once.

    Args:
        engine: with the views and the home networks.
        plans: with the same ways; the first says which of them are meant.
        register: that all were made with.
    """
    commands = list(dict.fromkeys(command for plan in plans for command in commands_of(plan)))
    place = {command: no for no, command in enumerate(commands)}
    prepare(engine, register)
    touch(engine, commands)
    first = plans[0]
    meant = [way for way in first.ways if way.certain or _is_covered(first, way)]
    harms, _ = find_harm(engine, meant, register.business, len(commands))
    # What a resolver of ours asks on for others is judged by the look-ups, not by packets.
    crossing = [way for way in meant if not way.relayed]
    engine.add_table("meant", way_table(crossing))
    engine.keep("of_way", _OF_WAY)
    verdicts = _verdicts(engine, first, commands, meant, harms)
    (count,) = engine.query("SELECT count(*) AS n FROM network_activity")
    out = []
    for plan in plans:
        numbers = [place[command] for command in commands_of(plan)]
        engine.add_table("stands", _stands([(no, commands[no]) for no in numbers], register))
        missed = tuple(
            Missed(
                way_id=crossing[row["way"]].id,
                boundary=row["boundary"],
                flows=row["flows"],
                rows=tuple((each["evidence_id"], each["uid"]) for each in row["rows"]),
            )
            for row in _rows(engine, _MISSED)
        )
        (effect,) = _rows(engine, _EFFECT)
        out.append(
            ModelVerdict(
                commands=tuple(verdicts[no] for no in numbers),
                missed=missed,
                flows=int(str(count["n"])),
                effect=Effect(**effect),
            )
        )
    return tuple(out)


def _verdicts(
    engine: Engine,
    plan: Plan,
    commands: Sequence[Command],
    meant: Sequence[Way],
    harms: Sequence[tuple[Harm, ...]],
) -> list[CommandVerdict]:
    crossing = [way for way in meant if not way.relayed]
    stopped: dict[int, list[Mapping[str, Any]]] = {}
    for row in _rows(engine, _STOPPED):
        stopped.setdefault(int(str(row["no"])), []).append(row)
    lookups = {int(str(r["no"])): int(str(r["queries"])) for r in engine.query(_LOOKUPS)}
    return [
        CommandVerdict(
            command_id=command.id,
            flows_stopped=sum(row["flows"] for row in stopped.get(no, ())),
            lookups_stopped=lookups.get(no, 0),
            ways=(
                *(crossing[row["way"]].id for row in stopped.get(no, ())),
                *(_relayed(plan, meant, command.id) if lookups.get(no) else ()),
            ),
            harms=harms[no],
            verdict=_verdict(bool(stopped.get(no) or lookups.get(no)), bool(harms[no])),
        )
        for no, command in enumerate(commands)
    ]


def commands_of(plan: Plan) -> list[Command]:
    """All commands of a plan, in order."""
    return [command for measure in plan.measures for command in measure.commands]


def _relayed(plan: Plan, ways: Sequence[Way], command_id: str) -> list[str]:
    """Ways through a resolver of ours that a command's measure is about."""
    covers = {
        way_id
        for measure in plan.measures
        if command_id in {command.id for command in measure.commands}
        for way_id in measure.covers
    }
    return [way.id for way in ways if way.relayed and way.id in covers]


def _rows(engine: Engine, sql: str) -> Sequence[Mapping[str, Any]]:
    return engine.query(sql)


def _is_covered(plan: Plan, way: Way) -> bool:
    return any(way.id in measure.covers for measure in plan.measures)


def _verdict(stops: bool, harms: bool) -> str:
    if harms:
        return "harms"
    return "good" if stops else "idle"


def _stands(commands: Sequence[tuple[int, Command]], register: Register) -> pa.Table:
    """Command -> the boundaries its device stands on; a name alone stops no packet there."""
    rows = [
        (no, boundary.name)
        for no, command in commands
        for boundary in register.boundaries
        if command.point in boundary.points
    ]
    return pa.table(
        {
            "no": pa.array([row[0] for row in rows], pa.int64()),
            "boundary": pa.array([row[1] for row in rows], pa.string()),
        }
    )
