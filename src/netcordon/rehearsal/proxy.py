"""Squid's verdict on recorded requests: asked again through it, from the host that asked.

A request is made of a flow: by the name its client gave, or by the address where it gave none.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from netcordon.model.rehearsal import EngineVerdict
from netcordon.rehearsal.enclosed import asked, missing_of
from netcordon.rehearsal.trial import Judge, Trial, compared, of_flow

ENGINE = "Squid"
MOST_REQUESTS = 1_000
"""Of those that the model stops, and of others."""
_HOST = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?")
"""What may stand as a host in a request that is made here."""

_SAID = """
SELECT evidence_id, uid, min(lower(name)) AS name, bool_or(is_plain) AS is_plain FROM (
    SELECT evidence_id, uid, server_name AS name, false AS is_plain FROM tls_activity
    WHERE protocol IS DISTINCT FROM 'quic' AND protocol IS DISTINCT FROM 'udp'
    UNION ALL
    SELECT evidence_id, uid, regexp_replace(host, ':[0-9]+$', ''), true FROM http_activity
) GROUP BY evidence_id, uid
"""
_Flow = Mapping[str, Any]


def _judged(trial: Trial) -> tuple[EngineVerdict, ...]:
    if why := missing_of(("unshare", "ip", "squid")):
        return (trial.verdict(ENGINE, of="request", why_not=why),)
    begun = time.monotonic()
    unjudged: Counter[str] = Counter()
    chosen = _chosen(trial, unjudged)
    if not chosen:
        why = "no recorded web request crosses this boundary"
        return (trial.verdict(ENGINE, of="request", why_not=why),)
    answer = asked(
        "proxy_prober",
        {
            "rules": trial.rules.do,
            "names": {name: flow["dst_ip"] for flow, name, _ in chosen if name},
            "requests": [
                {"src": flow["src_ip"], "text": _text(flow, name, is_plain)}
                for flow, name, is_plain in chosen
            ],
        },
    )
    if "error" in answer:
        why_not, what = str(answer["error"]), str(answer.get("try", ""))
        return (trial.verdict(ENGINE, of="request", why_not=why_not, what_to_try=what),)
    found = []
    for (flow, name, _), bare, under in zip(chosen, answer["without"], answer["with"], strict=True):
        if bare is None or under is None:
            unjudged["the proxy gave no answer"] += 1
        elif bare:
            unjudged["is refused even without the rules"] += 1
        else:
            found.append(of_flow(flow, under, name))
    return (
        trial.verdict(
            ENGINE,
            of="request",
            **compared(found),
            unjudged=dict(sorted(unjudged.items())),
            seconds=time.monotonic() - begun,
        ),
    )


def _chosen(trial: Trial, unjudged: Counter[str]) -> Sequence[tuple[_Flow, str, bool]]:
    """Flows as requests, each kind once: what tells them apart is all that the proxy sees."""
    said = {(row["evidence_id"], row["uid"]): row for row in trial.tables.query(_SAID)}
    led: dict[str, str] = {}
    kinds: Counter[bool] = Counter()
    out: dict[tuple[object, ...], tuple[_Flow, str, bool]] = {}
    for flow in sorted(trial.flows, key=lambda each: not each["model_stops"]):
        row: Mapping[str, Any] | None = said.get((flow["evidence_id"], flow["uid"]))
        if flow["protocol"] != "tcp" or row is None or not flow["begins_inside"]:
            unjudged["is no web request of a host inside: no proxy carries it"] += 1
            continue
        name = str(row["name"] or "")
        name = name if _HOST.fullmatch(name) else ""
        if led.setdefault(name, flow["dst_ip"]) != flow["dst_ip"] and name:
            unjudged["its name led elsewhere too; one address is tried"] += 1
            continue
        key = (flow["src_ip"], name, flow["dst_ip"], flow["dst_port"], flow["model_stops"])
        if key not in out and kinds[bool(flow["model_stops"])] < MOST_REQUESTS:
            kinds[bool(flow["model_stops"])] += 1
            out[key] = (flow, name, bool(row["is_plain"]))
        elif key not in out:
            unjudged[f"more than {MOST_REQUESTS:,} different requests"] += 1
    return list(out.values())


def _text(flow: _Flow, name: str, is_plain: bool) -> str:
    address = str(flow["dst_ip"])
    host = name or (f"[{address}]" if ":" in address else address)
    where = f"{host}:{flow['dst_port']}"
    line = f"GET http://{where}/ HTTP/1.1" if is_plain else f"CONNECT {where} HTTP/1.1"
    return f"{line}\r\nHost: {where}\r\nConnection: close\r\n\r\n"


JUDGE = Judge(actuators=("squid",), judge=_judged)
"""The proxy itself."""
