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
_EXAMPLES = 5
_Key = tuple[str, str]

_FLOWS = """
SELECT evidence_id, uid, src_ip, src_port, dst_ip, dst_port, protocol, start_time, end_time,
       wire_bytes_out + wire_bytes_in AS bytes
FROM network_activity WHERE tunnel_parent IS NULL
ORDER BY hash(evidence_id, uid), evidence_id, uid LIMIT 2000000
"""
_NAMED = """
SELECT evidence_id, uid, src_ip, dst_ip, dst_port, protocol FROM network_activity
WHERE (evidence_id, uid) IN (SELECT (e, u) FROM (
    SELECT unnest($evidence::VARCHAR[]) AS e, unnest($uids::VARCHAR[]) AS u))
ORDER BY evidence_id, uid
"""


@dataclass
class Spoken:
    """What rules said: rule -> flows; of captures besides, rule -> capture -> times.

    Attributes:
        read: flows that were read; ``unread``: with the reason, how many could not be.
        why_not: why Suricata was not asked at all.
    """

    flows: dict[int, set[_Key]] = field(default_factory=lambda: defaultdict(set))
    elsewhere: dict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    read: int = 0
    unread: Counter[str] = field(default_factory=Counter)
    why_not: str = ""


def by_suricata(
    engine: Engine,
    rules: str,
    own: Collection[_Key],
    packets: Packets,
    ordinary: Mapping[Path, str],
) -> Spoken:
    """What Suricata says of the evidence, flow by flow, and of captures that are ordinary.

    Args:
        engine: with the views.
        rules: all of them.
        own: flows of the incident.
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
        for evidence_id, flows in _chosen(engine, own, spoken).items():
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
            for alert in alerts(capture, text, logs, inline=False):
                for flow in known.of(alert):
                    spoken.flows[alert.sid].add((evidence_id, str(flow["uid"])))
            capture.unlink()
        for number, (capture, name) in enumerate(ordinary.items()):
            logs = folder / f"ordinary-{number}"
            logs.mkdir()
            for alert in alerts(capture, text, logs, inline=False):
                spoken.elsewhere[alert.sid][name] += 1
    return spoken


def _chosen(
    engine: Engine, own: Collection[_Key], spoken: Spoken
) -> Mapping[str, list[Mapping[str, Any]]]:
    """The incident's flows and ordinary ones, by evidence, as many as may be read back."""
    room = {True: MOST_BYTES, False: MOST_BYTES}
    out: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    rows: Iterable[Mapping[str, Any]] = engine.query(_FLOWS)
    for flow in rows:
        size = int(flow["bytes"] or 0)
        is_own = (str(flow["evidence_id"]), str(flow["uid"])) in own
        if size > room[is_own]:
            spoken.unread[f"more than {MOST_BYTES >> 20} MiB of packets"] += 1
        else:
            room[is_own] -= size
            out[str(flow["evidence_id"])].append(flow)
    return dict(sorted(out.items()))


def judged(
    engine: Engine,
    signature: Signature,
    hits: Collection[_Key],
    expected: int,
    own: Collection[_Key],
    elsewhere: Mapping[str, int],
) -> Signature:
    """The signature with what it said, and why it is not worth writing.

    Args:
        engine: with the views.
        signature: without a verdict.
        hits: flows that its rule spoke of.
        expected: flows of the incident that show the mark.
        own: flows of the incident.
        elsewhere: ordinary capture -> times that the rule spoke there.
    """
    others = sorted(set(hits) - set(own))
    mine = len(set(hits)) - len(others)
    total = sum(elsewhere.values())
    if not mine:
        why = "it is silent on the evidence it was made of"
    elif others:
        why = f"it speaks of {len(others):,} ordinary flows of the same evidence"
    elif total:
        why = f"it speaks {total:,} times of captures that are ordinary"
    else:
        why = ""
    return replace(
        signature,
        expected=expected,
        hits=mine,
        others=len(others),
        examples=_named(engine, others[:_EXAMPLES]),
        elsewhere=dict(sorted(elsewhere.items())),
        why_not=why,
    )


def _named(engine: Engine, keys: Sequence[_Key]) -> tuple[Judged, ...]:
    if not keys:
        return ()
    values = {"evidence": [key[0] for key in keys], "uids": [key[1] for key in keys]}
    rows: Sequence[Mapping[str, Any]] = engine.query(_NAMED, values)
    return tuple(
        Judged(
            evidence_id=row["evidence_id"], uid=row["uid"], src_ip=row["src_ip"],
            dst_ip=row["dst_ip"], dst_port=int(row["dst_port"]), protocol=row["protocol"],
            model_stops=False, engine_stops=True,
        )
        for row in rows
    )  # fmt: skip
