"""Verify a plan by traffic recorded after it came into force: evidence in, a judgement out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from netcordon.casefile.actions import changes, record_proof
from netcordon.casefile.plans import register_document
from netcordon.casefile.workspace import Workspace, open_workspace
from netcordon.enforcement.aftermath import (
    MOST_FLOWS,
    Asked,
    Packet,
    Tally,
    count_look_ups,
    count_packets,
    flows_after,
    in_force_since,
    judged,
    last_time,
)
from netcordon.errors import UsageError
from netcordon.ingest.capture.selection.choice import Listed
from netcordon.ingest.slices import Index, every_flow, flows_of, no_index
from netcordon.model.enforced import ActionState
from netcordon.model.plan import Plan
from netcordon.model.proof import CommandProof, Judgement, Place, PlanProof, Sensor
from netcordon.model.register import Register
from netcordon.planning.effect import prepare, touch
from netcordon.planning.reading import register_of
from netcordon.tables.engine import Engine
from netcordon.workflow.collect import collect
from netcordon.workflow.devices import Devices
from netcordon.workflow.observer import Observer
from netcordon.workflow.packets import rows_of_parent
from netcordon.workflow.parents import open_parent
from netcordon.workflow.plan_named import plan_named
from netcordon.workflow.reaching import reach

_MOST_PACKETS = 2_000_000
_COLUMNS = (
    "time", "frame", "uid", "src_ip", "dst_ip", "protocol", "tcp_flags", "payload_bytes",
)  # fmt: skip
_STATE = {Judgement.HOLDS: ActionState.VERIFIED, Judgement.FAILED: ActionState.FAILED}


def prove(
    workspace: Path,
    plan_id: str | None,
    captures: Sequence[str],
    devices: Devices,
    *,
    sensor: Sensor,
    observer: Observer,
) -> PlanProof:
    """Take captures in as evidence and judge the commands of a plan by them.

    Raises:
        UsageError: NC-823 no such plan, NC-843 nothing of it was put in force, NC-004 no capture.
        EvidenceError: NC-703, NC-704, NC-707: a capture cannot be read again.
        WorkspaceError: no workspace, or another run holds it.
    """
    problems = devices.sweep()
    with open_workspace(workspace, create=False, clock=devices.clock) as opened:
        plan = plan_named(opened, plan_id)
        since = in_force_since(changes(opened.journal, plan.id))
        known = register_document(opened.journal, plan.register_hash)
        if not since or known is None:
            raise UsageError(
                "NC-847",
                f"Nothing of {plan.id} stands anywhere.",
                "there is nothing that traffic could prove",
                "netcordon contain enforce",
            )
        register = register_of(known)
        collected = collect(captures, opened, observer)
        if not collected.evidence:
            raise UsageError(
                "NC-004",
                "There is no evidence to investigate.",
                "nothing that was named could be read",
                "name a capture that was taken after the plan came into force",
            )
        ids = tuple(item.id for item in collected.evidence)
        proofs, until, more = _judge(opened, plan, register, ids, sensor, since)
        proof = PlanProof(
            plan_id=plan.id, case_id=plan.case_id, sensor=sensor, evidence_ids=ids, until=until,
            commands=proofs, problems=more,
        )  # fmt: skip
        record_proof(opened.journal, proof)
    _note(devices, plan, proofs)
    return replace(proof, problems=(*problems, *more, *devices.tell()))


def _judge(
    opened: Workspace,
    plan: Plan,
    register: Register,
    ids: Sequence[str],
    sensor: Sensor,
    since: Mapping[str, datetime],
) -> tuple[tuple[CommandProof, ...], datetime | None, tuple[str, ...]]:
    asked = [
        Asked(
            command=command, measure_id=measure.id, since=since[command.id],
            sinkhole=register.point(command.point).options.get("sinkhole", ""),
        )
        for measure in plan.measures
        for command in measure.commands
        if command.id in since
    ]  # fmt: skip
    tallies = [Tally() for _ in asked]
    problems: list[str] = []
    registered = [opened.register.find(evidence_id) for evidence_id in ids]
    lake = reach(opened, [each for each in registered if each is not None]).lake
    with Engine(lake, ids, spill=opened.staging_dir) as engine:
        engine.set_home_nets(register.home_nets)
        prepare(engine, register)
        touch(engine, [each.command for each in asked])
        flows = flows_after(engine, asked)
        if len(flows) > MOST_FLOWS:
            problems.append(f"only the first {MOST_FLOWS:,} flows were judged")
        for evidence_id in ids:
            uids = [uid for place, uid in flows if place == evidence_id]
            if uids:
                packets = _packets(opened, engine, evidence_id, uids)
                count_packets(packets, asked, flows, sensor, tallies)
        count_look_ups(engine, asked, tallies)
        until = last_time(engine)
    pairs = zip(asked, tallies, strict=True)
    return tuple(judged(each, tally, until) for each, tally in pairs), until, tuple(problems)


def _packets(
    opened: Workspace, engine: Engine, evidence_id: str, uids: Sequence[str]
) -> Iterator[Packet]:
    """Every packet of these flows, read again from the capture."""
    registration = next(r for r in opened.register.all() if r.evidence.id == evidence_id)
    index = Index(engine, evidence_id)
    if not index.stretches:
        raise no_index(registration.evidence.path)
    choice = Listed(np.array([], dtype=np.int64), flows_of(engine, evidence_id, uids))
    stretches = index.holding(choice, every_flow(engine, evidence_id))
    parent = open_parent(opened, registration, index, stretches, choice, prove=False)
    try:
        for row in rows_of_parent(engine, parent, _COLUMNS, _MOST_PACKETS):
            _, time, frame, uid, src_ip, dst_ip, protocol, flags, payload = row
            if not isinstance(time, datetime) or src_ip is None:
                continue
            at = time.replace(tzinfo=UTC)
            yield Packet(
                place=Place(evidence_id=evidence_id, frame=int(str(frame)), time=at),
                uid=str(uid), src_ip=str(src_ip), dst_ip=str(dst_ip), protocol=str(protocol),
                tcp_flags=flags if isinstance(flags, int) else None,
                payload_bytes=payload if isinstance(payload, int) else 0,
            )  # fmt: skip
    finally:
        parent.window.close()


def _note(devices: Devices, plan: Plan, proofs: Sequence[CommandProof]) -> None:
    """What was proven stands in the ledger, and from there in the journal."""
    by_place = {(p.point, p.command_id): p for p in proofs if p.judgement in _STATE}
    for stale in devices.records.all():
        if not any((stale.point.name, e.command.id) in by_place for e in stale.standing):
            continue
        with devices.alone([stale.key]):
            device = devices.records.by_key(stale.key)
            if device is None or device.pending is not None:
                continue
            for each in device.standing:
                proof = by_place.get((device.point.name, each.command.id))
                if proof is None or each.plan_id != plan.id:
                    continue
                state = _STATE[proof.judgement]
                device = device.noting([each], state, devices.clock(), proof.said)
            devices.records.save(device)
