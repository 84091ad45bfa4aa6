"""A rehearsal: the model on all traffic, the kernel on a part of it, and where they disagree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa

from netcordon.model.plan import Plan, Rules
from netcordon.model.register import Boundary, Register
from netcordon.model.rehearsal import CommandVerdict, EngineVerdict, Missed, Rehearsal
from netcordon.planning.crossing import crossings
from netcordon.rehearsal.kernel import judge_rules
from netcordon.rehearsal.model import commands_of, judge_model
from netcordon.tables.engine import Engine

MOST_OF_WAYS, MOST_ORDINARY = 5_000, 15_000
"""Flows probed at one device: of the attacker's, and of ordinary ones, drawn by hash so that the
same evidence gives the same sample."""

# Everything that ordinary work would lose is probed first: a sample that misses it proves nothing.
_CROSSING = """
WITH met AS (
    SELECT DISTINCT t.evidence_id, t.uid FROM touched t JOIN of_point p ON p.no = t.no
), known AS (SELECT DISTINCT evidence_id, uid FROM of_way)
SELECT f.evidence_id, f.uid, f.src_ip, f.src_port, f.dst_ip, f.dst_port, f.protocol,
       x.begins_inside, k.uid IS NOT NULL AS is_way, m.uid IS NOT NULL AS model_stops
FROM network_activity f
JOIN zoned a ON a.hi = f.src_ip_hi AND a.lo = f.src_ip_lo
JOIN zoned b ON b.hi = f.dst_ip_hi AND b.lo = f.dst_ip_lo
JOIN sided x ON x.a = a.zone AND x.b = b.zone
LEFT JOIN met m ON m.evidence_id = f.evidence_id AND m.uid = f.uid
LEFT JOIN known k ON k.evidence_id = f.evidence_id AND k.uid = f.uid
WHERE f.tunnel_parent IS NULL AND NOT f.is_fragment
QUALIFY row_number() OVER (PARTITION BY is_way
    ORDER BY model_stops DESC, hash(f.evidence_id, f.uid), f.evidence_id, f.uid)
    <= CASE WHEN is_way THEN $ways ELSE $ordinary END
ORDER BY f.evidence_id, f.uid
"""


def rehearse(engine: Engine, plan: Plan, register: Register, time: datetime) -> Rehearsal:
    """Judge a plan.

    Args:
        engine: with the views and the home networks.
        plan: as it was sealed.
        register: that it was made with.
        time: of the rehearsal.
    """
    commands, missed, flows = judge_model(engine, plan, register)
    engines = tuple(
        judge_rules(rules, boundary, _flows(engine, plan, register, rules, boundary))
        for rules in plan.rules
        if rules.actuator == "nftables" and rules.do
        for boundary in register.boundaries
        if rules.point in boundary.points
    )
    reasons = tuple(_reasons(plan, commands, missed, engines))
    return Rehearsal(
        plan_id=plan.id,
        plan_hash=plan.hash,
        time=time,
        evidence_ids=plan.evidence_ids,
        flows=flows,
        commands=commands,
        missed=missed,
        engines=engines,
        passed=not reasons,
        reasons=reasons,
    )


def _flows(
    engine: Engine, plan: Plan, register: Register, rules: Rules, boundary: Boundary
) -> Sequence[Mapping[str, Any]]:
    """Flows across a boundary, with what the model says of this device's rules."""
    told = set(rules.command_ids)
    engine.add_table(
        "of_point", _numbers([n for n, c in enumerate(commands_of(plan)) if c.id in told])
    )
    engine.add_table("sided", _sided(register, boundary))
    return engine.query(_CROSSING, {"ways": MOST_OF_WAYS, "ordinary": MOST_ORDINARY})


def _numbers(numbers: Sequence[int]) -> pa.Table:
    return pa.table({"no": pa.array(numbers, pa.int64())})


def _sided(register: Register, boundary: Boundary) -> pa.Table:
    """Pairs of zones whose traffic crosses a boundary, and whether it goes from its first side."""
    between = crossings(register)
    rows: list[tuple[str, str, bool]] = []
    for (a, b), names in sorted(between.items()):
        if boundary.name in names:
            near = boundary.zones[0]
            # The side that is reached without this boundary is the side one comes from.
            from_first = a == near or (
                (a, near) in between and boundary.name not in between[a, near]
            )
            rows.append((a, b, from_first))
    return pa.table(
        {
            "a": pa.array([row[0] for row in rows], pa.string()),
            "b": pa.array([row[1] for row in rows], pa.string()),
            "begins_inside": pa.array([row[2] for row in rows], pa.bool_()),
        }
    )


def _reasons(
    plan: Plan,
    commands: Sequence[CommandVerdict],
    missed: Sequence[Missed],
    engines: Sequence[EngineVerdict],
) -> list[str]:
    """Why a plan does not pass, one sentence each."""
    said = [
        f"{verdict.command_id} would stop the vital flow {harm.critical}: {harm.flows:,} flows"
        for verdict in commands
        for harm in verdict.harms
        if harm.critical
    ]
    open_ways = {(gap.way_id, gap.boundary) for gap in plan.gaps}
    said += [
        f"{each.way_id} goes on at {each.boundary}: {each.flows:,} of its flows meet no rule"
        for each in missed
        if (each.way_id, each.boundary) not in open_ways
    ]
    for verdict in engines:
        if verdict.disagreements:
            said.append(
                f"model and {verdict.engine} disagree on {len(verdict.disagreements):,} flows at "
                f"{verdict.point}: one of them is wrong"
            )
        if verdict.open_flows > verdict.open_stopped:
            said.append(
                f"{verdict.open_flows - verdict.open_stopped:,} connections that are open at "
                f"{verdict.point} go on under the rules"
            )
    return said
