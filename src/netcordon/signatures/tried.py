"""Rules tried on the evidence: they must speak of the incident, and of nothing that is ordinary.

Suricata reads the recorded packets; Sigma's rules are asked of the tables. What else is known to be
ordinary (captures that a person names) is read by Suricata as well.
"""

from __future__ import annotations

import tempfile
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from netcordon.errors import NetcordonError
from netcordon.model.rehearsal import Judged
from netcordon.model.signature import Signature
from netcordon.rehearsal.enclosed import missing_of
from netcordon.rehearsal.suricata import alerts
from netcordon.rehearsal.trial import Packets
from netcordon.rehearsal.which_flow import FlowsByEnds
from netcordon.tables.engine import Engine

MOST_BYTES = 512 << 20
"""Of recorded packets that are read back, of the incident's flows and of ordinary ones each."""
MOST_FLOWS = 100_000
"""Of each kind, drawn by hash so that the same evidence gives the same."""
_EXAMPLES = 5
_Key = tuple[str, str]

_FLOWS = """
SELECT f.evidence_id, f.uid, f.src_ip, f.src_port, f.dst_ip, f.dst_port, f.protocol, f.start_time,
       f.end_time, f.wire_bytes_out + f.wire_bytes_in AS bytes, t.uid IS NOT NULL AS is_own
FROM network_activity f LEFT JOIN told t ON t.evidence_id = f.evidence_id AND t.uid = f.uid
WHERE f.tunnel_parent IS NULL
QUALIFY row_number() OVER (PARTITION BY is_own ORDER BY hash(f.evidence_id, f.uid),
                           f.evidence_id, f.uid) <= $most
ORDER BY hash(f.evidence_id, f.uid), f.evidence_id, f.uid
"""
_SPLIT = """
SELECT count(t.uid) AS own, count(*) - count(t.uid) AS others
FROM hit h LEFT JOIN told t ON t.evidence_id = h.evidence_id AND t.uid = h.uid
"""
_NAMED = f"""
SELECT f.evidence_id, f.uid, f.src_ip, f.dst_ip, f.dst_port, f.protocol
FROM network_activity f JOIN hit h ON h.evidence_id = f.evidence_id AND h.uid = f.uid
ANTI JOIN told t ON t.evidence_id = f.evidence_id AND t.uid = f.uid
ORDER BY f.evidence_id, f.uid LIMIT {_EXAMPLES}
"""


@dataclass
class Spoken:
    """What rules said: rule -> flows; of captures besides, rule -> capture -> times.

    Attributes:
        read: flows that were read, ``own`` of them chosen as the incident's; ``unread``: with the
            reason, how many could not be.
        why_not: why Suricata was not asked at all.
    """

    flows: dict[int, set[_Key]] = field(default_factory=lambda: defaultdict(set))
    elsewhere: dict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    read: int = 0
    own: int = 0
    unread: Counter[str] = field(default_factory=Counter)
    why_not: str = ""


def by_suricata(
    engine: Engine,
    rules: str,
    packets: Packets,
    ordinary: Mapping[Path, str],
) -> Spoken:
    """What Suricata says of the evidence, flow by flow, and of captures that are ordinary.

    Args:
        engine: with the views and ``told``.
        rules: all of them.
        packets: how recorded packets are had.
        ordinary: captures that Suricata can read -> how they are called.

    Raises:
        RuntimeError: Suricata refuses a rule or a capture.
    """
    spoken = Spoken(why_not=missing_of(("suricata",)))
    if spoken.why_not:
        return spoken
    with tempfile.TemporaryDirectory(prefix="netcordon-rules-") as made:
        folder = Path(made)
        text = folder / "own.rules"
        text.write_text(rules, encoding="utf-8")
        for evidence_id, flows in _chosen(engine, spoken).items():
            capture, logs = folder / f"{evidence_id}.pcapng", folder / f"logs-{evidence_id}"
            logs.mkdir()
            try:
                frames = packets(evidence_id, {str(flow["uid"]) for flow in flows}, capture)
            except NetcordonError as error:
                spoken.unread[f"{error.code} {error.what}"] += len(flows)
                continue
            if not frames:
                spoken.unread["its packets are not in the evidence"] += len(flows)
                continue
            spoken.read += len(flows)
            known = FlowsByEnds(flows)
            for alert in alerts(capture, text, logs):
                for flow in known.of(alert):
                    spoken.flows[alert.sid].add((evidence_id, str(flow["uid"])))
            capture.unlink()
        if not spoken.read:
            spoken.why_not = "; ".join(spoken.unread) or "no packets of the evidence are at hand"
            return spoken
        for number, (capture, name) in enumerate(ordinary.items()):
            logs = folder / f"ordinary-{number}"
            logs.mkdir()
            for alert in alerts(capture, text, logs):
                spoken.elsewhere[alert.sid][name] += 1
    return spoken


def _chosen(engine: Engine, spoken: Spoken) -> Mapping[str, list[Mapping[str, Any]]]:
    """The incident's flows and ordinary ones, by evidence, as many as may be read back."""
    room = {True: MOST_BYTES, False: MOST_BYTES}
    out: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    rows: Iterable[Mapping[str, Any]] = engine.query(_FLOWS, {"most": MOST_FLOWS})
    for flow in rows:
        size, is_own = int(flow["bytes"] or 0), bool(flow["is_own"])
        if size > room[is_own]:
            spoken.unread[f"more than {MOST_BYTES >> 20} MiB of packets"] += 1
        else:
            room[is_own] -= size
            spoken.own += is_own
            out[str(flow["evidence_id"])].append(flow)
    return dict(sorted(out.items()))


def add_spoken(engine: Engine, flows: Collection[_Key]) -> None:
    """Put ``hit(evidence_id, uid)``, flows that Suricata spoke of, beside the views."""
    ordered = sorted(flows)
    columns = {
        name: pa.array([key[at] for key in ordered], pa.string())
        for at, name in enumerate(("evidence_id", "uid"))
    }
    engine.add_table("hit", pa.table(columns))


def own_hits(engine: Engine) -> int:
    """How many of the flows in ``hit`` are the incident's."""
    (row,) = engine.query(_SPLIT)
    return int(str(row["own"]))


def judged(
    engine: Engine, signature: Signature, expected: int, elsewhere: Mapping[str, int]
) -> Signature:
    """The signature with what it said, and why it is not worth writing.

    Args:
        engine: with ``told``, and ``hit``: flows that its rule spoke of.
        signature: without a verdict.
        expected: flows of the incident that show the mark.
        elsewhere: ordinary capture -> times that the rule spoke there.
    """
    (row,) = engine.query(_SPLIT)
    mine, others = int(str(row["own"])), int(str(row["others"]))
    total = sum(elsewhere.values())
    if not mine:
        why = "it is silent on the evidence it was made of"
    elif others:
        why = f"it speaks of {others:,} ordinary flows of the same evidence"
    elif total:
        why = f"it speaks {total:,} times of captures that are ordinary"
    else:
        why = ""
    return replace(
        signature,
        expected=expected,
        hits=mine,
        others=others,
        examples=_named(engine) if others else (),
        elsewhere=dict(sorted(elsewhere.items())),
        why_not=why,
    )


def _named(engine: Engine) -> tuple[Judged, ...]:
    rows: Sequence[Mapping[str, Any]] = engine.query(_NAMED)
    return tuple(
        Judged(
            evidence_id=row["evidence_id"], uid=row["uid"], src_ip=row["src_ip"],
            dst_ip=row["dst_ip"], dst_port=int(row["dst_port"]), protocol=row["protocol"],
            model_stops=False, engine_stops=True,
        )
        for row in rows
    )  # fmt: skip
