"""Suricata's verdict: the plan's rules, as if inline, over the recorded packets themselves.

The attacker's flows must be dropped; ordinary ones that are dropped as well are harms.
"""

from __future__ import annotations

import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from netcordon.errors import NetcordonError
from netcordon.model.rehearsal import EngineVerdict, Judged
from netcordon.rehearsal.enclosed import missing_of
from netcordon.rehearsal.suricata import drops
from netcordon.rehearsal.trial import Judge, Trial, compared, of_flow
from netcordon.rehearsal.which_flow import FlowsByEnds
from netcordon.tables.engine import Engine

ENGINE = "Suricata"
MOST_BYTES = 256 << 20
"""Of packets that are read back, of the attacker's flows and of ordinary ones each."""
_MOST_EVIDENCE = 50

# Suricata drops the question where the model counts a look-up.
_ASKED = """
SELECT DISTINCT q.evidence_id, q.uid FROM dns_activity q
JOIN denied d ON d.raw = q.query JOIN of_point p ON p.no = d.no WHERE NOT q.is_response
"""
# These flows tell no name; they would not have begun, for their look-up is dropped.
_SILENT = """
SELECT l.evidence_id, l.uid FROM by_look_up l JOIN of_point p ON p.no = l.no
EXCEPT SELECT evidence_id, uid FROM tls_activity WHERE server_name IS NOT NULL
EXCEPT SELECT evidence_id, uid FROM http_activity WHERE host IS NOT NULL
"""

_Flow = Mapping[str, Any]
_Key = tuple[str, str]


def _judged(trial: Trial) -> tuple[EngineVerdict, ...]:
    if why := missing_of(("suricata",)):
        return (trial.verdict(ENGINE, why_not=why),)
    if trial.packets is None:
        return (trial.verdict(ENGINE, why_not="the recorded packets are not at hand"),)
    begun = time.monotonic()
    unjudged: Counter[str] = Counter()
    chosen = _within_bytes(trial.flows, unjudged)
    by_name = any(command.target.domain for command in trial.commands)
    asked = _keys(trial.tables, _ASKED) if by_name else set()
    silent = _keys(trial.tables, _SILENT) if by_name else set()
    found: list[Judged] = []
    try:
        for number, (evidence_id, flows) in enumerate(chosen.items()):
            if number >= _MOST_EVIDENCE:
                unjudged[f"more than {_MOST_EVIDENCE} pieces of evidence"] += len(flows)
                continue
            stopped = _stopped(trial, evidence_id, flows, unjudged)
            for flow in flows if stopped is not None else ():
                key = (evidence_id, str(flow["uid"]))
                engine_stops = key in (stopped or ())
                if key in silent and not engine_stops:
                    unjudged["tells no name; its look-up is dropped before it begins"] += 1
                else:
                    # Whoever asks for a denied name is meant to hear nothing.
                    meant = {"model_stops": True, "is_way": True} if key in asked else {}
                    found.append(of_flow({**flow, **meant}, engine_stops))
    except (RuntimeError, OSError) as error:
        return (trial.verdict(ENGINE, why_not=str(error)),)
    if not found:
        why = "; ".join(unjudged) or "no recorded flow crosses this boundary"
        return (trial.verdict(ENGINE, why_not=f"nothing could be judged: {why}"),)
    return (
        trial.verdict(
            ENGINE,
            **compared(found),
            unjudged=dict(sorted(unjudged.items())),
            seconds=time.monotonic() - begun,
        ),
    )


def _within_bytes(flows: Sequence[_Flow], unjudged: Counter[str]) -> dict[str, list[_Flow]]:
    """Flows by evidence, as many as may be read back, those that the model stops first."""
    room = {True: MOST_BYTES, False: MOST_BYTES}
    out: dict[str, list[_Flow]] = defaultdict(list)
    for flow in sorted(flows, key=lambda each: not each["model_stops"]):
        size, is_way = int(flow["bytes"] or 0), bool(flow["is_way"])
        if size > room[is_way]:
            unjudged[f"more than {MOST_BYTES >> 20} MiB of packets"] += 1
        else:
            room[is_way] -= size
            out[str(flow["evidence_id"])].append(flow)
    return dict(sorted(out.items()))


def _keys(engine: Engine, sql: str) -> set[_Key]:
    return {(str(row["evidence_id"]), str(row["uid"])) for row in engine.query(sql)}


def _stopped(
    trial: Trial, evidence_id: str, flows: Sequence[_Flow], unjudged: Counter[str]
) -> set[_Key] | None:
    """Which of the flows Suricata drops; ``None`` when their packets cannot be had."""
    assert trial.packets is not None
    with tempfile.TemporaryDirectory(prefix="netcordon-suricata-") as made:
        folder = Path(made)
        capture, rules, logs = folder / "flows.pcapng", folder / "plan.rules", folder / "logs"
        logs.mkdir()
        try:
            frames = trial.packets(evidence_id, {str(flow["uid"]) for flow in flows}, capture)
        except NetcordonError as error:
            unjudged[f"{error.code} {error.what}"] += len(flows)
            return None
        if not frames:
            unjudged["its packets are not in the evidence"] += len(flows)
            return None
        rules.write_text(trial.rules.do, encoding="utf-8")
        known = FlowsByEnds(flows)
        return {
            (evidence_id, str(flow["uid"]))
            for packet in drops(capture, rules, logs)
            for flow in known.of(packet)
        }


JUDGE = Judge(actuators=("suricata",), judge=_judged)
"""Suricata, from a capture."""
